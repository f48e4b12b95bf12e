#include "storage/nested.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "storage/fd.h"

namespace vouchsafe::storage {
namespace {

// Resource tags do not begin with a dot, so this is none.
constexpr const char* kTemporary = ".vouchsafe-write";
constexpr int kOpenFile = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
constexpr int kOpenFolder = O_RDONLY | O_CLOEXEC | O_DIRECTORY;
constexpr mode_t kFileMode = 0600;
constexpr mode_t kFolderMode = 0700;

Result<> CheckSegment(std::string_view segment) {
  if (segment.empty() || segment == "." || segment == ".." ||
      segment.find('/') != std::string_view::npos ||
      segment.find('\0') != std::string_view::npos) {
    return Fail(ErrorCode::kInvalidInput,
                "storage: a part of a resource path is empty, . or .., or "
                "holds / or a zero byte");
  }
  return {};
}

bool IsAbsent(int number) {
  return number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG;
}

// The kernel follows links and refuses to leave `folder`. errno is set on
// failure; ENOSYS where the kernel (or a sandbox) does not know the call.
Fd OpenBeneath(const Fd& folder, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  long fd = -1;
  do {
    fd = syscall(SYS_openat2, folder.get(), path.c_str(), &how, sizeof(how));
  } while (fd < 0 && (errno == EINTR || errno == EAGAIN));
  return Fd(static_cast<int>(fd));
}

using CPath = std::unique_ptr<char, decltype(&std::free)>;

CPath RealPath(const std::string& path) {
  return {realpath(path.c_str(), nullptr), std::free};
}

// Without openat2: resolve, compare, open what was resolved. errno EXDEV when
// it leads outside, as openat2 says it.
Fd OpenResolved(const std::string& dir, const std::string& path, int flags) {
  const CPath root = RealPath(dir);
  if (root == nullptr) return Fd(-1);
  const CPath real = RealPath(dir + "/" + path);
  if (real == nullptr) return Fd(-1);
  const std::string inside = std::string(root.get()) + "/";
  if (!std::string_view(real.get()).starts_with(inside)) {
    errno = EXDEV;
    return Fd(-1);
  }
  return Fd(open(real.get(), flags | O_NOFOLLOW));
}

Fd OpenWithin(const Fd& folder, const std::string& dir, const std::string& path,
              int flags) {
  Fd file = OpenBeneath(folder, path, flags);
  if (file.ok() || (errno != ENOSYS && errno != EPERM)) return file;
  return OpenResolved(dir, path, flags);
}

tl::unexpected<Error> SystemError(const std::string& path) {
  const int number = errno;
  if (number == EXDEV || number == ELOOP) {
    return Fail(ErrorCode::kForbidden,
                "storage: " + path + " leads out of its folder");
  }
  return Fail(
      ErrorCode::kUnavailable,
      "storage: " + path + ": " + std::generic_category().message(number));
}

tl::unexpected<Error> TooLarge(const std::string& path, size_t max_size) {
  return Fail(ErrorCode::kTooLarge, "storage: " + path + " is over " +
                                        std::to_string(max_size) + " bytes");
}

Result<Bytes> ReadAll(const Fd& fd, size_t expected, const std::string& path,
                      size_t max_size) {
  if (expected > max_size) return TooLarge(path, max_size);
  Bytes bytes(expected + 1);
  size_t size = 0;
  while (true) {
    const ssize_t got =
        read(fd.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(path);
    if (got == 0) break;
    size += static_cast<size_t>(got);
    if (size > max_size) return TooLarge(path, max_size);
    if (size == bytes.size()) bytes.resize(size * 2);
  }
  bytes.resize(size);
  return bytes;
}

Result<> WriteAll(const Fd& fd, ByteView bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(path);
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return {};
}

Result<> CheckSegments(std::string_view repository, std::string_view type,
                       std::string_view tag) {
  TRY(CheckSegment(repository));
  TRY(CheckSegment(type));
  return CheckSegment(tag);
}

Result<Fd> MakeRoot(const std::string& dir) {
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  Fd root(open(dir.c_str(), kOpenFolder));
  if (!root.ok()) return SystemError(dir);
  return root;
}

// The folder `path`, whose last part is `name`, below `root`; made in `parent`
// when it is not there.
Result<Fd> MakeFolder(const Fd& root, const std::string& dir, const Fd& parent,
                      const std::string& name, const std::string& path) {
  if (mkdirat(parent.get(), name.c_str(), kFolderMode) == 0) {
    if (fsync(parent.get()) != 0) return SystemError(path);
  } else if (errno != EEXIST) {
    return SystemError(path);
  }
  Fd folder = OpenWithin(root, dir, path, kOpenFolder);
  if (!folder.ok()) return SystemError(path);
  return folder;
}

Result<> LockFolder(const Fd& folder, const std::string& path) {
  while (flock(folder.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return SystemError(path);
  }
  return {};
}

Result<> WriteTemporary(const Fd& folder, ByteView bytes,
                        const std::string& path) {
  Fd file(openat(folder.get(), kTemporary,
                 O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                 kFileMode));
  if (!file.ok()) return SystemError(path);
  TRY(WriteAll(file, bytes, path));
  if (fsync(file.get()) != 0 || !file.Close()) return SystemError(path);
  return {};
}

}  // namespace

Result<std::optional<Bytes>> ReadNested(const std::string& dir,
                                        std::string_view repository,
                                        std::string_view type,
                                        std::string_view tag, size_t max_size) {
  TRY(CheckSegments(repository, type, tag));
  const std::string path = std::string(repository) + "/" + std::string(type) +
                           "/" + std::string(tag);
  const Fd folder(open(dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.ok()) {
    if (IsAbsent(errno)) return std::nullopt;
    return SystemError(dir);
  }
  const Fd file = OpenWithin(folder, dir, path, kOpenFile);
  if (!file.ok()) {
    if (IsAbsent(errno)) return std::nullopt;
    return SystemError(path);
  }
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return SystemError(path);
  if (!S_ISREG(info.st_mode)) return std::nullopt;
  return TRY(ReadAll(file, static_cast<size_t>(info.st_size), path, max_size));
}

Result<> WriteNested(const std::string& dir, std::string_view repository,
                     std::string_view type, std::string_view tag,
                     ByteView bytes) {
  TRY(CheckSegments(repository, type, tag));
  const std::string name(tag);
  const std::string outer(repository);
  const std::string inner = outer + "/" + std::string(type);
  const std::string path = inner + "/" + name;
  const Fd root = TRY(MakeRoot(dir));
  const Fd above = TRY(MakeFolder(root, dir, root, outer, outer));
  const Fd folder = TRY(MakeFolder(root, dir, above, std::string(type), inner));
  TRY(LockFolder(folder, inner));
  Result<> written = WriteTemporary(folder, bytes, path);
  if (written &&
      renameat(folder.get(), kTemporary, folder.get(), name.c_str()) != 0) {
    written = SystemError(path);
  }
  if (!written) {
    // Half a secret should not stay; that the removal fails too is no news.
    (void)unlinkat(folder.get(), kTemporary, 0);
    return written;
  }
  if (fsync(folder.get()) != 0) return SystemError(path);
  return {};
}

Result<bool> DeleteNested(const std::string& dir, std::string_view repository,
                          std::string_view type, std::string_view tag) {
  TRY(CheckSegments(repository, type, tag));
  const std::string inner = std::string(repository) + "/" + std::string(type);
  const std::string name(tag);
  const Fd root(open(dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.ok()) {
    if (IsAbsent(errno)) return false;
    return SystemError(dir);
  }
  const Fd folder = OpenWithin(root, dir, inner, kOpenFolder);
  if (!folder.ok()) {
    if (IsAbsent(errno)) return false;
    return SystemError(inner);
  }
  TRY(LockFolder(folder, inner));
  if (unlinkat(folder.get(), name.c_str(), 0) != 0) {
    if (IsAbsent(errno) || errno == EISDIR) return false;
    return SystemError(inner + "/" + name);
  }
  if (fsync(folder.get()) != 0) return SystemError(inner);
  return true;
}

}  // namespace vouchsafe::storage
