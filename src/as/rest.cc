#include "as/rest.h"

#include <algorithm>
#include <memory>

#include "as/checks.h"
#include "as/rest_body.h"
#include "as/rest_errors.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "json/write.h"
#include "policy/admission.h"
#include "verifier/core/tee.h"

namespace vouchsafe::as {
namespace {

using http::Request;
using http::Response;

Response Plain(std::string body) {
  Response response = http::Empty(200);
  response.body = std::move(body);
  return response;
}

bool IsJson(const Request& request) {
  const std::string type = http::MediaType(request);
  return type == "application/json" ||
         (type.starts_with("application/") && type.ends_with("+json"));
}

Response TooLarge(size_t limit, std::optional<uint64_t> declared) {
  const std::string bound = "limit: " + std::to_string(limit) + " bytes";
  if (!declared) {
    return http::Text(413, "JSON payload has exceeded limit (" +
                               std::to_string(limit) + " bytes).");
  }
  return http::Text(413, "JSON payload (" + std::to_string(*declared) +
                             " bytes) is larger than allowed (" + bound + ").");
}

// One object with a method per route; handlers hold it by shared_ptr.
class Rest {
 public:
  Rest(const RestOptions& options, const RestDeps& deps)
      : strict_(options.strict_trustee_errors),
        write_token_(options.write_token),
        deps_(deps) {}

  Response Attestation(const Request& request, const RequestContext& context);
  Response SetPolicy(const Request& request, const RequestContext& context);
  Response ListPolicies(const Request& request, const RequestContext& context);
  Response GetPolicy(const Request& request, const RequestContext& context);
  Response DeletePolicy(const Request& request, const RequestContext& context);
  Response RollBack(const Request& request, const RequestContext& context);
  Response Challenge(const Request& request, const RequestContext& context);
  Response Jwks() const {
    return http::Json(200, json::Write(deps_.service->TokenSignerJwks()));
  }

 private:
  Response Refuse(const Error& error, const RequestContext& context) const {
    return strict_ ? StrictErrorResponse(error)
                   : ErrorResponse(error, context.request_id);
  }
  // The outermost cause of a handler's failure; a body of the wrong shape
  // keeps its own.
  Response Refuse(Error error, std::string_view outermost,
                  const RequestContext& context) const {
    return Refuse(WithContext(std::move(error), outermost), context);
  }
  Response NotJson(const RequestContext& context) const {
    if (strict_) return http::Text(400, "Content type error");
    return Refuse(Error{ErrorCode::kInvalidInput,
                        "Content type error: want application/json",
                        nullptr,
                        {}},
                  context);
  }
  std::shared_ptr<DecisionRecord> NewRecord(DecisionKind kind,
                                            const RequestContext& context) {
    auto record = std::make_shared<DecisionRecord>();
    record->id = context.request_id;
    record->time_unix_us = context.clock->UnixMicros();
    record->kind = kind;
    return record;
  }
  void Close(std::shared_ptr<DecisionRecord> record, const Error* error) {
    if (error == nullptr) {
      record->Allow();
    } else {
      record->Refuse(*error);
    }
    deps_.decisions->Write(std::move(record));
  }

  // Who may change state. The record says who was refused.
  Result<> Admit(const Request& request, DecisionRecord& record) const;
  Response ListVersions(const std::string& id,
                        const RequestContext& context) const;
  // Closes the record of an upload and answers its findings.
  Response Uploaded(std::shared_ptr<DecisionRecord> record,
                    const Result<std::vector<rego::Diagnostic>>& done,
                    const RequestContext& context);

