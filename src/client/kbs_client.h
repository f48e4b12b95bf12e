#pragma once

// A client of the key broker protocol 0.4.0: attest, fetch, administer
// (clients.md sections 3 and 6). Blocking; one object per thread of use.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attester/attester.h"
#include "base/request.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/keys.h"
#include "http/fetcher.h"
#include "json/value.h"

namespace vouchsafe::client {

// Of an answer to an uploaded policy, one field a finding.
inline constexpr std::string_view kFindingHeader = "Policy-Finding";

struct KbsClientConfig {
  std::string url = "http://127.0.0.1:8080";
  std::vector<std::string> ca_pem;  // empty: the system's roots
  std::chrono::milliseconds timeout{60'000};
};

// What the server said when it did not say 200.
struct ServerRefusal {
  int status = 0;
  std::string type;
  std::string detail;
  std::string code;        // empty from a server of another make
  std::string request_id;  // the same
  std::string body;        // as it came, but for what is no UTF-8
};

// The guest's key pair. The private half never leaves.
class TeeKey {
 public:
  static Result<TeeKey> Generate();  // P-256
  // kUnsupported for kinds that cannot receive a JWE.
  static Result<TeeKey> FromPem(std::string_view pem);

  // As `tee-pubkey`: kty, crv, alg, x, y or kty, alg, n, e.
  const json::Value& public_jwk() const { return public_jwk_; }
  const crypto::PrivateKey& private_key() const { return key_; }

 private:
  TeeKey(crypto::PrivateKey key, json::Value public_jwk)
      : key_(std::move(key)), public_jwk_(std::move(public_jwk)) {}
  crypto::PrivateKey key_;
  json::Value public_jwk_;
};

class KbsClient {
 public:
  // `fetcher` must outlive the client.
  KbsClient(KbsClientConfig config, http::Fetcher& fetcher);

  // The handshake; the session is remembered. The token, as the server sent it.
  Result<std::string> Attest(attester::Attester& attester, const TeeKey& key,
                             const std::optional<std::string>& init_data_toml,
                             const RequestContext& context);

  // GET /kbs/v0/<plugin>/<path> in the session of Attest, or with `token`.
  // `path` may carry a query; it starts without a slash.
  Result<SecretBytes> GetResource(std::string_view plugin,
                                  std::string_view path, const TeeKey& key,
                                  const std::optional<std::string>& token,
                                  const RequestContext& context);

  // Administration. `admin_token` absent: anonymous.
  void SetAdminToken(std::optional<std::string> token) {
    admin_token_ = std::move(token);
  }
  Result<> SetAttestationPolicy(std::string_view id, std::string_view type,
                                ByteView policy, const RequestContext& context);
  Result<> SetResourcePolicy(ByteView policy, const RequestContext& context);
  Result<> SetResource(std::string_view path, ByteView value,
                       const RequestContext& context);
  Result<> DeleteResource(std::string_view path, const RequestContext& context);
  Result<> SetSampleReferenceValue(std::string_view name, json::Value value,
                                   const RequestContext& context);
  // The answer's text: JSON.
  Result<std::string> GetReferenceValue(std::string_view id,
                                        const RequestContext& context);

  // The last answer that was not 200, if the last call failed with one.
  const std::optional<ServerRefusal>& refusal() const { return refusal_; }
  // What the server finds in the policy that it took with the last call: few
  // short lines of printable ASCII, whatever it sent.
  const std::vector<std::string>& findings() const { return findings_; }

 private:
  Result<http::FetchResponse> Send(http::FetchRequest request,
                                   std::string_view path,
                                   const RequestContext& context);
  Result<> SendAdmin(std::string method, std::string_view path,
                     std::string_view content_type, Bytes body,
                     const RequestContext& context,
                     std::string* answer = nullptr);
  void KeepCookie(const http::Headers& headers);

  KbsClientConfig config_;
  http::Fetcher& fetcher_;
  std::optional<std::string> admin_token_;
  std::string cookie_;
  std::optional<ServerRefusal> refusal_;
  std::vector<std::string> findings_;
};

}  // namespace vouchsafe::client
