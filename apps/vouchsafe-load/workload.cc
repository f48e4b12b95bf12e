#include "apps/vouchsafe-load/workload.h"

#include <algorithm>
#include <optional>

#include "attester/attester.h"
#include "base/clock.h"

namespace vouchsafe::load {
namespace {

constexpr size_t kMaxKeys = 16;

// "http://host:port", as the client of the protocol wants it.
std::string BaseUrl(const http::Url& server) {
  return server.scheme + "://" + server.Authority();
}

// The handshake with sample evidence, as a guest does it: the body comes from
// the client of the protocol, only the transport is ours.
class Guest {
 public:
  Guest(Connection& connection, const http::Url& server,
        const client::TeeKey& key)
      : key_(key), client_(ConfigOf(server), connection) {
    context_.request_id = "load";
    context_.clock = &clock_;
  }

  // The token.
  Result<std::string> Attest() {
    return client_.Attest(*attester_, key_, std::nullopt, context_);
  }

 private:
  static client::KbsClientConfig ConfigOf(const http::Url& server) {
    client::KbsClientConfig config;
    config.url = BaseUrl(server);
    return config;
  }

  const client::TeeKey& key_;
  const SystemClock clock_;
  RequestContext context_;
  std::unique_ptr<attester::Attester> attester_ =
      attester::MakeSampleAttester();
  client::KbsClient client_;
};

class RcarWorkload final : public Workload {
 public:
  RcarWorkload(const http::Url& server, const client::TeeKey& key)
      : Workload(server), guest_(connection(), server, key) {}

  Result<> Once() override {
    TRY(guest_.Attest());
    return {};
  }

 private:
  Guest guest_;
};

class FetchWorkload final : public Workload {
 public:
  FetchWorkload(const WorkloadOptions& options, const client::TeeKey& key,
                std::string target)
      : Workload(options.server),
        options_(options),
        target_(std::move(target)),
        guest_(connection(), options.server, key) {}

  Result<> Prepare() override {
    const std::string token = TRY(guest_.Attest());
    if (options_.credential == Credential::kCookie) {
      request_ = Get({{"Cookie", connection().cookie()}});
    } else {
      request_ = GetWith(token);
    }
    for (uint64_t i = 0; i < options_.tokens_each; ++i) {
      options_.tokens->Add(TRY(guest_.Attest()));
    }
    return {};
  }
  Result<> Once() override {
    if (options_.credential != Credential::kFreshBearer) {
      return Expect200(request_);
    }
    const std::string token = TRY(options_.tokens->Next());
    return Expect200(GetWith(token));
  }

 private:
  std::string Get(const http::Headers& headers) const {
    return WriteRequest("GET", target_, options_.server, headers, "");
  }
  std::string GetWith(const std::string& token) const {
    return Get({{"Authorization", "Bearer " + token}});
  }

  const WorkloadOptions options_;
  const std::string target_;
  Guest guest_;
  std::string request_;
};

class EvaluateWorkload final : public Workload {
 public:
  EvaluateWorkload(const http::Url& server, const std::string& body)
      : Workload(server),
        request_(WriteRequest("POST", "/attestation", server,
                              {{"Content-Type", "application/json"}}, body)) {}

  Result<> Once() override { return Expect200(request_); }

 private:
  const std::string request_;
};

struct KeyKind {
  const char* name;
  crypto::KeyType type;
};
constexpr KeyKind kKeyKinds[] = {{"p256", crypto::KeyType::kEcP256},
                                 {"p384", crypto::KeyType::kEcP384},
                                 {"p521", crypto::KeyType::kEcP521},
                                 {"rsa2048", crypto::KeyType::kRsa}};

}  // namespace

Result<std::string> TokenPool::Next() {
  const size_t at = next_.fetch_add(1);
  if (at >= tokens_.size()) {
    return Fail(ErrorCode::kExhausted, "no token is left that was not used");
  }
  return tokens_[at];
}

Result<> Workload::Expect200(const std::string& request) {
  const http::FetchResponse reply = TRY(connection_.Exchange(request));
  if (reply.status == 200) return {};
  const std::string_view text = reply.body_text().substr(0, 200);
  return Fail(ErrorCode::kBadPeer, "status " + std::to_string(reply.status) +
                                       ": " + std::string(text));
}

Result<Mode> ParseMode(const std::string& text) {
  if (text == "rcar") return Mode::kRcar;
  if (text == "fetch") return Mode::kFetch;
  if (text == "evaluate") return Mode::kEvaluate;
  return Fail(ErrorCode::kInvalidInput,
              "mode: want rcar, fetch or evaluate, got " + text.substr(0, 32));
}

uint64_t RequestsEach(Mode mode) { return mode == Mode::kRcar ? 2 : 1; }

Result<std::vector<client::TeeKey>> MakeKeys(const std::string& kind,
                                             size_t connections) {
  const auto* const found =
      std::find_if(std::begin(kKeyKinds), std::end(kKeyKinds),
                   [&kind](const KeyKind& k) { return kind == k.name; });
  if (found == std::end(kKeyKinds)) {
    return Fail(ErrorCode::kInvalidInput,
                "--key: want p256, p384, p521 or rsa2048");
  }
  std::vector<client::TeeKey> out;
  while (out.size() < std::min(connections, kMaxKeys)) {
    const crypto::PrivateKey key =
        TRY(crypto::PrivateKey::Generate(found->type));
    const SecretBytes pem = key.Pkcs8Pem();
    out.push_back(TRY(client::TeeKey::FromPem(AsText(pem.view()))));
  }
  return out;
}

Result<std::unique_ptr<Workload>> MakeWorkload(const WorkloadOptions& options,
                                               const client::TeeKey* key) {
  if (options.mode == Mode::kEvaluate) {
    return std::unique_ptr<Workload>(
        std::make_unique<EvaluateWorkload>(options.server, options.body));
  }
  if (key == nullptr) return Fail(ErrorCode::kInternal, "no key for a guest");
  if (options.mode == Mode::kRcar) {
    return std::unique_ptr<Workload>(
        std::make_unique<RcarWorkload>(options.server, *key));
  }
  const http::Url url =
      TRY_CONTEXT(http::ParseUrl(BaseUrl(options.server) + "/kbs/v0/resource/" +
                                 options.path),
                  "--path");
  return std::unique_ptr<Workload>(
      std::make_unique<FetchWorkload>(options, *key, url.Target()));
}

}  // namespace vouchsafe::load
