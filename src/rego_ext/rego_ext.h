#pragma once

// Functions that the policy engine declares and leaves to this library.
//
//   Compile(source, rego_ext::WithExtras(Builtins::Standard()))

#include "rego/rego.h"

namespace vouchsafe::rego_ext {

// `builtins`, and io.jwt.*, crypto.x509.*, crypto.parse_private_keys,
// json.match_schema and json.verify_schema.
rego::Builtins WithExtras(const rego::Builtins& builtins);

}  // namespace vouchsafe::rego_ext
