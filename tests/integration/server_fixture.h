#pragma once

// A server on a free loopback port with a few routes, for tests with real
// sockets.

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "net/server.h"
#include "tests/integration/socket_client.h"

namespace vouchsafe::testing {

// Keeps its lines.
class KeepingLogger final : public Logger {
 public:
  bool Enabled(LogLevel level) const override {
    return level >= LogLevel::kInfo;
  }
  void Write(LogLevel, std::string_view event,
             std::initializer_list<LogField> fields) override {
    std::lock_guard lock(mutex_);
    lines_ += FormatLogLine(event, fields) + "\n";
  }
  std::string Lines() const {
    std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::string lines_;
};

// Bytes that differ from call to call; thread-safe.
class LockedRandom final : public RandomSource {
 public:
  void Fill(std::span<uint8_t> out) override {
    std::lock_guard lock(mutex_);
    fixed_.Fill(out);
  }

 private:
  std::mutex mutex_;
  FixedRandom fixed_;
};

class ServerFixture : public ::testing::Test {
 protected:
  ServerFixture() {
    options_.addresses = {"127.0.0.1:0"};
    options_.worker_threads = 2;
    AddRoutes();
  }

  void Start() {
    auto server = net::Server::Create(std::move(options_),
                                      {&router_, &clock_, &random_, &logger_});
    ASSERT_TRUE(server) << server.error().Text();
    server_ = *std::move(server);
    server_->Start();
    if (!server_->Ports().empty()) port_ = server_->Ports().front();
  }
  SocketClient Client() const { return SocketClient(port_); }
  // One request on a connection of its own.
  std::string Ask(std::string_view request) const {
    SocketClient client = Client();
    client.Send(request);
    return client.Answer();
  }
  std::string Url(const std::string& target) const {
    return "http://127.0.0.1:" + std::to_string(port_) + target;
  }
  static std::string StatusOf(const std::string& answer) {
    return answer.size() < 12 ? answer : answer.substr(9, 3);
  }
  static std::string BodyOf(const std::string& answer) {
    const size_t end = answer.find("\r\n\r\n");
    return end == std::string::npos ? "" : answer.substr(end + 4);
  }

  // The handler of /block tells that it runs, and waits.
  struct Gate {
    std::latch entered{1};
    std::latch leave{1};
  };
  Gate gate_;

  SystemClock clock_;
  LockedRandom random_;
  KeepingLogger logger_;
  http::Router router_;
  net::ServerOptions options_;
  uint16_t port_ = 0;
  std::unique_ptr<net::Server> server_;

 private:
  void AddRoutes() {
    router_.Add({{"GET", "POST"},
                 "/echo",
                 [](const auto& request, const auto&) {
                   return http::Text(200, ToText(request.body));
                 },
                 100'000});
    router_.Add({{"GET"},
                 "/cheap",
                 [](const auto& request, const auto&) {
                   return http::Text(200, request.peer);
                 },
                 10,
                 true});
    router_.Add({{"GET"},
                 "/healthz",
                 [](const auto&, const auto&) { return http::Empty(200); },
                 10,
                 true,
                 404});
    router_.Add(
        {{"GET"}, "/throw", [](const auto&, const auto&) -> http::Response {
           throw std::runtime_error("on purpose");
         }});
    router_.Add({{"GET"}, "/large", [](const auto&, const auto&) {
                   return http::Text(200, std::string(1 << 20, 'x'));
                 }});
    router_.Add({{"GET"}, "/block", [this](const auto&, const auto&) {
                   gate_.entered.count_down();
                   gate_.leave.wait();
                   return http::Text(200, "late");
                 }});
    router_.Add({{"GET"}, "/cancel", [this](const auto&, const auto& context) {
                   std::latch stopped(1);
                   const std::stop_callback told(context.stop,
                                                 [&] { stopped.count_down(); });
                   gate_.entered.count_down();
                   stopped.wait();
                   return http::Text(200, "cancelled");
                 }});
    router_.Add({{"GET"}, "/away", [](const auto&, const auto&) {
                   http::Response response = http::Empty(302);
                   response.headers.Add("Location", "/cheap");
                   return response;
                 }});
  }
};

}  // namespace vouchsafe::testing
