#include "policy/versions.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

#include "base/encoding.h"
#include "crypto/hash.h"

namespace vouchsafe::policy {
namespace {

constexpr size_t kDigits = 16;     // microseconds until the year 2286
constexpr size_t kDigestHex = 96;  // SHA-384
constexpr int64_t kMostMicros = 9'999'999'999'999'999;

// The part behind the policy's own key; nullopt when it is no version.
std::optional<PolicyVersion> Parse(std::string_view name) {
  if (name.size() != kDigits + 1 + kDigestHex || name[kDigits] != '-') {
    return std::nullopt;
  }
  PolicyVersion out;
  const char* end = name.data() + kDigits;
  const auto number = std::from_chars(name.data(), end, out.stored_unix_us);
  if (number.ec != std::errc() || number.ptr != end) return std::nullopt;
  out.sha384 = std::string(name.substr(kDigits + 1));
  return out;
}

std::string Prefix(std::string_view policy_key) {
  return std::string(policy_key) + "/";
}

}  // namespace

Result<std::vector<std::string>> PolicyVersions::Keys(
    std::string_view policy_key) const {
  const std::string prefix = Prefix(policy_key);
  std::vector<std::string> keys = TRY(store_.ListAll(prefix));
  // Ids may hold '/': versions of "a/b" begin like those of "a".
  std::erase_if(keys, [&](const std::string& key) {
    return !Parse(std::string_view(key).substr(prefix.size()));
  });
  std::sort(keys.begin(), keys.end());
  return keys;
}

Result<> PolicyVersions::Keep(std::string_view policy_key,
                              std::string_view text) {
  const std::string prefix = Prefix(policy_key);
  const std::string sha384 = HexEncode(crypto::Sha384(AsBytes(text)));
  std::vector<std::string> keys = TRY(Keys(policy_key));
  int64_t micros = std::clamp<int64_t>(clock_.UnixMicros(), 0, kMostMicros);
  if (!keys.empty()) {
    const PolicyVersion newest =
        *Parse(std::string_view(keys.back()).substr(prefix.size()));
    if (newest.sha384 == sha384) return {};
    // A clock that went back must not make it look older than what it follows.
    micros = std::max(micros, std::min(newest.stored_unix_us + 1, kMostMicros));
  }
  char digits[kDigits + 8];
  std::snprintf(digits, sizeof digits, "%016lld",
                static_cast<long long>(micros));
  keys.push_back(prefix + digits + "-" + sha384);
  TRY(store_.Set(keys.back(), AsBytes(text)));
  for (size_t i = 0; keys.size() - i > keep_; ++i) {
    TRY(store_.Delete(keys[i]));
  }
  return {};
}

Result<std::vector<PolicyVersion>> PolicyVersions::List(
    std::string_view policy_key) const {
  const std::vector<std::string> keys = TRY(Keys(policy_key));
  const size_t skip = Prefix(policy_key).size();
  std::vector<PolicyVersion> out;
  for (auto it = keys.rbegin(); it != keys.rend(); ++it) {
    out.push_back(*Parse(std::string_view(*it).substr(skip)));
  }
  return out;
}

Result<std::string> PolicyVersions::Text(std::string_view policy_key,
                                         std::string_view sha384) const {
  const std::vector<std::string> keys = TRY(Keys(policy_key));
  const size_t skip = Prefix(policy_key).size();
  for (auto it = keys.rbegin(); it != keys.rend(); ++it) {
    if (Parse(std::string_view(*it).substr(skip))->sha384 != sha384) continue;
    const std::optional<Bytes> text = TRY(store_.Get(*it));
    if (text) return ToText(*text);
  }
  return Fail(ErrorCode::kNotFound,
              "Policy `" + std::string(policy_key) + "`: no version " +
                  std::string(sha384.substr(0, 96)) + " is kept");
}

}  // namespace vouchsafe::policy
