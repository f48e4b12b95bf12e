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

Result<SecretBytes> ResourcePlugin::Read(
    const std::string& key, const std::vector<std::string>& path) const {
  std::optional<Bytes> found = TRY(store_->Get(key));
  if (!found && !nested_dir_.empty()) {
    found = TRY(storage::ReadNested(nested_dir_, path[0], path[1], path[2]));
  }
  if (!found) return NoSuchResource(key);
  return SecretBytes(*std::move(found));
}

Result<SecretBytes> ResourcePlugin::Handle(const PluginRequest& request,
                                           const RequestContext&) {
  const std::string key = TRY(ResourceKey(request.path));
  if (request.method == "GET") return Read(key, request.path);
  if (request.method == "POST") {
    TRY(store_->Set(key, request.body));
    return SecretBytes();
  }
  if (request.method == "DELETE") {
    std::optional<Bytes> old = TRY(store_->Delete(key));
    if (!old) return NoSuchResource(key);
    Cleanse(*old);
    return SecretBytes();
  }
  return Fail(ErrorCode::kUnsupported,
              "resource: want GET, POST or DELETE, got " +
                  std::string(request.method.substr(0, 16)));
}

}  // namespace vouchsafe::kbs
