#pragma once

// A namespace as a folder of files, in Trustee's layout:
//
//   <dir>/<namespace>/<name>        one raw value; <name> by keys.h
//   <dir>/<namespace>/~tmp-write    being written; never listed
//   <dir>/vouchsafe_meta/<namespace>/   ours alone (namespace escaped as a key)
//     lock            flock held by writers, also of other processes
//     journal         a batch on its way (journal.h)
//     expiry/<name>   when the value expires (expiry.h)
//     names/<name>    the key of a name "~sha256-..."
//
// An answered change survives kill -9; with Durability::kPowerLoss, a power
// loss too. Several processes may share the folder.

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "storage/env.h"
#include "storage/provider.h"
#include "storage/store.h"

namespace vouchsafe::storage {

// Makes the folder when it is not there, and completes a batch that a crash
// interrupted. `env` and `clock` must outlive the store.
Result<std::shared_ptr<Store>> OpenLocalFs(Env& env, const Clock& clock,
                                           const std::string& dir,
                                           std::string_view name,
                                           Durability durability);

}  // namespace vouchsafe::storage
