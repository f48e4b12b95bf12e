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

class ResourcePlugin final : public Plugin {
 public:
  // `nested_dir`: where <repository>/<type>/<tag> files are read from when the
  // store lacks a key (mounted secrets); empty for none.
  explicit ResourcePlugin(std::shared_ptr<storage::Store> store,
                          std::string nested_dir = "")
      : store_(std::move(store)), nested_dir_(std::move(nested_dir)) {}

  Result<bool> NeedsAdmin(const PluginRequest& request) const override;
  Result<SecretBytes> Handle(const PluginRequest& request,
                             const RequestContext& context) override;
  Result<bool> Encrypts(const PluginRequest& request) const override;

 private:
  Result<SecretBytes> Read(const std::string& key,
                           const std::vector<std::string>& path) const;

  const std::shared_ptr<storage::Store> store_;
  const std::string nested_dir_;
};

}  // namespace vouchsafe::kbs
