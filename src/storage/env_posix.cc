#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "storage/env.h"
#include "storage/fd.h"

namespace vouchsafe::storage {
namespace {

tl::unexpected<Error> SystemError(const char* call, const std::string& path) {
  const int number = errno;
  return Fail(ErrorCode::kUnavailable,
              "storage: " + std::string(call) + " " + path + ": " +
                  std::generic_category().message(number));
}

Fd Open(const std::string& path, int flags) {
  int fd = -1;
  do {
    fd = open(path.c_str(), flags | O_CLOEXEC, 0600);
  } while (fd < 0 && errno == EINTR);
  return Fd(fd);
}

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(Fd fd) : fd_(std::move(fd)) {}

 private:
  Fd fd_;  // closing it releases the lock
};

bool IsAbsent(int number) { return number == ENOENT || number == ENOTDIR; }

class PosixEnv final : public Env {
 public:
  Result<std::optional<Bytes>> Read(const std::string& path,
                                    size_t max_size) override {
    Fd fd = Open(path, O_RDONLY | O_NONBLOCK);
    if (!fd.ok()) {
      // A name too long for the file system cannot be there.
      if (IsAbsent(errno) || errno == ENAMETOOLONG) return std::nullopt;
      return SystemError("open", path);
    }
    struct stat info {};
    if (fstat(fd.get(), &info) != 0) return SystemError("fstat", path);
    if (S_ISDIR(info.st_mode)) return std::nullopt;
    if (!S_ISREG(info.st_mode)) {
      return Fail(ErrorCode::kUnavailable,
                  "storage: " + path + ": not a regular file");
    }
    return ReadAll(fd, path, static_cast<size_t>(info.st_size), max_size);
  }

  Result<> Write(const std::string& path, ByteView bytes) override {
    Fd fd = Open(path, O_WRONLY | O_CREAT | O_TRUNC);
    if (!fd.ok()) return SystemError("open", path);
    while (!bytes.empty()) {
      const ssize_t written = write(fd.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return SystemError("write", path);
      bytes = bytes.subspan(static_cast<size_t>(written));
    }
    if (!fd.Close()) return SystemError("close", path);
    return {};
  }

  Result<> SyncFile(const std::string& path) override {
    return Sync(path, O_RDONLY);
  }
  Result<> SyncFolder(const std::string& path) override {
    return Sync(path, O_RDONLY | O_DIRECTORY);
  }

  Result<> Rename(const std::string& from, const std::string& to) override {
    if (rename(from.c_str(), to.c_str()) != 0) return SystemError("rename", to);
    return {};
  }

  Result<> Remove(const std::string& path) override {
    if (unlink(path.c_str()) != 0 && !IsAbsent(errno) &&
        errno != ENAMETOOLONG) {
      return SystemError("unlink", path);
    }
    return {};
  }

  Result<> MakeFolders(const std::string& path) override {
    for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
      const std::string part = path.substr(0, end);
      if (mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
        // Above the part that is ours, folders may be there and not ours to
        // make (EROFS, EACCES); what matters is that the last one is there.
        struct stat info {};
        if (stat(part.c_str(), &info) != 0) return SystemError("mkdir", part);
      }
      if (end == std::string::npos) break;
    }
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) return SystemError("stat", path);
    if (!S_ISDIR(info.st_mode)) {
      errno = ENOTDIR;
      return SystemError("mkdir", path);
    }
    return {};
  }

  Result<std::vector<std::string>> FilesIn(const std::string& path) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(path.c_str()),
                                                  closedir);
    std::vector<std::string> names;
    if (dir == nullptr) {
      if (IsAbsent(errno)) return names;
      return SystemError("opendir", path);
    }
    while (true) {
      errno = 0;
      const dirent* entry = readdir(dir.get());
      if (entry == nullptr) break;
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (entry->d_type == DT_DIR) continue;
      // Links are followed: mounted secrets are links to their files.
      if (entry->d_type == DT_REG || IsFile(path + "/" + name)) {
        names.push_back(name);
      }
    }
    if (errno != 0) return SystemError("readdir", path);
    return names;
  }

  Result<std::optional<FileStamp>> Stat(const std::string& path) override {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) {
      if (IsAbsent(errno) || errno == ENAMETOOLONG) return std::nullopt;
      return SystemError("stat", path);
    }
    FileStamp stamp;
    stamp.size = static_cast<uint64_t>(info.st_size);
    stamp.modified_ns =
        int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
    stamp.inode = info.st_ino;
    stamp.is_folder = S_ISDIR(info.st_mode);
    return stamp;
  }

  Result<std::unique_ptr<FileLock>> Lock(const std::string& path) override {
    Fd fd = Open(path, O_RDWR | O_CREAT);
    if (!fd.ok()) return SystemError("open", path);
    int answer = -1;
    do {
      answer = flock(fd.get(), LOCK_EX);
    } while (answer != 0 && errno == EINTR);
    if (answer != 0) return SystemError("flock", path);
    return std::make_unique<PosixLock>(std::move(fd));
  }

 private:
  static Result<std::optional<Bytes>> ReadAll(const Fd& fd,
                                              const std::string& path,
                                              size_t expected,
                                              size_t max_size) {
    if (expected > max_size) return TooLarge(path, max_size);
    Bytes bytes(expected + 1);  // one more, to see the end at once
    size_t size = 0;
    while (true) {
      const ssize_t got =
          read(fd.get(), bytes.data() + size, bytes.size() - size);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return SystemError("read", path);
      if (got == 0) break;
      size += static_cast<size_t>(got);
      if (size > max_size) return TooLarge(path, max_size);
      if (size == bytes.size()) bytes.resize(size * 2);
    }
    bytes.resize(size);
    return bytes;
  }

  static tl::unexpected<Error> TooLarge(const std::string& path, size_t max) {
    return Fail(ErrorCode::kTooLarge, "storage: " + path + " is over " +
                                          std::to_string(max) + " bytes");
  }

  static Result<> Sync(const std::string& path, int flags) {
    const Fd fd = Open(path, flags);
    if (!fd.ok()) return SystemError("open", path);
    if (fsync(fd.get()) != 0) return SystemError("fsync", path);
    return {};
  }

  static bool IsFile(const std::string& path) {
    struct stat info {};
    return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
  }
};

}  // namespace

std::unique_ptr<Env> MakePosixEnv() { return std::make_unique<PosixEnv>(); }

}  // namespace vouchsafe::storage
