#include "base/bytes.h"

#include <algorithm>

namespace vouchsafe {

bool Equal(ByteView a, ByteView b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

Bytes Fit(ByteView bytes, size_t size) {
  Bytes fitted(size, 0);
  std::copy_n(bytes.begin(), std::min(size, bytes.size()), fitted.begin());
  return fitted;
}

bool IsAllZero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](uint8_t byte) { return byte == 0; });
}

}  // namespace vouchsafe
