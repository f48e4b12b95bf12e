#include "tests/fake/fault_env.h"

namespace vouchsafe::fake {
namespace {

class NoLock final : public storage::FileLock {};

std::string FolderOf(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

tl::unexpected<Error> Failure(const char* call, const char* why) {
  return Fail(ErrorCode::kUnavailable,
              std::string("fault_env: ") + call + ": " + why);
}

}  // namespace

Result<> FaultEnv::Alive() const {
  if (crashed_) return Failure("any", "crashed");
  return {};
}

Result<> FaultEnv::Step(const char* call) {
  TRY(Alive());
  const int number = operations_++;
  if (number == crash_at_) {
    crashed_ = true;
    return Failure(call, "crash");
  }
  if (number == fail_at_) return Failure(call, "no space left");
  return {};
}

void FaultEnv::Restart(AfterCrash what) {
  if (what == AfterCrash::kLoseAll) names_ = durable_;
  for (auto& [path, file] : names_) {
    if (!file->synced && what == AfterCrash::kLoseAll) {
      file->content = file->durable;
    }
    if (!file->synced && what == AfterCrash::kTorn) {
      file->content.resize(file->content.size() / 2);
    }
    file->durable = file->content;
    file->synced = true;
    file->modified_ns = static_cast<int64_t>(next_++);
  }
  durable_ = names_;
  crashed_ = false;
  crash_at_ = -1;
  fail_at_ = -1;
}

std::set<std::string> FaultEnv::Paths() const {
  std::set<std::string> paths;
  for (const auto& [path, file] : names_) paths.insert(path);
  return paths;
}

Result<std::optional<Bytes>> FaultEnv::Read(const std::string& path,
                                            size_t max_size) {
  TRY(Alive());
  const auto it = names_.find(path);
  if (it == names_.end()) return std::nullopt;
  if (it->second->content.size() > max_size) {
    return Fail(ErrorCode::kTooLarge, "fault_env: too large");
  }
  return it->second->content;
}

Result<> FaultEnv::Write(const std::string& path, ByteView bytes) {
  TRY(Alive());
  const Result<> step = Step("write");
  if (!folders_.contains(FolderOf(path))) return Failure("write", "no folder");
  std::shared_ptr<File>& file = names_[path];
  if (file == nullptr) {
    file = std::make_shared<File>();
    file->inode = next_++;
  }
  // A write that fails has done half of its work.
  file->content = ToBytes(step ? bytes : bytes.first(bytes.size() / 2));
  file->synced = false;
  file->modified_ns = static_cast<int64_t>(next_++);
  return step;
}

Result<> FaultEnv::SyncFile(const std::string& path) {
  TRY(Step("fsync"));
  const auto it = names_.find(path);
  if (it == names_.end()) return Failure("fsync", "absent");
  it->second->durable = it->second->content;
  it->second->synced = true;
  return {};
}

Result<> FaultEnv::SyncFolder(const std::string& path) {
  TRY(Step("fsync folder"));
  if (!folders_.contains(path)) return Failure("fsync folder", "absent");
  std::erase_if(durable_, [&](const auto& entry) {
    return FolderOf(entry.first) == path;
  });
  for (const auto& [name, file] : names_) {
    if (FolderOf(name) == path) durable_[name] = file;
  }
  return {};
}

Result<> FaultEnv::Rename(const std::string& from, const std::string& to) {
  TRY(Step("rename"));
  const auto it = names_.find(from);
  if (it == names_.end()) return Failure("rename", "absent");
  std::shared_ptr<File> file = it->second;
  names_.erase(it);
  names_[to] = std::move(file);
  return {};
}

Result<> FaultEnv::Remove(const std::string& path) {
  TRY(Step("unlink"));
  names_.erase(path);
  return {};
}

Result<> FaultEnv::MakeFolders(const std::string& path) {
  TRY(Alive());
  for (size_t end = path.find('/', 1); end != std::string::npos;
       end = path.find('/', end + 1)) {
    folders_.insert(path.substr(0, end));
  }
  folders_.insert(path);
  return {};
}

Result<std::vector<std::string>> FaultEnv::FilesIn(const std::string& path) {
  TRY(Alive());
  std::vector<std::string> files;
  for (const auto& [name, file] : names_) {
    if (FolderOf(name) == path) files.push_back(name.substr(path.size() + 1));
  }
  return files;
}

Result<std::optional<storage::FileStamp>> FaultEnv::Stat(
    const std::string& path) {
  TRY(Alive());
  const auto it = names_.find(path);
  if (it == names_.end()) return std::nullopt;
  storage::FileStamp stamp;
  stamp.size = it->second->content.size();
  stamp.modified_ns = it->second->modified_ns;
  stamp.inode = it->second->inode;
  return stamp;
}

Result<std::unique_ptr<storage::FileLock>> FaultEnv::Lock(const std::string&) {
  TRY(Alive());
  return std::make_unique<NoLock>();
}

}  // namespace vouchsafe::fake
