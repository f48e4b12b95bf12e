// POST /auth and POST /attest: kbs.md sections 1.2 and 1.4.

#include "base/encoding.h"
#include "json/parse.h"
#include "json/write.h"
#include "kbs/checks.h"
#include "kbs/service.h"

namespace vouchsafe::kbs {
namespace {

constexpr size_t kNonceSize = 32;

std::string Subject(std::string_view tee, const std::string& session_id) {
  std::string subject = "tee=" + std::string(tee);
  if (!session_id.empty()) subject += " session=" + SessionLabel(session_id);
  return subject;
}

// What a client of the CoCo attestation service is told to hash with: sha512
// for se when it offers it, otherwise nothing (kbs.md 1.2).
Result<json::Value> ChallengeParams(const AuthRequest& auth) {
  const json::Value* list = auth.extra_params.Find("supported-hash-algorithms");
  if (auth.tee->name != "se" || list == nullptr) return json::Value("");
  const json::Array* names = list->if_array();
  if (names == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                "request.extra-params.supported-hash-algorithms: want an "
                "array, got " +
                    std::string(json::TypeName(*list)));
  }
  for (const json::Value& name : *names) {
    const std::string* text = name.if_string();
    if (text == nullptr || !http::EqualNoCase(*text, "sha512")) continue;
    json::Object selected;
    selected.Set("selected-hash-algorithm", "sha512");
    return json::Value(std::move(selected));
  }
  return Fail(ErrorCode::kUnsupported,
              "request.extra-params.supported-hash-algorithms: se needs "
              "sha512");
}

Result<std::string> MakeNonce(const AuthRequest& auth,
                              as::AttestationService& attestation,
                              RandomSource& random,
                              const RequestContext& context) {
  if (auth.tee->name == "se") {
    return TRY_CONTEXT(
        attestation.Challenge(auth.tee->name, json::Write(auth.extra_params),
                              context),
        "Attestation Service generate challenge failed");
  }
  return Base64Encode(random.Get(kNonceSize));
}

as::VerificationRequest ToVerification(std::string tee, json::Value evidence,
                                       json::Value runtime_data) {
  as::VerificationRequest out;
  // The hash depends on the TEE alone, whatever was negotiated (kbs.md 7).
  const TeeInfo* known = FindTee(tee);
  if (known != nullptr && known->name == "se") {
    out.runtime_hash = crypto::Hash::kSha512;
  }
  out.tee = std::move(tee);
  out.evidence = std::move(evidence);
  out.runtime_data =
      as::RuntimeData{as::RuntimeData::Structured{std::move(runtime_data)}};
  return out;
}

}  // namespace

http::Response KbsService::WithCookie(http::Response response,
                                      const Session& session,
                                      const KbsRequest& request) const {
  const CookieStyle style = options_.strict == StrictErrors::kYes
                                ? CookieStyle::kAsTrustee
                            : request.http.tls ? CookieStyle::kSecure
                                               : CookieStyle::kPlain;
  response.headers.Set("Set-Cookie", SetCookie(session, style));
  return response;
}

Result<http::Response> KbsService::Authenticate(const KbsRequest& request,
                                                DecisionRecord& record) const {
  CheckLog& log = record.Section("handshake");
  const AuthRequest auth = TRY(ParseAuthRequest(request.http.body_text(), log));
  record.subject = Subject(auth.tee->name, "");
  Session::Authed authed;
  authed.version = auth.version;
  authed.tee = auth.tee_sent;
  authed.extra_params = auth.extra_params;
  authed.challenge_extra_params = TRY(ChallengeParams(auth));
  authed.nonce = TRY(
      MakeNonce(auth, *parts_.attestation, *parts_.random, request.context));
  // The context is what the client sees: a store's own words may name files.
  const Session session =
      TRY_CONTEXT(parts_.sessions->Create(std::move(authed), *parts_.random),
                  "store session");
  record.subject = Subject(auth.tee->name, session.id);
  json::Object challenge;
  challenge.Set("nonce", session.authed()->nonce);
  challenge.Set("extra-params", session.authed()->challenge_extra_params);
  return WithCookie(http::Json(200, json::Write(std::move(challenge))), session,
                    request);
}

