#include "client/kbs_client.h"

#include "base/encoding.h"
#include "client/send.h"
#include "crypto/hash.h"
#include "jose/jwe.h"
#include "json/fields.h"
#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::client {
namespace {

constexpr std::string_view kProtocolVersion = "0.4.0";
constexpr std::string_view kUserAgent = "kbs-client/0.1.0";

// The server's choice, or SHA-384 (clients.md 6.1 step 2).
Result<crypto::Hash> SelectedHash(const json::Value& extra_params) {
  const json::Value* selected = extra_params.Find("selected-hash-algorithm");
  if (selected == nullptr) return crypto::Hash::kSha384;
  const std::string name = TRY(json::AsString(*selected,
                                              "challenge.extra-params."
                                              "selected-hash-algorithm"));
  const std::optional<crypto::Hash> hash = crypto::ParseHashName(name);
  if (!hash) {
    return Fail(ErrorCode::kBadPeer,
                "invalid hash algorithm: " + name.substr(0, 32));
  }
  return *hash;
}

Result<Bytes> ReportData(crypto::Hash hash, const json::Value& runtime_data) {
  return crypto::Digest(hash, AsBytes(TRY(json::Canonical(runtime_data))));
}

json::Value AuthBody(std::string_view tee) {
  json::Array hashes;
  for (const char* name : {"sha256", "sha384", "sha512", "sm3"}) {
    hashes.push_back(name);
  }
  json::Object params;
  params.Set("supported-hash-algorithms", std::move(hashes));
  json::Object body;
  body.Set("version", kProtocolVersion);
  body.Set("tee", tee);
  body.Set("extra-params", std::move(params));
  return body;
}

json::Value AttestBody(json::Value evidence, const std::string& nonce,
                       const TeeKey& key,
                       const std::optional<std::string>& init_data_toml) {
  json::Value init_data;
  if (init_data_toml) {
    json::Object object;
    object.Set("format", "toml");
    object.Set("body", *init_data_toml);
    init_data = std::move(object);
  }
  json::Object runtime;
  runtime.Set("nonce", nonce);
  runtime.Set("tee-pubkey", key.public_jwk());
  json::Object tee_evidence;
  tee_evidence.Set("primary_evidence", std::move(evidence));
  tee_evidence.Set("additional_evidence", "");
  json::Object body;
  body.Set("init-data", std::move(init_data));
  body.Set("runtime-data", std::move(runtime));
  body.Set("tee-evidence", std::move(tee_evidence));
  return body;
}

http::FetchRequest JsonPost(const json::Value& body) {
  http::FetchRequest request;
  request.method = "POST";
  request.headers.Set("Content-Type", "application/json");
  request.body = ToBytes(json::Write(body));
  return request;
}

}  // namespace

KbsClient::KbsClient(KbsClientConfig config, http::Fetcher& fetcher)
    : config_(std::move(config)), fetcher_(fetcher) {
  while (config_.url.ends_with('/')) config_.url.pop_back();
}

void KbsClient::KeepCookie(const http::Headers& headers) {
  for (const http::Header& header : headers) {
    if (!http::EqualNoCase(header.name, "Set-Cookie")) continue;
    cookie_ = header.value.substr(0, header.value.find(';'));
  }
}

Result<http::FetchResponse> KbsClient::Send(http::FetchRequest request,
                                            std::string_view path,
                                            const RequestContext& context) {
  refusal_.reset();
  findings_.clear();
  request.url = config_.url + "/kbs/v0/" + EscapeTarget(path);
  request.ca_pem = config_.ca_pem;
  request.timeout = config_.timeout;
  request.max_body = size_t{64} << 20;
  request.headers.Set("User-Agent", kUserAgent);
  http::FetchResponse response = TRY(fetcher_.Fetch(request, context));
  if (response.status != 200) {
    refusal_ = ReadRefusal(response);
    return tl::unexpected<Error>(RefusalError(*refusal_));
  }
  findings_ = ReadFindings(response.headers);
  return response;
}

