#pragma once

// The plugin `resource`: secrets by <repository>/<type>/<tag> (kbs.md 6.1).

#include <memory>
#include <optional>
#include <string>

#include "kbs/plugin.h"
#include "storage/store.h"

namespace vouchsafe::kbs {

// "a/b/c" of valid parts, each [A-Za-z0-9_-][A-Za-z0-9_.-]*; kInvalidInput
// otherwise.
Result<std::string> ResourceKey(const std::vector<std::string>& path);

// Where secrets are written, and looked for first; both places are read.
enum class ResourceLayout {
  kStore,
  kNested,  // files <nested_dir>/<repository>/<type>/<tag>
};

class ResourcePlugin final : public Plugin {
 public:
  // `nested_dir`: of files <repository>/<type>/<tag>, such as mounted secrets;
  // empty for none, and then the layout is kStore.
  explicit ResourcePlugin(std::shared_ptr<storage::Store> store,
                          std::string nested_dir = "",
                          ResourceLayout layout = ResourceLayout::kStore)
      : store_(std::move(store)),
        nested_dir_(std::move(nested_dir)),
        layout_(nested_dir_.empty() ? ResourceLayout::kStore : layout) {}

  Result<bool> NeedsAdmin(const PluginRequest& request) const override;
  Result<SecretBytes> Handle(const PluginRequest& request,
                             const RequestContext& context) override;
  Result<bool> Encrypts(const PluginRequest& request) const override;

 private:
  Result<SecretBytes> Read(const std::string& key,
                           const std::vector<std::string>& path) const;
  Result<std::optional<Bytes>> ReadFile(
      const std::vector<std::string>& path) const;
  Result<> Write(const std::string& key, const std::vector<std::string>& path,
                 ByteView value) const;
  Result<> Delete(const std::string& key,
                  const std::vector<std::string>& path) const;

  const std::shared_ptr<storage::Store> store_;
  const std::string nested_dir_;
  const ResourceLayout layout_;
};

}  // namespace vouchsafe::kbs
