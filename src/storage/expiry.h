#pragma once

// How the file backends keep when a value expires, beside the values that
// Trustee reads: text lines "<sha256 of the value> <unix seconds>\n". A line
// counts only for the value that it names. So a value and its expiry change in
// one step although they are two files: the side file is written first, with a
// line for the old and one for the new value, and the value's rename decides.
// A value that Trustee wrote over ours never expires.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace vouchsafe::storage {

// When `value` expires by `text`; nullopt: never. kBadPeer when the text is
// not of that form.
Result<std::optional<int64_t>> ExpiryOf(std::string_view text, ByteView value);

// The text to write before `value` replaces `old_value`, whose text is
// `old_text`.
Result<std::string> ExpiryText(ByteView value, int64_t expires_unix_s,
                               std::string_view old_text,
                               const std::optional<Bytes>& old_value);

}  // namespace vouchsafe::storage