  const bool strict_;
  const std::optional<SecretBytes> write_token_;
  const RestDeps deps_;
};

Result<> Rest::Admit(const Request& request, DecisionRecord& record) const {
  if (!write_token_) return {};
  const auto sent = http::BearerToken(request);
  const bool same =
      sent && ConstantTimeEqual(AsBytes(*sent), write_token_->view());
  return record.Section("admission").Require(kWriteToken, same);
}

Response Rest::Uploaded(std::shared_ptr<DecisionRecord> record,
                        const Result<std::vector<rego::Diagnostic>>& done,
                        const RequestContext& context) {
  Close(std::move(record), done ? nullptr : &done.error());
  if (!done) return Refuse(done.error(), "set policy", context);
  Response response = http::Empty(200);
  for (const std::string& finding : policy::FindingFields(*done)) {
    response.headers.Add(policy::kFindingHeader, finding);
  }
  return response;
}

std::string Subject(const EvaluateRequest& request) {
  std::string out = "tee=";
  for (size_t i = 0; i < request.requests.size(); ++i) {
    if (i > 0) out += ',';
    out += request.requests[i].tee;
  }
  return out;
}

bool WantsExplanation(const Request& request) {
  const auto query = http::ParseQuery(request.query());
  const auto it = query.find("explain");
  return it != query.end() && it->second != "false";
}

Response WithRecord(const std::string& token, const DecisionRecord& record) {
  json::Object out;
  out.Set("token", token);
  out.Set("decision", ToJson(record));
  return http::Json(200, json::Write(std::move(out)));
}

// The one cause that Trustee tells of a TEE that it does not verify here, with
// the name as sent.
Error WithTee(Error error, std::string_view outermost, const std::string& tee) {
  if (error.check != &kTeeAccepted) {
    return WithContext(std::move(error), outermost);
  }
  error.message = "tee `" + tee + " not supported`";
  error.context.clear();
  return error;
}

// The first that is not verified here.
std::string RefusedTee(const EvaluateRequest& request,
                       const std::vector<std::string>& accepted) {
  for (const VerificationRequest& one : request.requests) {
    const TeeInfo* tee = FindTee(one.tee);
    if (tee == nullptr || std::find(accepted.begin(), accepted.end(),
                                    tee->name) == accepted.end()) {
      return one.tee;
    }
  }
  return "";
}

Response Rest::Attestation(const Request& request,
                           const RequestContext& context) {
  if (!IsJson(request)) return NotJson(context);
  auto parsed = ParseAttestationBody(request.body_text());
  if (!parsed) return Refuse(parsed.error(), context);
  parsed->explain = WantsExplanation(request);
  auto record = NewRecord(DecisionKind::kAttestation, context);
  record->subject = Subject(*parsed);
  auto token = deps_.service->Evaluate(*parsed, *record, context);
  if (!token) {
    Close(record, &token.error());
    return Refuse(WithTee(token.error(), "attestation report evaluate",
                          RefusedTee(*parsed, deps_.service->AcceptedTees())),
                  context);
  }
  Close(record, nullptr);
  if (parsed->explain) return WithRecord(*token, *record);
  return Plain(*std::move(token));
}

Response Rest::SetPolicy(const Request& request,
                         const RequestContext& context) {
  if (!IsJson(request)) return NotJson(context);
  const auto parsed = ParsePolicyBody(request.body_text());
  if (!parsed) return Refuse(parsed.error(), context);
  auto record = NewRecord(DecisionKind::kAdmin, context);
  record->subject = "set attestation policy " + parsed->id;
  if (const Result<> admitted = Admit(request, *record); !admitted) {
    return Uploaded(record, tl::unexpected(admitted.error()), context);
  }
  return Uploaded(
      record,
      deps_.service->SetPolicy(parsed->id, parsed->policy_base64url, context),
      context);
}

Response Rest::ListPolicies(const Request&, const RequestContext& context) {
  const auto policies = deps_.service->ListPolicies(context);
  if (!policies) return Refuse(policies.error(), "get policies", context);
  json::Array out;
  for (const PolicyInfo& policy : *policies) {
    json::Object one;
    one.Set("policy-id", policy.id);
    if (!strict_) {
      one.Set("policy-sha384", policy.sha384);
      // As v0.11 to v0.13 gave it.
      const auto digest = HexDecode(policy.sha384);
      if (digest) one.Set("policy-hash", Base64UrlEncode(*digest));
    }
    out.emplace_back(std::move(one));
  }
  return Plain(json::Write(std::move(out)));
}

std::string PolicyId(const Request& request) {
  return http::PercentDecode(
      http::Router::Tail("/policy/{tail}", request.path()));
}

Response Rest::ListVersions(const std::string& id,
                            const RequestContext& context) const {
  const auto versions = deps_.service->PolicyVersions(id, context);
  if (!versions) return Refuse(versions.error(), "get policy", context);
  json::Array out;
  for (const policy::PolicyVersion& version : *versions) {
    json::Object one;
    one.Set("policy-sha384", version.sha384);
    one.Set("stored", FormatRfc3339(version.stored_unix_us));
    one.Set("current", version.current);
    out.emplace_back(std::move(one));
  }
  return http::Json(200, json::Write(std::move(out)));
}

Response Rest::GetPolicy(const Request& request,
                         const RequestContext& context) {
  const std::string id = PolicyId(request);
  const auto query = http::ParseQuery(request.query());
  if (query.contains("versions")) return ListVersions(id, context);
  const auto version = query.find("sha384");
  const auto text =
      version == query.end()
          ? deps_.service->GetPolicy(id, context)
          : deps_.service->GetPolicyVersion(id, version->second, context);
  if (!text) return Refuse(text.error(), "get policy", context);
  return http::Text(200, *text);
}

Response Rest::DeletePolicy(const Request& request,
                            const RequestContext& context) {
  const std::string id = PolicyId(request);
  auto record = NewRecord(DecisionKind::kAdmin, context);
  record->subject = "delete attestation policy " + id;
  Result<> done = Admit(request, *record);
  if (done) done = deps_.service->DeletePolicy(id, context);
  Close(record, done ? nullptr : &done.error());
  if (!done) return Refuse(done.error(), "delete policy", context);
  return http::Empty(200);
}

Response Rest::RollBack(const Request& request, const RequestContext& context) {
  const std::string id = PolicyId(request);
  const auto query = http::ParseQuery(request.query());
  const auto version = query.find("rollback");
  if (version == query.end()) {
    return Refuse(Error{ErrorCode::kInvalidInput,
                        "want ?rollback=<SHA-384 of a version>",
                        nullptr,
                        {}},
                  context);
  }
  auto record = NewRecord(DecisionKind::kAdmin, context);
  record->subject = "roll back attestation policy " + id;
  if (const Result<> admitted = Admit(request, *record); !admitted) {
    return Uploaded(record, tl::unexpected(admitted.error()), context);
  }
  return Uploaded(record,
                  deps_.service->RollBackPolicy(id, version->second, context),
                  context);
}

Response Rest::Challenge(const Request& request,
                         const RequestContext& context) {
  if (!IsJson(request)) return NotJson(context);
  const auto parsed = ParseChallengeBody(request.body_text());
  if (!parsed) return Refuse(parsed.error(), context);
  auto text =
      deps_.service->Challenge(parsed->tee, parsed->tee_params, context);
  if (!text) {
    return Refuse(WithTee(text.error(), "generate challenge", parsed->tee),
                  context);
  }
  return Plain(*std::move(text));
}

// The id of a request is in what it gets, so that its log lines and its record
// can be found.
http::Handler WithId(http::Handler handler) {
  return [handler = std::move(handler)](const Request& request,
                                        const RequestContext& context) {
    Response response = handler(request, context);
    response.headers.Set("X-Request-Id", context.request_id);
    return response;
  };
}

http::Route MakeRoute(std::vector<std::string> methods, std::string path,
                      http::Handler handler) {
  http::Route route;
  route.methods = std::move(methods);
  route.path = std::move(path);
  route.handler = std::move(handler);
  route.max_body = kMaxRestBody;
  route.too_large = TooLarge;
  return route;
}

// Outside strict mode, where nothing is added to what Trustee sends.
class RouteAdder {
 public:
  RouteAdder(http::Router& router, bool with_ids)
      : router_(router), with_ids_(with_ids) {}
  void Add(http::Route route) {
    if (with_ids_) route.handler = WithId(std::move(route.handler));
    router_.Add(std::move(route));
  }

