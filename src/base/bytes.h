#pragma once

// Bytes in and out of the program, and the conversions between bytes and text
// that change nothing.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vouchsafe {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes ToBytes(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
inline Bytes ToBytes(std::string_view text) { return ToBytes(AsBytes(text)); }
inline std::string ToText(ByteView bytes) { return std::string(AsText(bytes)); }

// Equal content. Not constant-time: for public values only (see secret.h).
bool Equal(ByteView a, ByteView b);

// Zero-padded at the end, or cut, to `size` bytes ("fit N" in the specs).
Bytes Fit(ByteView bytes, size_t size);

bool IsAllZero(ByteView bytes);

}  // namespace vouchsafe
