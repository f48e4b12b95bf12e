#pragma once

// State that older services kept in files of their own, brought into the store
// at start (as.md sections 8.2 and 9, rvps.md section 6). What the store has
// already is never replaced, so doing it again changes nothing.

#include <string>

#include "base/log.h"
#include "base/result.h"
#include "ear/signer.h"
#include "policy/policy_store.h"
#include "storage/store.h"

namespace vouchsafe::as {

// Policies `<dir>/opa/<id>.rego`. For EAR an id without a class is the CPU's.
// One that is not admitted is left out with a warning; a folder that is not
// there is none. kUnavailable when a file or the store cannot be read.
Result<> TakeOverPolicies(const std::string& dir, ear::TokenForm form,
                          policy::PolicyStore& policies, Logger& logger);

// An array of stored reference values in one file; a file that is not there is
// none. kInvalidInput when it is something else.
Result<> TakeOverReferenceValues(const std::string& path,
                                 storage::Store& values, Logger& logger);

}  // namespace vouchsafe::as