 private:
  http::Router& router_;
  const bool with_ids_;
};

void AddPolicyRoutes(const std::shared_ptr<Rest>& rest, bool by_id,
                     RouteAdder& router) {
  router.Add(MakeRoute({"POST"}, "/policy",
                       [rest](const Request& request, const RequestContext& c) {
                         return rest->SetPolicy(request, c);
                       }));
  router.Add(MakeRoute({"GET"}, "/policy",
                       [rest](const Request& request, const RequestContext& c) {
                         return rest->ListPolicies(request, c);
                       }));
  if (!by_id) return;
  router.Add(MakeRoute({"GET"}, "/policy/{tail}",
                       [rest](const Request& request, const RequestContext& c) {
                         return rest->GetPolicy(request, c);
                       }));
  router.Add(MakeRoute({"DELETE"}, "/policy/{tail}",
                       [rest](const Request& request, const RequestContext& c) {
                         return rest->DeletePolicy(request, c);
                       }));
  router.Add(MakeRoute({"POST"}, "/policy/{tail}",
                       [rest](const Request& request, const RequestContext& c) {
                         return rest->RollBack(request, c);
                       }));
}

}  // namespace

http::Router MakeRestRouter(const RestOptions& options, const RestDeps& deps) {
  const auto rest = std::make_shared<Rest>(options, deps);
  http::Router out;
  RouteAdder router(out, !options.strict_trustee_errors);
  router.Add(MakeRoute({"POST"}, "/attestation",
                       [rest](const Request& request, const RequestContext& c) {
                         return rest->Attestation(request, c);
                       }));
  AddPolicyRoutes(rest, !options.strict_trustee_errors, router);
  router.Add(MakeRoute({"POST"}, "/challenge",
                       [rest](const Request& request, const RequestContext& c) {
                         return rest->Challenge(request, c);
                       }));
  http::Route jwks = MakeRoute(
      {"GET"}, "/.well-known/jwks.json",
      [rest](const Request&, const RequestContext&) { return rest->Jwks(); });
  jwks.cheap = true;
  router.Add(std::move(jwks));
  http::Route health = MakeRoute(
      {"GET"}, "/healthz",
      [](const Request&, const RequestContext&) { return http::Empty(200); });
  health.cheap = true;
  health.other_methods = 404;
  router.Add(std::move(health));
  if (deps.metrics != nullptr) {
    http::Route metrics = MakeRoute(
        {"GET"}, "/metrics",
        [registry = deps.metrics](const Request&, const RequestContext&) {
          return http::Typed(200, metrics::kContentType, registry->Text());
        });
    metrics.cheap = true;  // also when the pool is full
    router.Add(std::move(metrics));
  }
  out.SetCors(http::Cors(options.allowed_origins));
  return out;
}

}  // namespace vouchsafe::as
