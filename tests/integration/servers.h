#pragma once

// A key broker and an attestation service over loopback sockets in this
// process, on one store of files, and a third port with TLS. Limits are short,
// so that nothing has to be waited for.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "as/rest.h"
#include "base/encoding.h"
#include "crypto/hash.h"
#include "json/parse.h"
#include "net/curl_fetcher.h"
#include "net/server.h"
#include "tests/fake/self_signed.h"
#include "tests/integration/deployment.h"
#include "tests/integration/socket_client.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::integration {

// An answer as it came over the wire.
struct WireAnswer {
  std::string text;

  std::string Status() const {
    return text.size() < 12 ? text : text.substr(9, 3);
  }
  std::string Head() const { return text.substr(0, text.find("\r\n\r\n")); }
  std::string Body() const {
    const size_t end = text.find("\r\n\r\n");
    return end == std::string::npos ? "" : text.substr(end + 4);
  }
  // A string member of the problem document; empty when there is none.
  std::string Member(std::string_view name) const {
    const auto body = json::Parse(Body());
    const json::Value* value = body ? body->Find(name) : nullptr;
    const std::string* found = value != nullptr ? value->if_string() : nullptr;
    return found != nullptr ? *found : "";
  }
};

inline std::string Request(std::string_view method, std::string_view target,
                           std::string_view body,
                           std::string_view headers = "") {
  return std::string(method) + " " + std::string(target) +
         " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n" +
         std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

enum class Which { kKbs, kAs, kTls };

class Servers : public ::testing::Test {
 protected:
  static constexpr std::chrono::milliseconds kShort{150};

  Servers() {
    as::RestDeps rest{&deployment_.attestation(), &deployment_.decision_sink(),
                      &deployment_.logger()};
    as_router_ = as::MakeRestRouter({}, rest);
    certificate_.Save(tls_folder_.path());
    kbs_ = Start(deployment_.router(), false);
    as_ = Start(as_router_, false);
    tls_ = Start(deployment_.router(), true);
  }

  uint16_t Port(Which which) const {
    const auto& server = which == Which::kKbs  ? kbs_
                         : which == Which::kAs ? as_
                                               : tls_;
    return server->Ports().front();
  }
  vouchsafe::testing::SocketClient Connect(Which which) const {
    return vouchsafe::testing::SocketClient(Port(which));
  }
  WireAnswer Ask(Which which, std::string_view bytes) const {
    auto client = Connect(which);
    client.Send(bytes);
    return {client.Answer()};
  }

  // Through the pool and the store, and nothing is stored by it.
  void ExpectServes() const {
    EXPECT_EQ(
        Ask(Which::kKbs, Request("GET", "/kbs/v0/resource-policy", "")).Body(),
        R"(["resource-policy"])");
    EXPECT_EQ(Ask(Which::kAs, Request("GET", "/policy", "")).Status(), "200");
  }
  void ExpectServesTls() {
    http::FetchRequest request;
    request.url = "https://127.0.0.1:" + std::to_string(Port(Which::kTls)) +
                  "/kbs/v0/resource-policy";
    request.ca_pem = {certificate_.certificate_pem};
    RequestContext context;
    context.clock = &clock_;
    const auto answer = fetcher_.Fetch(request, context);
    ASSERT_TRUE(answer) << answer.error().Text();
    EXPECT_EQ(answer->status, 200);
  }

  // Names and contents of every file of the store.
  std::string StoreDigest() const {
    namespace fs = std::filesystem;
    std::vector<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(store_.path())) {
      if (entry.is_regular_file()) paths.push_back(entry.path().string());
    }
    std::sort(paths.begin(), paths.end());
    std::string all;
    for (const std::string& path : paths) {
      all += path + '\0' + vouchsafe::testing::ReadFile(path) + '\0';
    }
    return HexEncode(crypto::Sha256(AsBytes(all)));
  }
  // What the operator is told of a refused request.
  std::string ReasonOf(const std::string& request_id) const {
    const auto record = deployment_.decisions().Find(request_id);
    return record == nullptr ? "" : record->reason;
  }

  vouchsafe::testing::TempDir store_;
  Deployment deployment_{store_.path()};

 private:
  std::unique_ptr<net::Server> Start(const http::Router& router, bool tls) {
    net::ServerOptions options;
    options.addresses = {"127.0.0.1:0"};
    options.worker_threads = 2;
    options.limits.head_timeout = kShort;
    options.limits.body_timeout = kShort;
    options.limits.handshake_timeout = kShort;
    if (tls) {
      options.tls = std::make_unique<net::TlsOptions>();
      options.tls->certificate_file = tls_folder_.path() + "/cert.pem";
      options.tls->private_key_file = tls_folder_.path() + "/key.pem";
    }
    auto server = net::Server::Create(
        std::move(options),
        {&router, &clock_, &random_, &deployment_.logger()});
    EXPECT_TRUE(server) << (server ? "" : server.error().Text());
    (*server)->Start();
    return *std::move(server);
  }

  SystemClock clock_;
  crypto::SystemRandom random_;
  vouchsafe::testing::TempDir tls_folder_;
  fake::SelfSigned certificate_ = fake::MakeSelfSigned();
  net::CurlFetcher fetcher_;
  http::Router as_router_;
  std::unique_ptr<net::Server> kbs_;
  std::unique_ptr<net::Server> as_;
  std::unique_ptr<net::Server> tls_;
};

}  // namespace vouchsafe::integration
