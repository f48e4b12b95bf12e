// Administration: policies, reference values, plugins' own admin calls (kbs.md
// section 4.3), and our routes below admin/ (decision 29).

#include "base/encoding.h"
#include "json/fields.h"
#include "json/parse.h"
#include "json/utf8.h"
#include "json/write.h"
#include "kbs/checks.h"
#include "kbs/service.h"
#include "policy/admission.h"

namespace vouchsafe::kbs {
namespace {

Refusal ParseRefusal(std::string cause, Error error) {
  return {ProblemType::kParsePolicyError,
          "Failed to parse policy: " + std::move(cause), std::move(error)};
}

Error Invalid(std::string message) {
  return {ErrorCode::kInvalidInput, std::move(message), nullptr, {}};
}

// The Rego text in {"policy": base64url}.
Answer<std::string> PolicyText(std::string_view body) {
  Result<json::Value> value = json::Parse(body);
  if (!value) {
    return tl::unexpected(ParseRefusal("Illegal SetPolicy Request Json",
                                       std::move(value).error()));
  }
  const json::Value* policy = value->Find("policy");
  if (policy == nullptr) {
    return tl::unexpected(ParseRefusal(
        "No `policy` field inside SetPolicy Request Json",
        Invalid(value->is_object() ? "request.policy: missing"
                                   : "request: want an object, got " +
                                         std::string(json::TypeName(*value)))));
  }
  const std::string* text = policy->if_string();
  if (text == nullptr) {
    return tl::unexpected(
        ParseRefusal("`policy` field is not a string in SetPolicy Request Json",
                     Invalid("request.policy: want a string, got " +
                             std::string(json::TypeName(*policy)))));
  }
  const Result<Bytes> decoded = Base64UrlDecode(*text);
  if (!decoded) {
    return tl::unexpected(
        ParseRefusal("Failed to decode policy: " + decoded.error().message,
                     decoded.error()));
  }
  if (!json::IsUtf8(AsText(*decoded))) {
    return tl::unexpected(
        ParseRefusal("Failed to decode policy: not UTF-8 text",
                     Invalid("request.policy: not UTF-8 text")));
  }
  return ToText(*decoded);
}

// Empty for clients of every age; findings are in the head.
http::Response WithFindings(const std::vector<rego::Diagnostic>& findings) {
  http::Response reply = http::Empty(200);
  for (const std::string& finding : policy::FindingFields(findings)) {
    reply.headers.Add(policy::kFindingHeader, finding);
  }
  return reply;
}

std::string JoinPath(const std::vector<std::string>& path) {
  std::string joined;
  for (const std::string& segment : path) {
    if (!joined.empty() || &segment != &path.front()) joined += '/';
    joined += segment;
  }
  return joined;
}

}  // namespace

Result<> KbsService::Admit(const KbsRequest& request,
                           DecisionRecord& record) const {
  const std::string role = TRY(parts_.admin->Admit(
      request.http, record.Section("admin"), request.context));
  record.subject = request.http.method + " " +
                   std::string(request.http.path()) +
                   (role.empty() ? "" : " role=" + role);
  return {};
}

KbsService::Reply KbsService::Administer(
    const KbsRequest& request, std::string_view endpoint,
    Reply (KbsService::*act)(const KbsRequest&) const) const {
  DecisionRecord record = NewRecord(DecisionKind::kAdmin, request);
  const Result<> admitted = Admit(request, record);
  Reply reply = admitted ? (this->*act)(request)
                         : Refuse(ProblemType::kAdminAuthAccess,
                                  "admin access denied for endpoint " +
                                      std::string(endpoint) + ": " +
                                      AdminErrorText(admitted.error()),
                                  admitted.error());
  Finish(std::move(record), reply ? nullptr : &reply.error().error);
  return reply;
}

KbsService::Reply KbsService::AdministerPlugin(
    const KbsRequest& request, Plugin& plugin,
    const PluginRequest& plugin_request) const {
  DecisionRecord record = NewRecord(DecisionKind::kAdmin, request);
  const auto act = [&]() -> Reply {
    const Result<> admitted = Admit(request, record);
    if (!admitted) {
      // The type's name is Trustee's slip, and clients know it.
      return Refuse(ProblemType::kAdminAuthInitialization,
                    "failed to initialize [admin] configuration: " +
                        AdminErrorText(admitted.error()),
                    admitted.error());
    }
    Result<SecretBytes> body = plugin.Handle(plugin_request, request.context);
    if (!body) {
      return Refuse(ProblemType::kPluginInternalError, "Plugin internal error",
                    std::move(body).error());
    }
    return RawReply(body->view());
  };
  Reply reply = act();
  Finish(std::move(record), reply ? nullptr : &reply.error().error);
  return reply;
}

KbsService::Reply KbsService::SetResourcePolicy(
    const KbsRequest& request) const {
  Answer<std::string> text = PolicyText(request.http.body_text());
  if (!text) return tl::unexpected(std::move(text).error());
  const auto set = parts_.policies->Set(kResourcePolicyId, *text);
  if (!set) {
    // What the policy's author can mend, in full; a store's own words may name
    // files, and are for the log.
    const ErrorCode code = set.error().code;
    const bool own = code == ErrorCode::kUnavailable ||
                     code == ErrorCode::kBadPeer ||
                     code == ErrorCode::kInternal;
    return Refuse(ProblemType::kPolicyEngineError,
                  "Policy engine error: " +
                      (own ? "policy storage error: set" : set.error().Text()),
                  set.error());
  }
  return WithFindings(*set);
}

KbsService::Reply KbsService::ListResourcePolicies(const KbsRequest&) const {
  const auto ids = parts_.policies->List();
  if (!ids) {
    return Refuse(ProblemType::kPolicyEngineError,
                  "Policy engine error: policy storage error: list",
                  ids.error());
  }
  json::Array list;
  for (const policy::StoredPolicy& policy : *ids) list.push_back(policy.id);
  return http::Json(200, json::Write(std::move(list)));
}

KbsService::Reply KbsService::SetAttestationPolicy(
    const KbsRequest& request) const {
  const auto set = [&]() -> Result<std::vector<rego::Diagnostic>> {
    const json::Value body = TRY(json::Parse(request.http.body_text()));
    const json::Fields in = TRY(json::Fields::Of(body, "request"));
    const std::string id = TRY(in.String("policy_id"));
    const std::string policy = TRY(in.String("policy"));
    return parts_.attestation->SetPolicy(id, policy, request.context);
  };
  const auto done = set();
  if (!done) {
    return Refuse(ProblemType::kAttestationError,
                  "Attestation error: Set Attestation Policy failed",
                  done.error());
  }
  return WithFindings(*done);
}

KbsService::Reply KbsService::RegisterReferenceValue(
    const KbsRequest& request) const {
  if (!json::IsUtf8(request.http.body_text())) {
    // The parser says where; a text that is no JSON before that says so.
    const Result<json::Value> parsed = json::Parse(request.http.body_text());
    return Refuse(ProblemType::kRvpsError,
                  "RVPS configuration failed: Failed to parse reference value "
                  "message",
                  parsed ? Invalid("request: not UTF-8 text") : parsed.error());
  }
  const Result<> done = parts_.attestation->RegisterReferenceValue(
      request.http.body_text(), request.context);
  if (!done) {
    return Refuse(ProblemType::kRvpsError,
                  "RVPS configuration failed: Failed to register reference "
                  "value: register reference value",
                  done.error());
  }
  return http::Typed(200, "application/json", "");
}

KbsService::Reply KbsService::QueryReferenceValue(
    const KbsRequest& request) const {
  const std::string id = JoinPath(request.path);
  Result<std::optional<json::Value>> value =
      parts_.attestation->QueryReferenceValue(id, request.context);
  const std::string failed =
      "RVPS configuration failed: Failed to get reference_values: ";
  if (!value) {
    return Refuse(ProblemType::kRvpsError, failed + "query reference values",
                  value.error());
  }
  if (!value->has_value()) {
    return Refuse(ProblemType::kRvpsError,
                  failed + "No reference value found for the given id: " + id,
                  {ErrorCode::kNotFound,
                   "no reference value \"" + id + "\"",
                   nullptr,
                   {}});
  }
  return http::Json(200, json::Write(**value));
}

// GET admin/decisions/<id>: the record of one decision.
// GET admin/decisions: the newest, a line each.
KbsService::Reply KbsService::Decisions(const KbsRequest& request) const {
  if (parts_.ring == nullptr || request.path.empty() ||
      request.path[0] != "decisions" || request.path.size() > 2) {
    return Refuse(ProblemType::kPluginNotFound, "Plugin admin not found",
                  {ErrorCode::kNotFound,
                   "want admin/decisions or admin/decisions/<request id>",
                   nullptr,
                   {}});
  }
  if (request.path.size() == 2) {
    const auto record = parts_.ring->Find(request.path[1]);
    if (record == nullptr) {
      return Refuse(
          ProblemType::kPluginNotFound, "No decision with this request id",
          {ErrorCode::kNotFound,
           "no decision " + request.path[1].substr(0, 64) + " among those kept",
           nullptr,
           {}});
    }
    return http::Json(200, json::Write(ToJson(*record)));
  }
  constexpr size_t kListed = 100;
  json::Array list;
  for (const auto& record : parts_.ring->Newest(kListed)) {
    list.push_back(ToJson(*record));
  }
  return http::Json(200, json::Write(std::move(list)));
}

}  // namespace vouchsafe::kbs
