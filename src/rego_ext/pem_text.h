#pragma once

// PEM blocks in a text, as Go's package encoding/pem finds them.

#include <optional>
#include <string>
#include <string_view>

namespace vouchsafe::rego_ext {

struct PemText {
  std::string type;  // "CERTIFICATE"
  std::string bytes;
};

// The first well-formed block; `rest` becomes what follows its last line. Left
// alone when there is none.
std::optional<PemText> TakePem(std::string_view& rest);

}  // namespace vouchsafe::rego_ext
