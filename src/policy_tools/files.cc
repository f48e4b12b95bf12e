#include "policy_tools/files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace vouchsafe::policy_tools {
namespace {

Result<std::string> ReadAll(std::istream& in, const std::string& name) {
  std::string text;
  char buffer[16384];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    text.append(buffer, static_cast<size_t>(in.gcount()));
    if (text.size() > kMaxToolFile) {
      return Fail(
          ErrorCode::kTooLarge,
          name + ": more than " + std::to_string(kMaxToolFile) + " bytes");
    }
  }
  if (in.bad()) return Fail(ErrorCode::kUnavailable, "cannot read " + name);
  return text;
}

// What /dev/stdout and process substitution name is no file of that folder.
bool CanBeReplaced(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (path.starts_with("/dev/")) return false;
  return !std::filesystem::exists(status) ||
         std::filesystem::is_regular_file(status);
}

}  // namespace

Result<std::string> ReadWholeFile(const std::string& path) {
  if (path == "-") return ReadAll(std::cin, "standard input");
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return Fail(ErrorCode::kInvalidInput, path + ": is a folder");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return Fail(ErrorCode::kNotFound, path + ": cannot be opened");
  return ReadAll(in, path);
}

Result<std::vector<std::string>> FilesBelow(const std::string& path,
                                            std::string_view ending) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::exists(path, error)) {
    return Fail(ErrorCode::kNotFound, path + ": does not exist");
  }
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> out;
  for (fs::recursive_directory_iterator at(path, error), end;
       !error && at != end; at.increment(error)) {
    const std::string file = at->path().string();
    std::error_code ignored;
    if (at->is_regular_file(ignored) && file.ends_with(ending)) {
      out.push_back(file);
    }
  }
  if (error) {
    return Fail(ErrorCode::kUnavailable, path + ": " + error.message());
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<> ReplaceFile(const std::string& path, const std::string& text) {
  if (!CanBeReplaced(path)) {
    std::ofstream out(path, std::ios::binary | std::ios::app);
    out << text;
    out.flush();
    if (!out) return Fail(ErrorCode::kUnavailable, "cannot write " + path);
    return {};
  }
  const std::string beside = path + ".vouchsafe-new";
  std::error_code error;
  const auto mode = std::filesystem::status(path, error).permissions();
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text;
    out.flush();
    if (!out) {
      std::filesystem::remove(beside, error);
      return Fail(ErrorCode::kUnavailable, "cannot write " + beside);
    }
  }
  if (!error) std::filesystem::permissions(beside, mode, error);
  std::filesystem::rename(beside, path, error);
  if (error) {
    return Fail(ErrorCode::kUnavailable, path + ": " + error.message());
  }
  return {};
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? std::string() : path.substr(0, slash);
}

}  // namespace vouchsafe::policy_tools
