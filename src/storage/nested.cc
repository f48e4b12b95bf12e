#include "storage/nested.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

#include "storage/fd.h"

namespace vouchsafe::storage {
namespace {

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
Fd OpenBeneath(const Fd& folder, const std::string& path) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
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
Fd OpenResolved(const std::string& dir, const std::string& path) {
  const CPath root = RealPath(dir);
  if (root == nullptr) return Fd(-1);
  const CPath real = RealPath(dir + "/" + path);
  if (real == nullptr) return Fd(-1);
  const std::string inside = std::string(root.get()) + "/";
  if (!std::string_view(real.get()).starts_with(inside)) {
    errno = EXDEV;
    return Fd(-1);
  }
  return Fd(open(real.get(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
}

Fd OpenWithin(const Fd& folder, const std::string& dir,
              const std::string& path) {
  Fd file = OpenBeneath(folder, path);
  if (file.ok() || (errno != ENOSYS && errno != EPERM)) return file;
  return OpenResolved(dir, path);
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

}  // namespace

Result<std::optional<Bytes>> ReadNested(const std::string& dir,
                                        std::string_view repository,
                                        std::string_view type,
                                        std::string_view tag, size_t max_size) {
  std::string path;
  for (const std::string_view segment : {repository, type, tag}) {
    TRY(CheckSegment(segment));
    if (!path.empty()) path += '/';
    path += segment;
  }
  const Fd folder(open(dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.ok()) {
    if (IsAbsent(errno)) return std::nullopt;
    return SystemError(dir);
  }
  const Fd file = OpenWithin(folder, dir, path);
  if (!file.ok()) {
    if (IsAbsent(errno)) return std::nullopt;
    return SystemError(path);
  }
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return SystemError(path);
  if (!S_ISREG(info.st_mode)) return std::nullopt;
  return TRY(ReadAll(file, static_cast<size_t>(info.st_size), path, max_size));
}

}  // namespace vouchsafe::storage
