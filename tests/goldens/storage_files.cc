#include "tests/goldens/storage_files.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/encoding.h"
#include "json/parse.h"
#include "tests/goldens/cli_program.h"
#include "tests/goldens/transcript.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::goldens {
namespace {

namespace fs = std::filesystem;
using vouchsafe::testing::ReadFile;

constexpr std::string_view kTextOf = "the text of ";

// "... the text of <path>": that file.
std::string NamedText(std::string_view name, const std::string& shared) {
  const size_t at = name.find(kTextOf);
  EXPECT_NE(at, std::string_view::npos) << name;
  if (at == std::string_view::npos) return "";
  return ReadFile(shared + "/" + std::string(name.substr(at + kTextOf.size())));
}

std::string Content(const json::Value& file, const std::string& shared) {
  if (const json::Value* same = file.Find("same_as")) {
    return NamedText(*same->if_string(), shared);
  }
  if (file.Find("base64") != nullptr) {
    return ToText(*Base64Decode(TextOf(file, "/base64")));
  }
  std::string text = TextOf(file, "/text");
  constexpr std::string_view kPlace = "<base64url with padding of ";
  for (size_t at = 0; (at = text.find(kPlace, at)) != std::string::npos;) {
    const size_t end = text.find('>', at);
    const std::string named =
        NamedText(std::string_view(text).substr(at, end - at), shared);
    text.replace(at, end - at + 1, Base64Encode(AsBytes(named), Base64::kUrl));
  }
  return text;
}

}  // namespace

Files RecordedFiles(const json::Value& recording, const std::string& shared) {
  Files files;
  for (const json::Member& file :
       *recording.Find("files_below_the_storage_directory")->if_object()) {
    files[file.name] = Content(file.value, shared);
  }
  return files;
}

Files FilesBelow(const std::string& dir) {
  Files files;
  for (const auto& entry : fs::recursive_directory_iterator(dir)) {
    const std::string name = fs::relative(entry.path(), dir).string();
    if (!entry.is_regular_file() || name.starts_with("vouchsafe_")) continue;
    files[name] = ReadFile(entry.path().string());
  }
  return files;
}

void WriteFiles(const Files& files, const std::string& dir) {
  for (const auto& [name, content] : files) {
    const fs::path path = fs::path(dir) / name;
    fs::create_directories(path.parent_path());
    WriteFile(path.string(), content);
  }
}

Files KeysOfJsonFiles(const Files& files) {
  Files keys;
  for (const auto& [name, content] : files) {
    const auto object = json::Parse(content);
    EXPECT_TRUE(object && object->is_object()) << name << ": " << content;
    if (!object || !object->is_object()) continue;
    for (const json::Member& member : *object->if_object()) {
      const auto value = Base64Decode(*member.value.if_string(), Base64::kUrl);
      EXPECT_TRUE(value) << name << ": " << member.name;
      if (value) keys[name + "/" + member.name] = ToText(*value);
    }
  }
  return keys;
}

}  // namespace vouchsafe::goldens
