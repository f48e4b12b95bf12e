#include "base/request.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace vouchsafe {
namespace {

std::string UuidHex(RandomSource& random) {
  std::array<uint8_t, 16> bytes{};
  random.Fill(bytes);
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  return HexEncode(bytes);
}

}  // namespace

std::string NewRequestId(RandomSource& random) {
  std::string id = UuidHex(random);
  for (const size_t at : {8u, 13u, 18u, 23u}) id.insert(at, 1, '-');
  return id;
}

std::string NewSessionId(RandomSource& random) { return UuidHex(random); }

Result<> RequestContext::Alive() const {
  if (stop.stop_requested()) {
    return Fail(ErrorCode::kUnavailable, "request cancelled: shutting down");
  }
  if (clock->Steady() >= deadline) {
    return Fail(ErrorCode::kDeadline, "request ran out of time");
  }
  return {};
}

std::chrono::milliseconds RequestContext::Left(
    std::chrono::milliseconds most) const {
  if (deadline == std::chrono::steady_clock::time_point::max()) return most;
  // Rounded up: who waits this long has then reached the deadline, so that its
  // own lack of time is not taken for the other side's failure.
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - clock->Steady());
  return std::clamp(left, std::chrono::milliseconds(0), most);
}

}  // namespace vouchsafe
