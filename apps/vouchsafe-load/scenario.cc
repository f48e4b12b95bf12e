#include "apps/vouchsafe-load/scenario.h"

#include "attester/attester.h"
#include "base/encoding.h"
#include "client/kbs_client.h"
#include "crypto/hash.h"
#include "json/fields.h"
#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::load {
namespace {

std::string HttpRequest(std::string_view method, std::string_view target,
                        std::string_view headers, std::string_view body) {
  std::string out;
  out.reserve(256 + body.size());
  out.append(method).append(" ").append(target).append(
      " HTTP/1.1\r\nHost: localhost\r\n");
  out.append(headers);
  if (method == "POST") {
    out += "Content-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n";
  }
  return out.append("\r\n").append(body);
}

Result<Reply> Ask(Connection& connection, const std::string& request) {
  Reply reply = TRY(connection.Exchange(request));
  if (reply.status != 200) {
    return Fail(ErrorCode::kBadPeer, "status " + std::to_string(reply.status));
  }
  return reply;
}

Result<client::TeeKey> MakeKey(const std::string& name) {
  if (name == "p256") return client::TeeKey::Generate();
  std::optional<crypto::KeyType> type;
  if (name == "p384") type = crypto::KeyType::kEcP384;
  if (name == "p521") type = crypto::KeyType::kEcP521;
  if (name == "rsa2048") type = crypto::KeyType::kRsa;
  if (!type) {
    return Fail(ErrorCode::kInvalidInput,
                "--key: want p256, p384, p521 or rsa2048, got " + name);
  }
  const crypto::PrivateKey key = TRY(crypto::PrivateKey::Generate(*type));
  const SecretBytes pem = key.Pkcs8Pem();
  return client::TeeKey::FromPem(AsText(pem.view()));
}

// The handshake with sample evidence. Everything but the nonce is made once.
class Handshake {
 public:
  explicit Handshake(client::TeeKey key) : key_(std::move(key)) {}

  // Cookie and token of a new session.
  Result<size_t> Run(Connection& connection) {
    const Reply challenge = TRY(Ask(connection, auth_));
    const json::Value challenge_json = TRY(json::Parse(challenge.body));
    const json::Fields fields =
        TRY(json::Fields::Of(challenge_json, "challenge"));
    const std::string nonce = TRY(fields.String("nonce"));
    const std::string set_cookie = HeaderOf(challenge, "Set-Cookie");
    cookie_ = set_cookie.substr(0, set_cookie.find(';'));
    const std::string body = TRY(AttestBody(nonce));
    const Reply reply =
        TRY(Ask(connection, HttpRequest("POST", "/kbs/v0/attest",
                                        "Cookie: " + cookie_ + "\r\n", body)));
    token_body_ = reply.body;
    return challenge.body.size() + reply.body.size();
  }

  const std::string& cookie() const { return cookie_; }
  Result<std::string> Token() const {
    const json::Value answer = TRY(json::Parse(token_body_));
    const json::Fields fields = TRY(json::Fields::Of(answer, "answer"));
    return fields.String("token");
  }

 private:
  Result<std::string> AttestBody(const std::string& nonce) {
    json::Object runtime;
    runtime.Set("nonce", nonce);
    runtime.Set("tee-pubkey", key_.public_jwk());
    json::Object bound = runtime;
    bound.Set("additional-evidence", "");
    const std::string canonical = TRY(json::Canonical(std::move(bound)));
    json::Object evidence;
    evidence.Set("primary_evidence",
                 TRY(attester_->Evidence(crypto::Sha384(AsBytes(canonical)))));
    evidence.Set("additional_evidence", "");
    json::Object body;
    body.Set("init-data", json::Value());
    body.Set("runtime-data", std::move(runtime));
    body.Set("tee-evidence", std::move(evidence));
    return json::Write(std::move(body));
  }

  const client::TeeKey key_;
  const std::unique_ptr<attester::Attester> attester_ =
      attester::MakeSampleAttester();
  const std::string auth_ =
      HttpRequest("POST", "/kbs/v0/auth", "",
                  R"({"version":"0.4.0","tee":"sample","extra-params":""})");
  std::string cookie_;
  std::string token_body_;
};

class RcarScenario final : public Scenario {
 public:
  explicit RcarScenario(client::TeeKey key) : handshake_(std::move(key)) {}
  Result<> Prepare(Connection&) override { return {}; }
  Result<size_t> Once(Connection& connection) override {
    return handshake_.Run(connection);
  }

 private:
  Handshake handshake_;
};

class FetchScenario final : public Scenario {
 public:
  FetchScenario(client::TeeKey key, std::string path, bool bearer)
      : handshake_(std::move(key)), path_(std::move(path)), bearer_(bearer) {}
  Result<> Prepare(Connection& connection) override {
    TRY(handshake_.Run(connection));
    const std::string token = TRY(handshake_.Token());
    request_ = HttpRequest("GET", "/kbs/v0/resource/" + path_,
                           bearer_ ? "Authorization: Bearer " + token + "\r\n"
                                   : "Cookie: " + handshake_.cookie() + "\r\n",
                           "");
    return {};
  }
  Result<size_t> Once(Connection& connection) override {
    const Reply reply = TRY(Ask(connection, request_));
    return reply.body.size();
  }

 private:
  Handshake handshake_;
  const std::string path_;
  const bool bearer_;
  std::string request_;
};

class EvaluateScenario final : public Scenario {
 public:
  explicit EvaluateScenario(const std::string& body)
      : request_(HttpRequest("POST", "/attestation", "", body)) {}
  Result<> Prepare(Connection&) override { return {}; }
  Result<size_t> Once(Connection& connection) override {
    const Reply reply = TRY(Ask(connection, request_));
    return reply.body.size();
  }

 private:
  const std::string request_;
};

}  // namespace

Result<std::unique_ptr<Scenario>> MakeScenario(const ScenarioOptions& options) {
  if (options.name == "evaluate") {
    return std::unique_ptr<Scenario>(new EvaluateScenario(options.body));
  }
  if (options.name != "rcar" && options.name != "fetch") {
    return Fail(ErrorCode::kInvalidInput,
                "scenario: want rcar, fetch or evaluate, got " + options.name);
  }
  client::TeeKey key = TRY(MakeKey(options.key));
  if (options.name == "rcar") {
    return std::unique_ptr<Scenario>(new RcarScenario(std::move(key)));
  }
  return std::unique_ptr<Scenario>(
      new FetchScenario(std::move(key), options.path, options.bearer));
}

}  // namespace vouchsafe::load
