#pragma once

// What accompanies one request through the program: its id, its clock, its
// deadline and its cancellation. Passed down by reference, never stored.

#include <chrono>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

namespace vouchsafe {

// A UUID version 4 as text (RFC 9562 section 5.4).
std::string NewRequestId(RandomSource& random);
// 32 lower-case hex digits, the form of a session id (UUIDv4 without dashes).
std::string NewSessionId(RandomSource& random);

struct RequestContext {
  std::string request_id;
  const Clock* clock = nullptr;  // never null
  std::chrono::steady_clock::time_point deadline =
      std::chrono::steady_clock::time_point::max();
  std::stop_token stop;

  // kDeadline or kUnavailable when the request need not go on.
  Result<> Alive() const;
  // How long may still be waited, at most `most`; never negative.
  std::chrono::milliseconds Left(std::chrono::milliseconds most) const;
};

}  // namespace vouchsafe
