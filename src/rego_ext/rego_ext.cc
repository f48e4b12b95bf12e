#include "rego_ext/rego_ext.h"

#include "rego_ext/families.h"

namespace vouchsafe::rego_ext {

rego::Builtins WithExtras(const rego::Builtins& builtins) {
  Rows rows;
  AddJwt(rows);
  AddJwtSign(rows);
  AddX509(rows);
  AddPrivateKeys(rows);
  AddJsonSchema(rows);
  return builtins.With(std::make_shared<const rego::BuiltinSupply>(rows));
}

}  // namespace vouchsafe::rego_ext
