#pragma once

// The nested resource layout <dir>/<repository>/<type>/<tag>: folders of
// secrets that someone else mounts (Key Vault by CSI, Kubernetes secrets), or
// that a key broker of before 2026 wrote.

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

// Makes `dir` and the folders below it where they are missing, and replaces the
// value in one step, durably: temporary file, fsync, rename, fsync of the
// folder. Errors as above. The tag may be a link: the link is what is replaced.
// Writers exclude each other, also those of other processes.
Result<> WriteNested(const std::string& dir, std::string_view repository,
                     std::string_view type, std::string_view tag,
                     ByteView bytes);

// Whether there was one. Folders stay.
Result<bool> DeleteNested(const std::string& dir, std::string_view repository,
                          std::string_view type, std::string_view tag);

}  // namespace vouchsafe::storage
