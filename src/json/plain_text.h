#pragma once

// Text that JSON strings hold as it is, looked at in words. Internal to json/.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace vouchsafe::json {

// Eight bytes at once: a high bit where a byte is not plain text, that is a
// quote, a backslash, a control character or beyond ASCII. A borrow can mark a
// byte too many above one that is marked rightly, never one too few below it.
inline uint64_t NotPlain(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHigh = 0x8080808080808080;
  const auto equals = [](uint64_t word, uint8_t byte) {
    const uint64_t zero_there = word ^ (kOnes * byte);
    return (zero_there - kOnes) & ~zero_there;
  };
  const uint64_t control = bytes - kOnes * 0x20;
  return (control | equals(bytes, '"') | equals(bytes, '\\') | bytes) & kHigh;
}

// Where plain text that starts at `at` ends, or earlier: never within it
// beyond the last whole word, so whoever asks looks at the byte there.
inline size_t SkipPlain(std::string_view text, size_t at) {
  while (text.size() - at >= sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    const uint64_t found = NotPlain(word);
    if (found != 0) {
      if constexpr (std::endian::native == std::endian::little) {
        at += static_cast<size_t>(std::countr_zero(found)) / 8;
      }
      return at;
    }
    at += sizeof word;
  }
  return at;
}

}  // namespace vouchsafe::json
