#pragma once

// One list of functions a family.

#include <vector>

#include "rego/builtin_call.h"
#include "rego/builtin_table.h"

namespace vouchsafe::rego_ext {

using Rows = std::vector<rego::BuiltinSupply::Row>;

void AddJwt(Rows& rows);
void AddJwtSign(Rows& rows);
void AddX509(Rows& rows);
void AddPrivateKeys(Rows& rows);
void AddJsonSchema(Rows& rows);

}  // namespace vouchsafe::rego_ext
