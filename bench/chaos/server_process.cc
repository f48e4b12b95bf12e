#include "bench/chaos/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "apps/vouchsafe-load/connection.h"

namespace vouchsafe::chaos {
namespace {

constexpr std::chrono::seconds kPatience{20};
constexpr std::chrono::milliseconds kPoll{1};
constexpr size_t kShownLog = 2000;

// Below the ports that the system gives to clients, so that it stays free
// between a kill and the next start. Where the search begins differs between
// processes.
Result<uint16_t> FreePort() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < 20'000; ++i) {
    const int port = 10'000 + (getpid() * 37 + i) % 20'000;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_port = htons(static_cast<uint16_t>(port));
    const bool free =
        bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    if (free) return static_cast<uint16_t>(port);
  }
  return Fail(ErrorCode::kUnavailable, "no free port");
}

std::string ConfigText(const ServerPlan& plan, const std::string& authority) {
  const bool fs = plan.storage == "LocalFs";
  std::ostringstream text;
  text << "[http_server]\nsockets = [\"" << authority << "\"]\n"
       << "insecure_http = true\n\n[admin]\n"
       << "authorization_mode = \"InsecureAllowAll\"\n\n"
       << "[attestation_service]\ntype = \"coco_as_builtin\"\ntimeout = 1\n\n"
       << "[storage_backend]\nstorage_type = \"" << plan.storage << "\"\n\n"
       << "[storage_backend.backends." << (fs ? "local_fs" : "local_json")
       << "]\n"
       << (fs ? "dir_path" : "file_dir_path") << " = \"" << plan.StoreFolder()
       << "\"\n\n[[plugins]]\nname = \"resource\"\n";
  return text.str();
}

std::string EndOf(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  const std::string all = text.str();
  return all.size() <= kShownLog ? all : all.substr(all.size() - kShownLog);
}

}  // namespace

Result<ServerProcess> ServerProcess::Create(ServerPlan plan) {
  const uint16_t port = TRY(FreePort());
  http::Url url =
      TRY(load::ParseTarget("http://127.0.0.1:" + std::to_string(port)));
  std::ofstream config(plan.folder + "/kbs.toml");
  config << ConfigText(plan, url.Authority());
  config.close();
  if (!config) {
    return Fail(ErrorCode::kUnavailable, "cannot write in " + plan.folder);
  }
  return ServerProcess(std::move(plan), std::move(url));
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : plan_(std::move(other.plan_)),
      url_(std::move(other.url_)),
      pid_(std::exchange(other.pid_, -1)) {}

Result<> ServerProcess::Start() {
  std::string program = plan_.program;
  std::string flag = "--config-file";
  std::string config = plan_.folder + "/kbs.toml";
  std::string level = "RUST_LOG=warn";
  char* const arguments[] = {program.data(), flag.data(), config.data(),
                             nullptr};
  char* const environment[] = {level.data(), nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO,
                                   plan_.LogFile().c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int failed = posix_spawn(&pid_, program.c_str(), &files, nullptr,
                                 arguments, environment);
  posix_spawn_file_actions_destroy(&files);
  if (failed == 0) return {};
  pid_ = -1;
  return Fail(ErrorCode::kUnavailable,
              "start " + program + ": " + std::strerror(failed));
}

std::optional<std::string> ServerProcess::Ended() {
  int status = 0;
  if (pid_ < 0 || waitpid(pid_, &status, WNOHANG) == 0) return std::nullopt;
  pid_ = -1;
  return WIFEXITED(status) ? "exit code " + std::to_string(WEXITSTATUS(status))
                           : "signal " + std::to_string(WTERMSIG(status));
}

Result<> ServerProcess::WaitUntilReady() {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  load::Connection connection(url_);
  const std::string health =
      load::WriteRequest("GET", "/healthz", url_, {}, "");
  while (std::chrono::steady_clock::now() < end) {
    const auto answer = connection.Exchange(health);
    if (answer && answer->status == 200) return {};
    const auto ended = Ended();
    if (ended) {
      return Fail(ErrorCode::kUnavailable,
                  "kbs ended: " + *ended + "\n" + EndOf(plan_.LogFile()));
    }
    std::this_thread::sleep_for(kPoll);
  }
  return Fail(ErrorCode::kDeadline,
              "kbs does not answer\n" + EndOf(plan_.LogFile()));
}

std::optional<std::string> ServerProcess::Kill() {
  std::optional<std::string> ended = Ended();
  if (pid_ < 0) return ended;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
  return std::nullopt;
}

}  // namespace vouchsafe::chaos
