#pragma once

// Reads the nested resource layout <dir>/<repository>/<type>/<tag>: folders of
// secrets that someone else mounts (Key Vault by CSI, Kubernetes secrets).

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace vouchsafe::storage {

// nullopt when absent. Each name is one path segment, not "." or "..", else
// kInvalidInput. Symbolic links are followed (Kubernetes' ..data), but what
// they lead to must lie within `dir`: else kForbidden. Only regular files,
// kTooLarge over `max_size`; kUnavailable when the disk refuses.
Result<std::optional<Bytes>> ReadNested(const std::string& dir,
                                        std::string_view repository,
                                        std::string_view type,
                                        std::string_view tag,
                                        size_t max_size = size_t{64} << 20);

}  // namespace vouchsafe::storage
