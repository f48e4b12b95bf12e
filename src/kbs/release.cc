// Requests of guests to plugins: token, policy, plugin, encryption (kbs.md
// sections 0.2, 2 and 5), in this order.

#include "base/encoding.h"
#include "kbs/checks.h"
#include "kbs/service.h"

namespace vouchsafe::kbs {
namespace {

constexpr std::string_view kInitDataClaims =
    "/submods/cpu0/ear.veraison.annotated-evidence/init_data_claims";

// A token that is none is a bad token to clients: they attest again on 401.
tl::unexpected<Refusal> RefuseToken(Error error) {
  if (error.code == ErrorCode::kInvalidInput ||
      error.code == ErrorCode::kTooLarge) {
    error.code = ErrorCode::kUntrusted;
  }
  return Refuse(ProblemType::kTokenVerifierError, "Token Verifier error",
                std::move(error));
}

// `data` of the resource policy: the request, decoded.
json::Value ReleaseData(const KbsRequest& request) {
  json::Array path;
  for (const std::string& segment : request.path) path.push_back(segment);
  json::Object query;
  for (const auto& [name, value] : request.query) query.Set(name, value);
  json::Object data;
  data.Set("plugin", request.plugin);
  data.Set("resource-path", std::move(path));
  data.Set("query", std::move(query));
  return data;
}

// `input` of the resource policy, made once per token.
Result<std::shared_ptr<const rego::Document>> PolicyInput(
    const token::VerifiedToken& token) {
  if (auto made = token.derived()) {
    return std::static_pointer_cast<const rego::Document>(std::move(made));
  }
  auto input = std::make_shared<const rego::Document>(
      TRY(rego::Document::FromValue(token.claims())));
  token.SetDerived(input);
  return std::shared_ptr<const rego::Document>(std::move(input));
}

std::string Subject(const KbsRequest& request,
                    const token::VerifiedToken& token) {
  std::string subject = "resource=" + request.plugin;
  for (const std::string& segment : request.path) subject += "/" + segment;
  return subject + " token=" + HexEncode(ByteView(token.digest()).first(8));
}

}  // namespace

Answer<token::VerifiedToken> KbsService::FindToken(const KbsRequest& request,
                                                   CheckLog& log) const {
  std::optional<std::string> text;
  const std::optional<std::string> cookie =
      http::FindCookie(request.http, kSessionCookie);
  if (cookie && parts_.sessions != nullptr) {
    // A cookie that leads nowhere is no refusal: the bearer token may.
    CheckLog ignored;
    const Result<Session> session = parts_.sessions->Find(*cookie, ignored);
    if (session && session->attested() != nullptr) {
      text = session->attested()->token;
    }
  }
  if (!text) {
    const std::optional<std::string_view> bearer =
        http::BearerToken(request.http);
    if (bearer) text = std::string(*bearer);
  }
  const Result<std::string> found =
      log.RequireSome(kTokenPresent, std::move(text));
  if (!found) {
    return Refuse(ProblemType::kTokenNotFound, "Attestation Token not found",
                  found.error());
  }
  Result<token::VerifiedToken> token =
      parts_.tokens->Verify(*found, log, request.context);
  if (!token) return RefuseToken(std::move(token).error());
  return *std::move(token);
}

Answer<> KbsService::DecideRelease(const KbsRequest& request,
                                   const token::VerifiedToken& token,
                                   DecisionRecord& record) const {
  const Result<policy::PolicyAnswer> answer = AskPolicy(request, token);
  if (!answer) {
    return Refuse(ProblemType::kPolicyEngineError,
                  "Policy engine error: " + answer.error().Text(),
                  answer.error());
  }
  record.policies.push_back(answer->fact);
  const rego::Answer& allow = answer->answers.at(0);
  const bool* value = allow.defined() ? allow.value.if_bool() : nullptr;
  const Result<> judged = record.Section("release").Require(
      kPolicyAllows, value != nullptr && *value,
      CheckValue::OfText(allow.Why()));
  if (!judged) {
    return Refuse(ProblemType::kPolicyDeny, "Access denied by policy",
                  judged.error());
  }
  return {};
}

Result<policy::PolicyAnswer> KbsService::AskPolicy(
    const KbsRequest& request, const token::VerifiedToken& token) const {
  const std::shared_ptr<const policy::Policy> policy =
      TRY(parts_.policies->Load(kResourcePolicyId, request.context));
  const auto input = TRY(PolicyInput(token));
  const rego::Document data =
      TRY(rego::Document::FromValue(ReleaseData(request)));
  policy::PolicyQuestion question{input.get(), &data, {}};
  policy::PolicyAnswer answer =
      TRY(policy::PolicyStore::Evaluate(*policy, question, request.context));
  const rego::Answer& allow = answer.answers.at(0);
  if (allow.defined() && allow.value == json::Value(true)) return answer;
  // A refusal is asked once more for its reasons: allowing costs nothing.
  question.explain = true;
  return policy::PolicyStore::Evaluate(*policy, question, request.context);
}

KbsService::Reply KbsService::Release(
    const KbsRequest& request, Plugin& plugin,
    const PluginRequest& plugin_request) const {
  DecisionRecord record = NewRecord(DecisionKind::kRelease, request);
  const auto release = [&]() -> Reply {
    CheckLog& log = record.Section("token");
    Answer<token::VerifiedToken> token = FindToken(request, log);
    if (!token) return tl::unexpected(std::move(token).error());
    record.subject = Subject(request, *token);
    Answer<> decided = DecideRelease(request, *token, record);
    if (!decided) return tl::unexpected(std::move(decided).error());

    PluginRequest asked = plugin_request;
    asked.init_data_claims = token->claims().At(kInitDataClaims);
    const auto refuse_plugin = [](Error error) {
      return Refuse(ProblemType::kPluginInternalError, "Plugin internal error",
                    std::move(error));
    };
    Result<SecretBytes> secret = plugin.Handle(asked, request.context);
    if (!secret) return refuse_plugin(std::move(secret).error());
    const Result<bool> encrypts = plugin.Encrypts(asked);
    if (!encrypts) return refuse_plugin(encrypts.error());
    if (!*encrypts) return RawReply(secret->view());

    CheckLog& key_log = record.Section("tee-pubkey");
    const jose::Rsa15 rsa15 =
        options_.allow_rsa15 ? jose::Rsa15::kAllow : jose::Rsa15::kRefuse;
    // A missing or unreadable key is the token's fault, an unusable one JWE's.
    const Result<json::Value> key = parts_.tokens->TeeKey(*token, key_log);
    if (!key) return RefuseToken(key.error());
    const auto recipient = parts_.tokens->TeeRecipient(*token, rsa15, key_log);
    Result<std::string> jwe =
        recipient ? (*recipient)->Encrypt(*secret, *parts_.random)
                  : Result<std::string>(tl::unexpected(recipient.error()));
    if (!jwe) {
      return Refuse(ProblemType::kJweError, "JWE failed",
                    std::move(jwe).error());
    }
    return http::Json(200, *std::move(jwe));
  };
  Reply reply = release();
  Finish(std::move(record), reply ? nullptr : &reply.error().error);
  return reply;
}

http::Response KbsService::RawReply(ByteView body) const {
  // Trustee labels every raw reply text/xml (decision 10).
  return http::Typed(200,
                     options_.strict == StrictErrors::kYes
                         ? "text/xml"
                         : "application/octet-stream",
                     ToText(body));
}

}  // namespace vouchsafe::kbs
