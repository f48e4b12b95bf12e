#pragma once

// What the backends share: checks of arguments, the outcome of a condition,
// pages of keys.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/store.h"

namespace vouchsafe::storage {

Result<> CheckValue(ByteView value);
// Every key and value, the number of changes, and no key twice.
Result<> CheckBatch(std::span<const Change> changes);

// What a set with `options` has to do when `current` is there now.
SetOutcome Judge(const SetOptions& options,
                 const std::optional<Bytes>& current);
// The error of a batch whose condition on `key` does not hold.
tl::unexpected<Error> BatchConflict(std::string_view key);

// One page of `keys`, which may be in any order and hold doubles.
KeyPage PageOf(std::vector<std::string> keys, std::string_view prefix,
               std::string_view cursor, size_t limit);

}  // namespace vouchsafe::storage