Result<std::string> KbsClient::Attest(
    attester::Attester& attester, const TeeKey& key,
    const std::optional<std::string>& init_data_toml,
    const RequestContext& context) {
  const http::FetchResponse challenge_reply =
      TRY_CONTEXT(Send(JsonPost(AuthBody(attester.tee())), "auth", context),
                  "RCAR handshake failed: auth");
  KeepCookie(challenge_reply.headers);
  const json::Value challenge_json =
      TRY(ParseAnswer(challenge_reply, "challenge"));
  const json::Fields challenge =
      TRY(json::Fields::Of(challenge_json, "challenge"));
  const std::string nonce = TRY(challenge.String("nonce"));
  const json::Value* params = TRY(challenge.Any("extra-params"));
  const crypto::Hash hash = TRY(SelectedHash(*params));

  json::Object runtime;
  runtime.Set("additional-evidence", "");
  runtime.Set("nonce", nonce);
  runtime.Set("tee-pubkey", key.public_jwk());
  const Bytes report_data = TRY(ReportData(hash, std::move(runtime)));
  json::Value evidence =
      TRY_CONTEXT(attester.Evidence(report_data), "get evidence failed");

  http::FetchRequest request =
      JsonPost(AttestBody(std::move(evidence), nonce, key, init_data_toml));
  request.headers.Set("Cookie", cookie_);
  const http::FetchResponse token_reply =
      TRY_CONTEXT(Send(std::move(request), "attest", context),
                  "RCAR handshake failed: attest");
  KeepCookie(token_reply.headers);
  const json::Value token = TRY(ParseAnswer(token_reply, "answer"));
  const json::Fields answer = TRY(json::Fields::Of(token, "answer"));
  return answer.String("token");
}

Result<SecretBytes> KbsClient::GetResource(
    std::string_view plugin, std::string_view path, const TeeKey& key,
    const std::optional<std::string>& token, const RequestContext& context) {
  http::FetchRequest request;
  if (token) {
    request.headers.Set("Authorization", "Bearer " + *token);
  } else if (!cookie_.empty()) {
    request.headers.Set("Cookie", cookie_);
  }
  const http::FetchResponse reply =
      TRY(Send(std::move(request),
               std::string(plugin) + "/" + std::string(path), context));
  CheckLog log;
  return TRY_CONTEXT(
      jose::OpenJwe(reply.body_text(), key.private_key(), {}, log),
      "decrypt KBS response body failed");
}

Result<> KbsClient::SendAdmin(std::string method, std::string_view path,
                              std::string_view content_type, Bytes body,
                              const RequestContext& context,
                              std::string* answer) {
  http::FetchRequest request;
  request.method = std::move(method);
  if (!content_type.empty()) request.headers.Set("Content-Type", content_type);
  if (admin_token_) {
    request.headers.Set("Authorization", "Bearer " + *admin_token_);
  }
  request.body = std::move(body);
  const Result<http::FetchResponse> reply =
      Send(std::move(request), path, context);
  if (!reply && refusal_) {
    return tl::unexpected<Error>(AdminRefusalError(*refusal_));
  }
  if (!reply) return tl::unexpected<Error>(reply.error());
  if (answer != nullptr) *answer = ToText(reply->body);
  return {};
}

Result<> KbsClient::SetAttestationPolicy(std::string_view id,
                                         std::string_view type, ByteView policy,
                                         const RequestContext& context) {
  json::Object body;
  body.Set("type", type);
  body.Set("policy_id", id);
  body.Set("policy", Base64UrlEncode(policy));
  return SendAdmin("POST", "attestation-policy", "application/json",
                   ToBytes(json::Write(std::move(body))), context);
}

Result<> KbsClient::SetResourcePolicy(ByteView policy,
                                      const RequestContext& context) {
  json::Object body;
  body.Set("policy", Base64UrlEncode(policy));
  return SendAdmin("POST", "resource-policy", "application/json",
                   ToBytes(json::Write(std::move(body))), context);
}

Result<> KbsClient::SetResource(std::string_view path, ByteView value,
                                const RequestContext& context) {
  return SendAdmin("POST", "resource/" + std::string(path),
                   "application/octet-stream", ToBytes(value), context);
}

Result<> KbsClient::DeleteResource(std::string_view path,
                                   const RequestContext& context) {
  return SendAdmin("DELETE", "resource/" + std::string(path), "", {}, context);
}

Result<> KbsClient::SetSampleReferenceValue(std::string_view name,
                                            json::Value value,
                                            const RequestContext& context) {
  json::Object payload;
  payload.Set(name, std::move(value));
  json::Object body;
  body.Set("version", "0.1.0");
  body.Set("type", "sample");
  body.Set("payload", Base64Encode(AsBytes(json::Write(std::move(payload)))));
  return SendAdmin("POST", "reference-value", "application/json",
                   ToBytes(json::Write(std::move(body))), context);
}

Result<std::string> KbsClient::GetReferenceValue(
    std::string_view id, const RequestContext& context) {
  std::string answer;
  TRY(SendAdmin("GET", "reference-value/" + std::string(id), "application/json",
                {}, context, &answer));
  return answer;
}

}  // namespace vouchsafe::client
