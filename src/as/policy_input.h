#pragma once

// The policy's input, which is also the annotated evidence of the token
// (as.md section 12.3). Pure.

#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::as {

enum class Verbose { kYes, kNo };

// Moves `init_data` and `report_data` to the top, each with its claims, and
// puts the rest under the TEE's name. With kNo the member additional-evidence
// is left out of the runtime data claims. kInternal when a moved claim is no
// string.
Result<json::Object> MakePolicyInput(std::string_view tee, json::Object claims,
                                     json::Value init_data_claims,
                                     json::Value runtime_data_claims,
                                     Verbose verbose);

}  // namespace vouchsafe::as
