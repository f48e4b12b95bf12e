#pragma once

// A namespace in memory: gone with the process.

#include <memory>

#include "base/clock.h"
#include "storage/store.h"

namespace vouchsafe::storage {

// `clock` must outlive the store.
std::shared_ptr<Store> MakeMemoryStore(const Clock& clock);

}  // namespace vouchsafe::storage
