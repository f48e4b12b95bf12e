#pragma once

// What a recording says of the files below the storage directory, and what
// stands there after a replay.

#include <map>
#include <string>

#include "json/value.h"

namespace vouchsafe::goldens {

using Files = std::map<std::string, std::string>;  // content by path

// The member `files_below_the_storage_directory` of a recording. Texts that it
// only names ("same_as", "<base64url ... of the text of ...>") are read from
// the shared folder.
Files RecordedFiles(const json::Value& recording, const std::string& shared);

// Regular files below `dir`, less the namespaces that are ours alone
// (vouchsafe_*).
Files FilesBelow(const std::string& dir);

void WriteFiles(const Files& files, const std::string& dir);

// Of LocalJson: "namespace/key" to value, from one file a namespace.
Files KeysOfJsonFiles(const Files& files);

}  // namespace vouchsafe::goldens
