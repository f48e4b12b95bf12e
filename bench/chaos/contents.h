#pragma once

// What is written, and what may be found after a kill. A value is made from
// its name and a number alone, so that a whole one can be told from a torn one
// and a lost one from an old one.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace vouchsafe::chaos {

enum class Kind {
  kResource,           // default/chaos/<n>; written and deleted
  kReferenceValue,     // a name; replaced
  kResourcePolicy,     // the one; every version lets every guest in
  kAttestationPolicy,  // an id of its own; replaced
};

// A value's number; nullopt: nothing is stored.
using Version = std::optional<uint64_t>;

// One key of the store, written by one thread.
struct Slot {
  Kind kind = Kind::kResource;
  std::string name;
  Version answered;          // by 200, last
  bool is_pending = false;   // sent after that, and not answered
  Version pending;           // what was sent
  uint64_t last_number = 0;  // of all that were ever sent
};

// Those of one run: `resources` of the first kind, a few of the others.
std::vector<Slot> MakeSlots(size_t resources);

// The whole value as it is stored. Of a reference value: its JSON text, as it
// is answered.
std::string ValueOf(const Slot& slot, uint64_t number);

enum class Finding {
  kAnswered,  // what was answered last
  kPending,   // what was sent after it
  kLost,      // whole, but neither of these; or nothing
  kTorn,      // not a value that was ever sent
};
// `found` nullopt: nothing is stored. Afterwards the slot takes what was found
// for answered, so that each loss counts once.
Finding Judge(Slot& slot, const std::optional<std::string>& found);

// Whether `text` is a whole value of a resource, whichever.
bool IsWholeResource(std::string_view text);

}  // namespace vouchsafe::chaos
