#include "tests/goldens/cli_program.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace vouchsafe::goldens {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);

std::vector<std::string> Environment(const Program::Options& options) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    if (name == "HOME" || name == "RUST_LOG" || name == "KBS_CONFIG_FILE" ||
        options.environment.contains(name)) {
      continue;
    }
    out.push_back(text);
  }
  out.push_back("HOME=" + options.folder);
  for (const auto& [name, value] : options.environment) {
    out.push_back(name + "=" + value);
  }
  return out;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// Appends what is there; false when the other side is closed.
bool Take(int fd, std::string& to) {
  std::array<char, 65536> buffer{};
  const ssize_t size = read(fd, buffer.data(), buffer.size());
  if (size > 0) to.append(buffer.data(), static_cast<size_t>(size));
  return size > 0 || (size < 0 && errno == EINTR);
}

}  // namespace

Program::Program(const Options& options)
    : deadline_(std::chrono::steady_clock::now() + kPatience) {
  int out[2] = {-1, -1};
  int err[2] = {-1, -1};
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
    ADD_FAILURE() << "pipe: " << errno;
    return;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  posix_spawn_file_actions_addchdir_np(&actions, options.folder.c_str());
  std::vector<std::string> args = options.args;
  std::vector<std::string> environment = Environment(options);
  const std::string path = std::string(VOUCHSAFE_BIN_DIR) + "/" + args[0];
  const int failed =
      posix_spawn(&pid_, path.c_str(), &actions, nullptr, Pointers(args).data(),
                  Pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  out_pipe_ = out[0];
  err_pipe_ = err[0];
  if (failed != 0) {
    pid_ = -1;
    ADD_FAILURE() << path << " cannot be started: " << failed;
  }
}

Program::~Program() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  for (const int fd : {out_pipe_, err_pipe_}) {
    if (fd >= 0) close(fd);
  }
}

bool Program::Read() {
  std::array<pollfd, 2> waits = {
      {{out_pipe_, POLLIN, 0}, {err_pipe_, POLLIN, 0}}};
  if (out_pipe_ < 0 && err_pipe_ < 0) return false;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline_ - std::chrono::steady_clock::now());
  if (left.count() <= 0 ||
      poll(waits.data(), waits.size(), static_cast<int>(left.count())) == 0) {
    ADD_FAILURE() << "a program neither ended nor said what it should; stderr: "
                  << err_;
    return false;
  }
  if (waits[0].revents != 0 && !Take(out_pipe_, out_)) {
    close(out_pipe_);
    out_pipe_ = -1;
  }
  if (waits[1].revents != 0 && !Take(err_pipe_, err_)) {
    close(err_pipe_);
    err_pipe_ = -1;
  }
  return true;
}

bool Program::WaitFor(std::string_view text) {
  while (err_.find(text) == std::string::npos) {
    if (!Read()) return false;
  }
  return true;
}

void Program::Terminate() {
  if (pid_ > 0) kill(pid_, SIGTERM);
}

int Program::Finish() {
  while (Read()) {
  }
  if (pid_ <= 0) return -1;
  if (out_pipe_ >= 0 || err_pipe_ >= 0) kill(pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

Finished RunProgram(const Program::Options& options) {
  Program program(options);
  Finished finished;
  finished.exit = program.Finish();
  finished.out = program.out();
  finished.err = program.err();
  return finished;
}

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(fd, plain, size), 0);
  EXPECT_EQ(getsockname(fd, plain, &size), 0);
  close(fd);
  return ntohs(address.sin_port);
}

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

void WriteFile(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  EXPECT_TRUE(file) << path;
}

}  // namespace vouchsafe::goldens
