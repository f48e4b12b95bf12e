#pragma once

// One file with a JSON object of strings, kept in its order, read again when
// the file changed.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "storage/env.h"
#include "storage/file_writer.h"

namespace vouchsafe::storage {

// Immutable once it is shared.
class StringTable {
 public:
  const std::string* Find(std::string_view key) const;  // nullptr when absent
  void Set(std::string_view key, std::string value);
  void Erase(std::string_view key);
  std::vector<std::string> Keys() const;  // in the file's order

  // kBadPeer when it is not an object of strings. Of equal keys the last wins.
  static Result<StringTable> Parse(std::string_view text);
  std::string Text() const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> order_;
};

class JsonFile {
 public:
  JsonFile(Env& env, const Clock& clock, FileWriter writer, std::string folder,
           std::string name)
      : env_(env),
        clock_(clock),
        writer_(writer),
        folder_(std::move(folder)),
        name_(std::move(name)),
        path_(folder_ + "/" + name_) {}

  // What the file holds now; absent counts as {}. Thread-safe.
  Result<std::shared_ptr<const StringTable>> Load() const;
  // Replaces the file. The caller holds the namespace's lock.
  Result<> Save(const StringTable& table) const;
  Result<bool> Exists() const;

 private:
  Env& env_;
  const Clock& clock_;
  const FileWriter writer_;
  const std::string folder_;
  const std::string name_;
  const std::string path_;
  mutable std::mutex mutex_;  // guards the two below, never held over I/O
  mutable std::shared_ptr<const StringTable> cached_;
  mutable FileStamp stamp_;
};

}  // namespace vouchsafe::storage
