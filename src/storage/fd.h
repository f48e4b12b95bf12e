#pragma once

// Owns a file descriptor; internal to this folder.

#include <unistd.h>

#include <utility>

namespace vouchsafe::storage {

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }
  // The answer of close: some file systems report a failed write only here.
  bool Close() { return close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

}  // namespace vouchsafe::storage
