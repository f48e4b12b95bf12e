#pragma once

// Private keys in PEM as values.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rego_ext/value_maker.h"

namespace vouchsafe::rego_ext {

struct PrivateKeyParts {
  enum class Type { kRsa, kEc, kEd25519 };
  Type type = Type::kRsa;
  // RSA: n e d p q dp dq qi, big-endian without leading zeros. EC: the curve's
  // name ("P-256"), x, y, d. Ed25519: the seed and the public key.
  std::vector<std::string> numbers;
};

// Every RSA, PKCS #8 and SEC 1 key of the text, which may be base64 of it.
// False with a reason when one is malformed.
bool ReadPrivateKeys(std::string_view text, std::vector<PrivateKeyParts>* out,
                     std::string* why);
// As Go's structures.
rego::Value PrivateKeyValue(ValueMaker& make, const PrivateKeyParts& key);

}  // namespace vouchsafe::rego_ext
