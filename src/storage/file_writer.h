#pragma once

// Replaces whole files in one step, as durably as asked.

#include <string>

#include "storage/env.h"
#include "storage/provider.h"

namespace vouchsafe::storage {

// The caller holds the namespace's lock, so that one temporary name is enough
// and nothing is left over but, after a crash, that one file.
class FileWriter {
 public:
  FileWriter(Env& env, Durability durability)
      : env_(env), durable_(durability == Durability::kPowerLoss) {}

  // Temporary file `temporary` in `folder`, fsync, rename to `name`, fsync of
  // the folder. On failure `name` is as it was, or (the last step failed) new.
  Result<> Replace(const std::string& folder, const std::string& name,
                   const std::string& temporary, ByteView bytes) const;
  // Removes, and makes that durable.
  Result<> Remove(const std::string& folder, const std::string& name) const;
  Result<> SyncFolder(const std::string& folder) const;

 private:
  Env& env_;
  bool durable_;
};

}  // namespace vouchsafe::storage
