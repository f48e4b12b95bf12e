#pragma once

// Text as Go's library writes it, for results and messages that policies see.

#include <cstdint>
#include <string>
#include <string_view>

namespace vouchsafe::rego {

// The code point at `at`, which is a byte of `text`; U+FFFD for an invalid
// byte. `length` is its size in bytes.
uint32_t DecodePoint(std::string_view text, size_t at, size_t* length);
void AppendUtf8(std::string& out, uint32_t point);
// Unicode's graphic characters and the ASCII space.
bool IsPrintable(uint32_t point);
// Quoted as a Go string literal; everything beyond ASCII escaped on request.
std::string GoQuote(std::string_view text, bool ascii = false);
// 'x' with its quotes.
std::string GoQuoteRune(uint32_t point, bool ascii = false);

// Simple case mappings of Unicode, one to one.
uint32_t ToLower(uint32_t point);
uint32_t ToUpper(uint32_t point);

}  // namespace vouchsafe::rego
