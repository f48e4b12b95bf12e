#pragma once

// A file system in memory that loses what was not synced, and can crash at any
// one of its changing operations.
//
// Content and names each have a volatile and a durable state: SyncFile makes a
// file's content durable, SyncFolder the names in a folder. After the crash
// every operation fails until Restart, which decides what is left:
//   kKeepAll   everything done so far (kill -9)
//   kLoseAll   only what is durable (power loss)
//   kTorn      names as they were, content that was not synced cut in half
// Folders are durable at once. Not thread-safe but for Lock.

#include <map>
#include <memory>
#include <set>
#include <string>

#include "storage/env.h"

namespace vouchsafe::fake {

enum class AfterCrash { kKeepAll, kLoseAll, kTorn };

class FaultEnv final : public storage::Env {
 public:
  // The operation with this number (from 0) and all after it fail; the first
  // of them may be half done. Negative: never.
  void CrashAt(int operation) { crash_at_ = operation; }
  // Operation `number` alone fails, as a full disk makes it fail.
  void FailAt(int operation) { fail_at_ = operation; }
  int operations() const { return operations_; }
  bool crashed() const { return crashed_; }
  void Restart(AfterCrash what);
  // Paths of all files there are.
  std::set<std::string> Paths() const;

  Result<std::optional<Bytes>> Read(const std::string& path,
                                    size_t max_size) override;
  Result<> Write(const std::string& path, ByteView bytes) override;
  Result<> SyncFile(const std::string& path) override;
  Result<> SyncFolder(const std::string& path) override;
  Result<> Rename(const std::string& from, const std::string& to) override;
  Result<> Remove(const std::string& path) override;
  Result<> MakeFolders(const std::string& path) override;
  Result<std::vector<std::string>> FilesIn(const std::string& path) override;
  Result<std::optional<storage::FileStamp>> Stat(
      const std::string& path) override;
  Result<std::unique_ptr<storage::FileLock>> Lock(
      const std::string& path) override;

 private:
  struct File {
    Bytes content;
    Bytes durable;
    bool synced = false;  // content is durable
    uint64_t inode = 0;
    int64_t modified_ns = 0;
  };
  using Names = std::map<std::string, std::shared_ptr<File>>;

  // Counts one changing operation; an error when it must not happen.
  Result<> Step(const char* call);
  Result<> Alive() const;

  Names names_;
  Names durable_;
  std::set<std::string> folders_;
  int operations_ = 0;
  int crash_at_ = -1;
  int fail_at_ = -1;
  bool crashed_ = false;
  uint64_t next_ = 1;
};

}  // namespace vouchsafe::fake
