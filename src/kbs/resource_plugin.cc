#include "kbs/resource_plugin.h"

#include "storage/nested.h"

namespace vouchsafe::kbs {
namespace {

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool IsName(const std::string& part) {
  if (part.empty() || !IsNameByte(part[0])) return false;
  for (const char c : part) {
    if (!IsNameByte(c) && c != '.') return false;
  }
  return true;
}

tl::unexpected<Error> NoSuchResource(const std::string& key) {
  return Fail(ErrorCode::kNotFound, "no resource \"" + key + "\"");
}

}  // namespace

Result<std::string> ResourceKey(const std::vector<std::string>& path) {
  std::string key;
  for (const std::string& part : path) {
    if (!key.empty()) key += '/';
    key += part;
  }
  if (path.size() != 3 || !IsName(path[0]) || !IsName(path[1]) ||
      !IsName(path[2])) {
    return Fail(ErrorCode::kInvalidInput,
                "resource path: want <repository>/<type>/<tag>, each of "
                "letters, digits, _, - and (not first) '.', got \"" +
                    key.substr(0, 128) + "\"");
  }
  return key;
}

Result<bool> ResourcePlugin::NeedsAdmin(const PluginRequest& request) const {
  return request.method == "POST" || request.method == "DELETE";
}

Result<bool> ResourcePlugin::Encrypts(const PluginRequest&) const {
  return true;
}

Result<std::optional<Bytes>> ResourcePlugin::ReadFile(
    const std::vector<std::string>& path) const {
  if (nested_dir_.empty()) return std::nullopt;
  return storage::ReadNested(nested_dir_, path[0], path[1], path[2]);
}

Result<SecretBytes> ResourcePlugin::Read(
    const std::string& key, const std::vector<std::string>& path) const {
  const bool files_first = layout_ == ResourceLayout::kNested;
  std::optional<Bytes> found =
      TRY(files_first ? ReadFile(path) : store_->Get(key));
  if (!found) found = TRY(files_first ? store_->Get(key) : ReadFile(path));
  if (!found) return NoSuchResource(key);
  return SecretBytes(*std::move(found));
}

Result<> ResourcePlugin::Write(const std::string& key,
                               const std::vector<std::string>& path,
                               ByteView value) const {
  if (layout_ == ResourceLayout::kNested) {
    return storage::WriteNested(nested_dir_, path[0], path[1], path[2], value);
  }
  TRY(store_->Set(key, value));
  return {};
}

// From both places when both are written to, or a value of before would show
// again.
Result<> ResourcePlugin::Delete(const std::string& key,
                                const std::vector<std::string>& path) const {
  bool found = false;
  if (layout_ == ResourceLayout::kNested) {
    found = TRY(storage::DeleteNested(nested_dir_, path[0], path[1], path[2]));
  }
  if (std::optional<Bytes> old = TRY(store_->Delete(key))) {
    Cleanse(*old);
    found = true;
  }
  if (!found) return NoSuchResource(key);
  return {};
}

Result<SecretBytes> ResourcePlugin::Handle(const PluginRequest& request,
                                           const RequestContext&) {
  const std::string key = TRY(ResourceKey(request.path));
  if (request.method == "GET") return Read(key, request.path);
  if (request.method == "POST") {
    TRY(Write(key, request.path, request.body));
    return SecretBytes();
  }
  if (request.method == "DELETE") {
    TRY(Delete(key, request.path));
    return SecretBytes();
  }
  return Fail(ErrorCode::kUnsupported,
              "resource: want GET, POST or DELETE, got " +
                  std::string(request.method.substr(0, 16)));
}

}  // namespace vouchsafe::kbs