KbsService::Reply KbsService::Auth(const KbsRequest& request) const {
  DecisionRecord record = NewRecord(DecisionKind::kChallenge, request);
  Result<http::Response> response = Authenticate(request, record);
  Finish(std::move(record), response ? nullptr : &response.error());
  if (response) return *std::move(response);
  // The top cause is part of the protocol: clients look for it.
  const Error& error = response.error();
  const std::string cause =
      error.context.empty() ? error.message : error.context.back();
  return Refuse(ProblemType::kAttestationError,
                "Attestation error: RCAR handshake Auth failed: " + cause,
                error);
}

Result<std::string> KbsService::Evaluate(const Session::Authed& authed,
                                         Attestation attestation,
                                         DecisionRecord& record,
                                         const RequestContext& context) const {
  const ProtocolVersion* protocol = FindProtocol(authed.version);
  as::EvaluateRequest evaluate;
  evaluate.policy_ids = {"default"};
  evaluate.requests.push_back(ToVerification(
      authed.tee, std::move(attestation.primary_evidence),
      protocol->primary_runtime_data(attestation, authed.nonce)));
  if (attestation.init_data_toml) {
    evaluate.requests.back().init_data = as::InitData{
        as::InitData::Toml{*std::move(attestation.init_data_toml)}};
  }
  for (DeviceEvidence& device : attestation.additional) {
    evaluate.requests.push_back(
        ToVerification(std::move(device.tee), std::move(device.evidence),
                       DeviceRuntimeData(attestation, authed.nonce)));
  }
  return parts_.attestation->Evaluate(evaluate, record, context);
}

Result<http::Response> KbsService::Attestate(const KbsRequest& request,
                                             DecisionRecord& record) const {
  CheckLog& log = record.Section("handshake");
  const std::string id = TRY(log.RequireSome(
      kSessionCookiePresent, http::FindCookie(request.http, kSessionCookie)));
  // The session first: its protocol version says what the body must look like.
  Session session = TRY(parts_.sessions->Find(id, log));
  // Also where the stored token is the answer: a body must be JSON.
  const json::Value body = TRY_CONTEXT(json::Parse(request.http.body_text()),
                                       "deserialize Attestation");
  if (session.attested() != nullptr) {
    record.subject = Subject("", session.id);
  } else {
    const Session::Authed& authed = *session.authed();
    record.subject = Subject(authed.tee, session.id);
    const ProtocolVersion* row = FindProtocol(authed.version);
    const ProtocolVersion* protocol = TRY(log.RequireSome(
        kProtocolVersion,
        row != nullptr ? std::optional<const ProtocolVersion*>(row)
                       : std::nullopt,
        CheckValue::OfText(authed.version)));
    Attestation attestation =
        TRY_CONTEXT(protocol->parse(body), "deserialize Attestation");
    if (attestation.nonce) {
      // Without the values: records and logs never hold a session's nonce.
      TRY(log.Require(kNonce, authed.nonce == *attestation.nonce));
    }
    std::string token =
        TRY(Evaluate(authed, std::move(attestation), record, request.context));
    session = TRY(parts_.sessions->MarkAttested(session, std::move(token)));
  }
  json::Object reply;
  reply.Set("token", session.attested()->token);
  return WithCookie(http::Json(200, json::Write(std::move(reply))), session,
                    request);
}

KbsService::Reply KbsService::Attest(const KbsRequest& request) const {
  DecisionRecord record = NewRecord(DecisionKind::kAttestation, request);
  Result<http::Response> response = Attestate(request, record);
  Finish(std::move(record), response ? nullptr : &response.error());
  if (response) return *std::move(response);
  return Refuse(ProblemType::kAttestationError,
                "Attestation error: RCAR handshake Attest failed",
                response.error());
}

}  // namespace vouchsafe::kbs
