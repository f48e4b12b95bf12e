#include "storage/expiry.h"

#include <charconv>

#include "base/encoding.h"
#include "crypto/hash.h"

namespace vouchsafe::storage {
namespace {

constexpr size_t kDigestSize = 64;

std::string Line(std::string_view digest, int64_t expires_unix_s) {
  return std::string(digest) + " " + std::to_string(expires_unix_s) + "\n";
}

tl::unexpected<Error> Malformed() {
  return Fail(ErrorCode::kBadPeer, "storage: malformed expiry record");
}

}  // namespace

Result<std::optional<int64_t>> ExpiryOf(std::string_view text, ByteView value) {
  if (text.empty()) return std::nullopt;
  const std::string digest = HexEncode(crypto::Sha256(value));
  std::optional<int64_t> expires;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos || end < kDigestSize + 2 ||
        text[kDigestSize] != ' ') {
      return Malformed();
    }
    int64_t number = 0;
    const char* const last = text.data() + end;
    const auto parsed =
        std::from_chars(text.data() + kDigestSize + 1, last, number);
    if (parsed.ec != std::errc() || parsed.ptr != last) return Malformed();
    if (!expires && text.substr(0, kDigestSize) == digest) expires = number;
    text.remove_prefix(end + 1);
  }
  return expires;
}

Result<std::string> ExpiryText(ByteView value, int64_t expires_unix_s,
                               std::string_view old_text,
                               const std::optional<Bytes>& old_value) {
  std::string text = Line(HexEncode(crypto::Sha256(value)), expires_unix_s);
  if (!old_value || Equal(*old_value, value)) return text;
  const std::optional<int64_t> old = TRY(ExpiryOf(old_text, *old_value));
  if (old) text += Line(HexEncode(crypto::Sha256(*old_value)), *old);
  return text;
}

}  // namespace vouchsafe::storage
