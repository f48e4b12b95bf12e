#pragma once

// Hex and base64 (RFC 4648), strict: no white space, no missing or stray
// padding, no non-zero trailing bits. An error names the first bad position.

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace vouchsafe {

std::string HexEncode(ByteView bytes);           // lower case
Result<Bytes> HexDecode(std::string_view text);  // either case

enum class Base64 {
  kStandard,       // section 4, with padding
  kStandardNoPad,  // section 4, without
  kUrl,            // section 5, with padding
  kUrlNoPad,       // section 5, without: JOSE's "base64url"
};

std::string Base64Encode(ByteView bytes, Base64 form = Base64::kStandard);
Result<Bytes> Base64Decode(std::string_view text,
                           Base64 form = Base64::kStandard);

// JOSE's form, the one used most.
inline std::string Base64UrlEncode(ByteView bytes) {
  return Base64Encode(bytes, Base64::kUrlNoPad);
}
inline Result<Bytes> Base64UrlDecode(std::string_view text) {
  return Base64Decode(text, Base64::kUrlNoPad);
}

}  // namespace vouchsafe
