#include "tests/goldens/as_server.h"

#include <fstream>

#include "as/rest.h"
#include "base/encoding.h"
#include "json/parse.h"
#include "json/write.h"
#include "storage/namespaces.h"
#include "tests/goldens/compare.h"
#include "verifier/registry/registry.h"

namespace vouchsafe::goldens {
namespace {

using vouchsafe::testing::ReadFile;

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

std::string ConfigText(const AsServer::Options& options,
                       const std::string& dir) {
  std::string text = ReadFile(options.goldens + "/ear/config/as.json");
  ReplaceAll(text, "\"keys/", "\"" + options.goldens + "/kbs-http/keys/");
  ReplaceAll(text, "\"as-storage\"", "\"" + dir + "/as-storage\"");
  json::Value value = *json::Parse(text);
  if (options.strict) value.if_object()->Set("strict_trustee_errors", true);
  if (!options.verifiers.is_null()) {
    value.if_object()->Set("verifier_config", options.verifiers);
  }
  return json::Write(value);
}

}  // namespace

Result<http::FetchResponse> ScriptedFetcher::Fetch(
    const http::FetchRequest& request, const RequestContext&) {
  urls.push_back(request.url);
  if (answer) return answer(request);
  return Fail(ErrorCode::kUnavailable, "no network in this test");
}

Result<std::unique_ptr<AsServer>> AsServer::Create(const Options& options) {
  std::unique_ptr<AsServer> server(new AsServer());
  TRY(server->Assemble(options));
  return server;
}

RequestContext AsServer::Context() {
  RequestContext context;
  context.request_id = "request-" + std::to_string(++requests_);
  context.clock = &clock_;
  return context;
}

Result<> AsServer::Assemble(const Options& options) {
  const std::string file = dir_.path() + "/as.json";
  std::ofstream(file) << ConfigText(options, dir_.path());
  const config::Document document =
      TRY(config::Document::Load(as::kAsSchema, file));
  const as::AsConfig config = TRY(as::ReadAsConfig(document.root()));
  stores_ =
      std::make_unique<storage::StoreProvider>(config.storage, *env_, clock_);
  registry::VerifierDeps outside{fetcher_, clock_};
  outside.collateral_store = TRY(stores_->Open(storage::kOwnCollateral));
  VerifierSet verifiers =
      TRY(registry::MakeVerifiers(config.verifiers, outside));
  service_ = TRY(as::MakeService(
      config, std::move(verifiers),
      {&clock_, &random_, &logger_, stores_.get(), registry::AllClaimSpecs()}));
  router_ =
      as::MakeRestRouter({config.strict_trustee_errors, {"http://ok.example"}},
                         {service_.get(), &ring_, &logger_});
  return {};
}

http::Response AsServer::Replay(const Exchange& exchange) {
  const json::Value claims = ClaimsOfToken(exchange.body);
  const json::Value* issued = claims.Find("iat");
  if (issued != nullptr && issued->int64()) {
    clock_.Advance(
        std::chrono::seconds(*issued->int64() - clock_.UnixSeconds()));
  }
  return router_.Handle(exchange.request, Context());
}

Result<> AsServer::Register(const json::Value& values) {
  json::Object message;
  message.Set("version", "0.1.0");
  message.Set("type", "sample");
  message.Set("payload", Base64Encode(AsBytes(json::Write(values))));
  return service_->RegisterReferenceValue(json::Write(std::move(message)),
                                          Context());
}

}  // namespace vouchsafe::goldens
