#pragma once

// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above
// U+10FFFF.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vouchsafe::json {

// Bytes of the well-formed sequence that starts at `at`; 0 when there is none.
size_t Utf8SequenceLength(std::string_view text, size_t at);

bool IsUtf8(std::string_view text);

// Appends a code point that is not a surrogate and at most 0x10FFFF.
void AppendUtf8(uint32_t code_point, std::string& out);

}  // namespace vouchsafe::json
