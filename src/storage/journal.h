#pragma once

// The journal of a batch on LocalFs: written in one step before the batch is
// applied, removed after; what is found later is applied again.
//
//   "VSJ1", u32le count, then per change
//     u32le key size, key, u8 flags (1 value, 2 expiry),
//     [u64le expiry], [u64le value size, value]
//   and the SHA-256 of all of that.

#include <optional>
#include <span>
#include <vector>

#include "storage/store.h"

namespace vouchsafe::storage {

Bytes WriteJournal(std::span<const Change> changes);
// Conditions are gone: they held when the batch was accepted. nullopt when the
// digest is wrong: torn by a power loss, so never answered.
Result<std::optional<std::vector<Change>>> ReadJournal(ByteView bytes);

}  // namespace vouchsafe::storage
