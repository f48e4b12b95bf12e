#pragma once

// The rules for names of namespaces and keys, in one place, and the file names
// that LocalFs gives to keys.

#include <string>
#include <string_view>

#include "base/result.h"

namespace vouchsafe::storage {

// Not empty, no leading or trailing "/", no empty, "." or ".." segment, no
// control characters (kbs.md 9.1), and not kMetaFolder or within it.
Result<> CheckNamespace(std::string_view name);
// Not empty, UTF-8, no zero byte, at most kMaxKey bytes. kInvalidInput.
Result<> CheckKey(std::string_view key);

// Longest file name written as it is; longer ones become "~sha256-<hex>".
inline constexpr size_t kMaxFileName = 240;
inline constexpr std::string_view kHashedName = "~sha256-";
inline constexpr std::string_view kTemporaryName = "~tmp-";
// Folder of the file backends' own files; no namespace may have this name.
inline constexpr std::string_view kMetaFolder = "vouchsafe_meta";

// "/" becomes the four characters \x2F, as Trustee writes it; every other byte
// outside [A-Za-z0-9._-] becomes %XX. The names "." and ".." are escaped too.
std::string FileNameOfKey(std::string_view key);
// Trustee's own name: only "/" is replaced. Differs from FileNameOfKey for
// files that someone put there by hand.
std::string TrusteeFileName(std::string_view key);
// The key of a file name that is neither hashed nor temporary. A name that
// FileNameOfKey would not give is read the way Trustee reads it.
std::string KeyOfFileName(std::string_view file_name);

bool IsHashedName(std::string_view file_name);
bool IsTemporaryName(std::string_view file_name);

}  // namespace vouchsafe::storage
