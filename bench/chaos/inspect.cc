#include "bench/chaos/inspect.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/encoding.h"
#include "bench/chaos/contents.h"
#include "json/parse.h"
#include "storage/keys.h"
#include "storage/namespaces.h"

namespace vouchsafe::chaos {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool IsJson(std::string_view text) { return json::Parse(text).has_value(); }

// What a value of this namespace must be at least.
bool IsWhole(std::string_view name_space, std::string_view value) {
  if (name_space == storage::kRepository) return IsWholeResource(value);
  if (name_space == storage::kSessions ||
      name_space == storage::kReferenceValues) {
    return IsJson(value);
  }
  if (name_space == storage::kKbsPolicies ||
      name_space == storage::kAsPolicies || name_space == storage::kOwnKeys) {
    return value.ends_with('\n');
  }
  return !value.empty();
}

// The file of a LocalJson namespace: a JSON object of base64url strings.
std::string WrongInTable(std::string_view name_space, std::string_view text) {
  const auto table = json::Parse(text);
  const json::Object* object = table ? table->if_object() : nullptr;
  if (object == nullptr) return "not a JSON object";
  for (const json::Member& member : *object) {
    const std::string* encoded = member.value.if_string();
    const auto value = encoded != nullptr
                           ? Base64Decode(*encoded, Base64::kUrl)
                           : Result<Bytes>(Fail(ErrorCode::kInvalidInput, ""));
    if (!value || !IsWhole(name_space, AsText(*value))) {
      return "value of " + member.name;
    }
  }
  return "";
}

// Empty when the file is as it should be. `relative` is below the store.
std::string WrongInFile(const fs::path& relative, std::string_view storage,
                        std::string_view text) {
  const std::string top = relative.begin()->string();
  if (top == storage::kMetaFolder) {
    if (relative.filename() == "lock") return "";
    const bool table = storage == "LocalJson";
    return text.empty() || (table && !IsJson(text)) ? "our own file" : "";
  }
  if (storage == "LocalJson") return WrongInTable(top, text);
  return IsWhole(top, text) ? "" : "value";
}

}  // namespace

Inspection Inspect(const std::string& store_folder, std::string_view storage) {
  Inspection out;
  std::map<std::string, size_t> temporary;
  for (const auto& entry : fs::recursive_directory_iterator(store_folder)) {
    if (!entry.is_regular_file()) continue;
    ++out.files;
    const fs::path& path = entry.path();
    if (storage::IsTemporaryName(path.filename().string())) {
      ++out.temporary;
      const size_t here = ++temporary[path.parent_path().string()];
      out.most_temporary = std::max(out.most_temporary, here);
      continue;
    }
    const auto text = Read(path);
    const std::string wrong =
        text
            ? WrongInFile(path.lexically_relative(store_folder), storage, *text)
            : "cannot be read";
    if (!wrong.empty()) out.torn.push_back(path.string() + ": " + wrong);
  }
  return out;
}

std::optional<std::string> StoredValue(const std::string& store_folder,
                                       std::string_view storage,
                                       std::string_view name_space,
                                       std::string_view key) {
  const std::string path = store_folder + "/" + std::string(name_space);
  if (storage == "LocalFs")
    return Read(path + "/" + storage::FileNameOfKey(key));
  const auto text = Read(path);
  const auto table =
      text ? json::Parse(*text)
           : Result<json::Value>(Fail(ErrorCode::kNotFound, "no such file"));
  const json::Value* member = table ? table->Find(key) : nullptr;
  const std::string* encoded =
      member != nullptr ? member->if_string() : nullptr;
  if (encoded == nullptr) return std::nullopt;
  const auto value = Base64Decode(*encoded, Base64::kUrl);
  return value ? ToText(*value) : std::string();
}

}  // namespace vouchsafe::chaos
