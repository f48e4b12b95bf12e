#pragma once

// Files and folders for the tools: whole files, from pipes too.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vouchsafe::policy_tools {

inline constexpr size_t kMaxToolFile = size_t{64} << 20;  // bytes

// The name of a source that was read from "-".
inline constexpr std::string_view kStandardInputName = "<stdin>";

// "-" is the standard input. Pipes and devices are read to their end.
// kNotFound, kTooLarge, kUnavailable.
Result<std::string> ReadWholeFile(const std::string& path);

// Regular files below `folder` whose name ends so, sorted by path. A path that
// is a file is itself. kNotFound when there is no such path.
Result<std::vector<std::string>> FilesBelow(const std::string& path,
                                            std::string_view ending);

// Through a file beside it that then takes its place; pipes and devices are
// written to. kUnavailable.
Result<> ReplaceFile(const std::string& path, const std::string& text);

// "" when there is none.
std::string FolderOf(const std::string& path);

}  // namespace vouchsafe::policy_tools
