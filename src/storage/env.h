#pragma once

// Env: what the file backends ask of the operating system, so that tests can
// fail or "crash" at any one of these calls (tests/fake/fault_env.h).
//
// Paths are absolute or relative to the working directory. Files are created
// with mode 0600, folders with 0700. Thread-safe. Errors are kUnavailable with
// the call, the path and the system's reason.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vouchsafe::storage {

// Enough to notice that a file was replaced.
struct FileStamp {
  uint64_t size = 0;
  int64_t modified_ns = 0;
  uint64_t inode = 0;
  bool is_folder = false;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// Held until dropped.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

class Env {
 public:
  virtual ~Env() = default;
  // nullopt when absent; kTooLarge over `max_size`.
  virtual Result<std::optional<Bytes>> Read(const std::string& path,
                                            size_t max_size) = 0;
  // Creates or truncates. Not yet safe against power loss.
  virtual Result<> Write(const std::string& path, ByteView bytes) = 0;
  // The content reaches the disk.
  virtual Result<> SyncFile(const std::string& path) = 0;
  // Names made, renamed and removed in the folder reach the disk.
  virtual Result<> SyncFolder(const std::string& path) = 0;
  // Replaces `to` in one step.
  virtual Result<> Rename(const std::string& from, const std::string& to) = 0;
  virtual Result<> Remove(const std::string& path) = 0;  // absent: no error
  virtual Result<> MakeFolders(const std::string& path) = 0;
  // Names of the files in a folder (not folders), in any order; none when the
  // folder is absent.
  virtual Result<std::vector<std::string>> FilesIn(const std::string& path) = 0;
  virtual Result<std::optional<FileStamp>> Stat(const std::string& path) = 0;
  // Waits for the lock; between processes, and between threads.
  virtual Result<std::unique_ptr<FileLock>> Lock(const std::string& path) = 0;
};

// The real one.
std::unique_ptr<Env> MakePosixEnv();

}  // namespace vouchsafe::storage
