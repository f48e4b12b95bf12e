#pragma once

// The store's files while no server runs: each must be whole as it stands,
// since whoever reads them next (a Trustee too) repairs nothing.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vouchsafe::chaos {

struct Inspection {
  std::vector<std::string> torn;  // path and what is wrong
  size_t files = 0;
  size_t temporary = 0;
  // In one folder at once. By design a folder needs one for each file that is
  // replaced as a whole.
  size_t most_temporary = 0;
};

Inspection Inspect(const std::string& store_folder, std::string_view storage);

// A stored value without the server; nullopt when it is not there.
std::optional<std::string> StoredValue(const std::string& store_folder,
                                       std::string_view storage,
                                       std::string_view name_space,
                                       std::string_view key);

}  // namespace vouchsafe::chaos
