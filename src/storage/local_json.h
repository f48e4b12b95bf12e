#pragma once

// A namespace as one JSON file, in Trustee's layout:
//
//   <dir>/<namespace>              no extension; an object of key to URL-safe
//                                  base64 with padding; made as {}
//   <dir>/~tmp-<last segment>      being written
//   <dir>/vouchsafe_meta/<namespace>/   ours alone
//     lock     flock held by writers, also of other processes
//     expiry   object of key to its expiry lines (expiry.h)
//
// The whole file is rewritten per change: for small namespaces. Another
// process's change is seen by the next call. Durability as for LocalFs; one
// thing is not all or nothing in a batch: the new expiry of a value that the
// batch sets to what it was.

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "storage/env.h"
#include "storage/provider.h"
#include "storage/store.h"

namespace vouchsafe::storage {

// `env` and `clock` must outlive the store.
Result<std::shared_ptr<Store>> OpenLocalJson(Env& env, const Clock& clock,
                                             const std::string& dir,
                                             std::string_view name,
                                             Durability durability);

}  // namespace vouchsafe::storage
