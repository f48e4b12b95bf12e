#pragma once

// One stored reference value (rvps.md section 6): JSON with the members
// version, name, expiration and value. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::rvps {

struct ReferenceValue {
  std::string name;
  int64_t expires_unix_s = 0;
  json::Value value;

  // Later than `expires_unix_s`.
  bool ExpiredAt(int64_t now_unix_s) const {
    return now_unix_s > expires_unix_s;
  }
};

// Compact, members in that order.
std::string WriteReferenceValue(const ReferenceValue& value);
// Reads also the older form with `hash-value`, a list of {alg, value}.
// kInternal: the store holds something else.
Result<ReferenceValue> ReadReferenceValue(std::string_view text);

// Twelve calendar months later, the day clipped to the month's last.
int64_t TwelveMonthsLater(int64_t unix_s);

}  // namespace vouchsafe::rvps
