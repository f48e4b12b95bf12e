#pragma once

// The real programs, started by a test, with what they write to standard error
// in a file.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/socket_client.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::testing {

inline std::string ProgramPath(const std::string& name) {
  return std::string(VOUCHSAFE_BIN_DIR) + "/" + name;
}

// A port of the loopback that is free now, and below those that the system
// gives to clients: a test with thousands of them must not take it away before
// the program is there. Where the search begins differs between processes.
inline uint16_t FreePort() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < 20'000; ++i) {
    const int port = 10'000 + (getpid() * 37 + i) % 20'000;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_port = htons(static_cast<uint16_t>(port));
    const bool free =
        bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    if (free) return static_cast<uint16_t>(port);
  }
  ADD_FAILURE() << "no free port";
  return 0;
}

// A short wait between two looks at another process.
inline void Pause() { poll(nullptr, 0, 2); }

class Program {
 public:
  // `words`: the program's path and its arguments. Standard output and error
  // go to files in `folder`.
  Program(const std::string& folder, std::vector<std::string> words,
          std::vector<std::string> environment = {})
      : out_(folder + "/" + NameOf(words) + ".out"),
        err_(folder + "/" + NameOf(words) + ".err") {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND;
    posix_spawn_file_actions_addopen(&files, 1, out_.c_str(), kFlags, 0600);
    posix_spawn_file_actions_addopen(&files, 2, err_.c_str(), kFlags, 0600);
    EXPECT_EQ(posix_spawn(&pid_, words[0].c_str(), &files, nullptr,
                          Pointers(words).data(), Pointers(environment).data()),
              0)
        << words[0];
    posix_spawn_file_actions_destroy(&files);
  }
  // A sanitizer's report fails the running test, whatever the exit code.
  ~Program() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    const std::string said = Errors();
    EXPECT_EQ(said.find("Sanitizer: "), std::string::npos) << said;
    EXPECT_EQ(said.find(": runtime error: "), std::string::npos) << said;
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Nothing when it has ended: a signal to no process would go to all.
  void Signal(int number) const {
    ASSERT_GT(pid_, 0);
    kill(pid_, number);
  }
  // Its exit code; minus the signal that ended it.
  int WaitForEnd() {
    int status = 0;
    if (pid_ <= 0 || waitpid(std::exchange(pid_, -1), &status, 0) < 0) {
      ADD_FAILURE() << "the program ended before";
      return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  bool Ended() {
    int status = 0;
    if (pid_ < 0 || waitpid(pid_, &status, WNOHANG) == 0) return pid_ < 0;
    pid_ = -1;
    return true;
  }
  std::string Output() const { return ReadFile(out_); }
  std::string Errors() const { return ReadFile(err_); }

  // Until something accepts connections at the port, or the program ended.
  void WaitForPort(uint16_t port) {
    while (!SocketClient(port).connected()) {
      ASSERT_FALSE(Ended()) << Errors();
      Pause();
    }
  }

 private:
  static std::string NameOf(const std::vector<std::string>& words) {
    return words[0].substr(words[0].rfind('/') + 1);
  }
  static std::vector<char*> Pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (std::string& word : words) out.push_back(word.data());
    out.push_back(nullptr);
    return out;
  }

  const std::string out_;
  const std::string err_;
  pid_t pid_ = -1;
};

}  // namespace vouchsafe::testing
