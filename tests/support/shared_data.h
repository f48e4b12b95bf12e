#pragma once

// Data made by others (vectors, real evidence, recorded answers) that stands
// beside the checkout and is not part of it. Tests that need it are skipped,
// visibly, where it is absent.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace vouchsafe::testing {

// So that `testing::Test` means gtest's inside namespace vouchsafe too.
using namespace ::testing;  // NOLINT(google-build-using-namespace)

// Absolute path of `relative` below the shared folder (environment variable
// VOUCHSAFE_SHARED, else ../shared beside the checkout); nullopt when absent.
std::optional<std::string> SharedPath(const std::string& relative);
// A whole file; fails the running test when it cannot be read.
std::string ReadFile(const std::string& path);
// Regular files of a folder, sorted by name, full paths.
std::vector<std::string> FilesIn(const std::string& folder);
// A fresh empty folder, removed with everything in it when dropped.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace vouchsafe::testing

// SHARED_OR_SKIP(path, "evidence/snp"); declares `path`, or skips the test.
#define SHARED_OR_SKIP(variable, relative)                                  \
  const auto variable##_found = ::vouchsafe::testing::SharedPath(relative); \
  if (!variable##_found) GTEST_SKIP() << "not here: shared/" << (relative); \
  const std::string& variable = *variable##_found
