#include "tests/goldens/kbs_server.h"

#include <fstream>

#include "base/encoding.h"
#include "json/parse.h"
#include "kbs/resource_plugin.h"
#include "policy/resource_policies.h"
#include "storage/namespaces.h"
#include "tests/goldens/compare.h"
#include "verifier/registry/registry.h"

namespace vouchsafe::goldens {
namespace {

using vouchsafe::testing::ReadFile;

// AMD's and others' services could not be reached when these were recorded.
class NoNetwork final : public http::Fetcher {
 public:
  Result<http::FetchResponse> Fetch(const http::FetchRequest&,
                                    const RequestContext&) override {
    return Fail(ErrorCode::kUnavailable, "no network in this test");
  }
};

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

// The recorded file, its paths made absolute, without the plugins that are not
// built.
std::string ConfigText(const KbsServer::Options& options,
                       const std::string& storage) {
  std::string text = ReadFile(options.folder + "/config/" + options.config);
  ReplaceAll(text, "\"keys/", "\"" + options.folder + "/keys/");
  ReplaceAll(text, "\"storage\"", "\"" + storage + "\"");
  ReplaceAll(text, "[[plugins]]\nname = \"sample\"\nitem = \"value\"\n", "");
  ReplaceAll(text, "[[plugins]]\nname = \"provisioner\"\n", "");
  ReplaceAll(text, "[http_server]\n", "[http_server]\n" + options.http_server);
  if (options.strict) text = "strict_trustee_errors = true\n" + text;
  return text + options.appended;
}

// Seconds since 1970 of a cookie's Expires; nullopt when it has none.
std::optional<int64_t> ExpiresOf(std::string_view cookie) {
  constexpr std::string_view kExpires = "; Expires=";
  const size_t at = cookie.find(kExpires);
  if (at == std::string_view::npos) return std::nullopt;
  const auto time = ParseHttpDate(cookie.substr(at + kExpires.size()));
  return time ? std::optional<int64_t>(*time) : std::nullopt;
}

}  // namespace

void ScriptedRandom::Fill(std::span<uint8_t> out) {
  if (queue_.empty() || queue_.front().size() != out.size()) {
    return system_.Fill(out);
  }
  std::copy(queue_.front().begin(), queue_.front().end(), out.begin());
  queue_.pop_front();
}

Result<std::unique_ptr<KbsServer>> KbsServer::Create(const Options& options) {
  std::unique_ptr<KbsServer> server(new KbsServer(options.now));
  TRY(server->Assemble(options));
  return server;
}

RequestContext KbsServer::Context() {
  RequestContext context;
  context.request_id = "request-" + std::to_string(++requests_);
  context.clock = &clock_;
  return context;
}

Result<> KbsServer::Assemble(const Options& options) {
  storage_ = dir_.path() + "/storage";
  const std::string file = dir_.path() + "/" + options.config;
  std::ofstream(file) << ConfigText(options, storage_);
  const config::Document document =
      TRY(config::Document::Load(kbs::kKbsSchema, file));
  const kbs::KbsConfig config = TRY(kbs::ReadKbsConfig(document.root()));
  session_timeout_ = config.session_timeout;
  fetcher_ = std::make_unique<NoNetwork>();
  stores_ =
      std::make_unique<storage::StoreProvider>(config.storage, *env_, clock_);
  TRY(MakeAttestation(config));
  token::TokenVerifierConfig trust = config.token;
  for (const std::string& path : config.trusted_certs_paths) {
    trust.trusted_certs_pem.push_back(ReadFile(path));
  }
  tokens_ = TRY(token::TokenVerifier::Create(std::move(trust), fetcher_.get(),
                                             Context()));
  TRY(MakePolicies());
  admin_ = TRY(kbs::AdminGate::Create(config.admin, fetcher_.get(), Context()));
  storage::StoreProvider::OpenOptions sessions;
  sessions.type = config.session_storage;
  sessions_ = std::make_unique<kbs::SessionStore>(
      TRY(stores_->Open(storage::kSessions, sessions)), clock_,
      config.session_timeout);
  kbs::KbsParts parts;
  parts.attestation = attestation_.get();
  parts.tokens = tokens_.get();
  parts.sessions = sessions_.get();
  parts.admin = admin_.get();
  parts.policies = policies_.get();
  if (config.resource_plugin) {
    parts.plugins["resource"] = std::make_unique<kbs::ResourcePlugin>(
        TRY(stores_->Open(storage::kRepository)),
        config.resource_plugin->nested_dir);
  }
  parts.decisions = &ring_;
  parts.ring = &ring_;
  parts.random = &random_;
  parts.logger = &logger_;
  kbs::KbsOptions kbs_options;
  kbs_options.strict = config.strict_trustee_errors ? kbs::StrictErrors::kYes
                                                    : kbs::StrictErrors::kNo;
  kbs_options.allow_rsa15 = config.allow_rsa15;
  kbs_options.max_body = config.http.max_body;
  service_ = std::make_unique<kbs::KbsService>(std::move(parts), kbs_options);
  service_->AddRoutes(router_);
  return {};
}

Result<> KbsServer::MakeAttestation(const kbs::KbsConfig& config) {
  registry::VerifierDeps outside{*fetcher_, clock_};
  outside.collateral_store = TRY(stores_->Open(storage::kOwnCollateral));
  VerifierSet verifiers =
      TRY(registry::MakeVerifiers(config.attestation.verifiers, outside));
  attestation_ =
      TRY(as::MakeService(config.attestation, std::move(verifiers),
                          {&clock_, &system_random_, &logger_, stores_.get(),
                           registry::AllClaimSpecs()}));
  return {};
}

Result<> KbsServer::MakePolicies() {
  policy_store_ = TRY(stores_->Open(storage::kKbsPolicies));
  policy_defaults_ = TRY(stores_->Open(policy::kPolicyDefaultsNamespace));
  policy::PolicyUse use;
  use.entry = "data.policy.allow";
  policies_ = std::make_unique<policy::PolicyStore>(
      *policy_store_, *policy_defaults_, programs_, logger_, std::move(use),
      policy::PolicyStoreOptions{});
  return policies_->EnsureDefault(kbs::kResourcePolicyId,
                                  policy::kDefaultResourcePolicy);
}

Result<> KbsServer::SetResourcePolicy(std::string_view rego) {
  TRY(policies_->Set(kbs::kResourcePolicyId, rego));
  return {};
}

// A session ends its time after /auth; a token tells when it was made.
void KbsServer::SetTime(const Exchange& exchange) {
  std::optional<int64_t> when;
  if (exchange.request.path().ends_with("/auth")) {
    when = ExpiresOf(exchange.headers.Get("set-cookie"));
    if (when) *when -= std::chrono::seconds(session_timeout_).count();
  } else if (const auto body = json::Parse(exchange.body);
             body && body->Find("token") != nullptr) {
    const json::Value claims = ClaimsOfToken(TextOf(*body, "/token"));
    const json::Value* issued = claims.Find("iat");
    if (issued != nullptr) when = issued->int64();
  }
  if (when) {
    clock_.Advance(std::chrono::seconds(*when - clock_.UnixSeconds()));
  }
}

void KbsServer::QueueRandom(const Exchange& exchange) {
  random_.Clear();
  const auto body = json::Parse(exchange.body);
  if (!body || body->Find("nonce") == nullptr) return;
  const auto nonce = Base64Decode(TextOf(*body, "/nonce"));
  const std::string_view cookie = exchange.headers.Get("set-cookie");
  const size_t start = cookie.find('=') + 1;
  const auto id = HexDecode(cookie.substr(start, cookie.find(';') - start));
  if (!nonce || !id) return;
  random_.Queue(*nonce);
  random_.Queue(*id);
}

void KbsServer::Prepare(const Exchange& exchange) {
  clock_.Advance(std::chrono::microseconds(10));  // no two at the same time
  SetTime(exchange);
  QueueRandom(exchange);
}

http::Response KbsServer::Replay(const Exchange& exchange) {
  Prepare(exchange);
  return router_.Handle(exchange.request, Context());
}

}  // namespace vouchsafe::goldens
