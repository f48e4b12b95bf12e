#pragma once

// AMD's Key Distribution Service on a loopback port: answers by request target
// and keeps what it was asked for. What it does not know is 404.
//
//   FakeKds kds;
//   kds.Start();
//   kds.On("/vcek/v1/Milan/...", http::Octets(200, der));
//   EXPECT_EQ(kds.Asked(), Targets{"/vcek/v1/Milan/..."});

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/server_fixture.h"

namespace vouchsafe::testing {

using Targets = std::vector<std::string>;

// Thread-safe but for Start and Stop. An answer may block: there are two
// workers.
class FakeKds {
 public:
  using Answer = std::function<http::Response()>;

  FakeKds() {
    for (const char* path : {"/vcek/v1/{tail}", "/vlek/v1/{tail}"}) {
      router_.Add({{"GET"}, path, [this](const auto& request, const auto&) {
                     return Serve(request);
                   }});
    }
  }

  void Start() {
    net::ServerOptions options;
    options.addresses = {"127.0.0.1:0"};
    options.worker_threads = 2;
    auto server = net::Server::Create(std::move(options),
                                      {&router_, &clock_, &random_, &logger_});
    ASSERT_TRUE(server) << server.error().Text();
    server_ = *std::move(server);
    server_->Start();
    port_ = server_->Ports().front();
  }
  void Stop() { server_->Stop(); }
  std::string Url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
  }

  void On(const std::string& target, http::Response response) {
    OnCall(target, [response = std::move(response)] { return response; });
  }
  void OnCall(const std::string& target, Answer answer) {
    std::lock_guard lock(mutex_);
    answers_[target] = std::move(answer);
  }
  // Every request's target as it came, in order.
  Targets Asked() const {
    std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  http::Response Serve(const http::Request& request) {
    Answer answer;
    {
      std::lock_guard lock(mutex_);
      asked_.push_back(request.target);
      const auto found = answers_.find(request.target);
      if (found != answers_.end()) answer = found->second;
    }
    return answer ? answer() : http::Empty(404);
  }

  mutable std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  Targets asked_;
  SystemClock clock_;
  LockedRandom random_;
  KeepingLogger logger_;
  http::Router router_;
  uint16_t port_ = 0;
  std::unique_ptr<net::Server> server_;  // last: its threads use the others
};

}  // namespace vouchsafe::testing
