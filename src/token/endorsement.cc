#include "token/endorsement.h"

#include <algorithm>
#include <limits>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "token/checks.h"

namespace vouchsafe::token {
namespace {

using crypto::Certificate;

// RFC 7517 section 4.7 says base64; released issuers also break lines, and
// some write base64url.
Result<Certificate> CertificateOf(std::string text) {
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
  auto der = Base64Decode(text, Base64::kStandard);
  if (!der) der = Base64Decode(text, Base64::kUrlNoPad);
  if (!der) return Fail(ErrorCode::kInvalidInput, "not base64");
  return Certificate::FromDer(*der);
}

Result<std::vector<Certificate>> CertificatesOf(const jose::Jwk& jwk) {
  std::vector<Certificate> out;
  for (size_t i = 0; i < jwk.x5c.size(); ++i) {
    const std::string where = "jwk.x5c[" + std::to_string(i) + "]";
    out.push_back(TRY_CONTEXT(CertificateOf(jwk.x5c[i]), where));
  }
  if (out.empty()) {
    return Fail(ErrorCode::kInvalidInput, "jwk.x5c: no certificate");
  }
  return out;
}

// Names the key together with its certificates.
std::array<uint8_t, 32> DigestOf(const jose::Jwk& jwk) {
  std::string text = jose::JwkThumbprint(jwk.key);
  for (const std::string& entry : jwk.x5c) text += "," + entry;
  return crypto::Sha256(AsBytes(text));
}

// The chain that was found is not known here, so every certificate that may
// stand in it counts, which only makes the memory shorter.
int64_t FirstExpiry(const std::vector<Certificate>& chain,
                    const std::vector<Certificate>& anchors, int64_t now) {
  int64_t until = std::numeric_limits<int64_t>::max();
  for (const Certificate& c : chain) until = std::min(until, c.NotAfterUnixS());
  for (const Certificate& c : anchors) {
    if (c.NotAfterUnixS() >= now) until = std::min(until, c.NotAfterUnixS());
  }
  return until;
}

}  // namespace

bool Endorsements::Remembered(const Digest& digest, int64_t now_unix_s,
                              int64_t& until) {
  std::lock_guard lock(mutex_);
  const auto found = proven_.find(digest);
  if (found == proven_.end()) return false;
  until = found->second.until;
  return now_unix_s >= found->second.from && now_unix_s <= until;
}

void Endorsements::Remember(const Digest& digest, Proven proven) {
  std::lock_guard lock(mutex_);
  ++verified_chains_;
  // Few issuers sign for one server: starting over is cheap and cannot be
  // used to grow the memory.
  if (proven_.size() >= kMaxProven) proven_.clear();
  proven_[digest] = proven;
}

uint64_t Endorsements::verified_chains() const {
  std::lock_guard lock(mutex_);
  return verified_chains_;
}

Result<int64_t> Endorsements::Endorse(const jose::Jwk& jwk, int64_t now_unix_s,
                                      CheckLog& log) {
  const Digest digest = DigestOf(jwk);
  int64_t until = 0;
  if (Remembered(digest, now_unix_s, until)) {
    TRY(log.Require(kTokenX5cKey, true));
    TRY(log.Require(kTokenX5cChain, true));
    return until;
  }
  std::vector<Certificate> chain = TRY(CertificatesOf(jwk));
  const Certificate leaf = chain.front();
  const auto leaf_key = leaf.public_key();
  TRY(log.Require(kTokenX5cKey, leaf_key && *leaf_key == jwk.key));
  until = FirstExpiry(chain, anchors_, now_unix_s);
  chain.erase(chain.begin());
  const auto path = crypto::VerifyChain(leaf, chain, anchors_, now_unix_s);
  TRY(log.Require(
      kTokenX5cChain, path.has_value(),
      path ? CheckValue() : CheckValue::OfText(path.error().message)));
  if (path) Remember(digest, {now_unix_s, until});
  return until;
}

}  // namespace vouchsafe::token
