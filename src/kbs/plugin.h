#pragma once

// What answers below /kbs/v0/<name>/: secrets for guests and their
// administration (kbs.md section 6).

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/request.h"
#include "base/result.h"
#include "base/secret.h"
#include "json/value.h"

namespace vouchsafe::kbs {

struct PluginRequest {
  std::string_view method;
  const std::vector<std::string>& path;  // segments after the plugin's name
  const std::map<std::string, std::string>& query;
  ByteView body;
  // The token's init_data_claims, for requests of guests that have them.
  const json::Value* init_data_claims = nullptr;
};

// Thread-safe.
class Plugin {
 public:
  virtual ~Plugin() = default;
  // May only an administrator send this? Otherwise a token and the resource
  // policy decide.
  virtual Result<bool> NeedsAdmin(const PluginRequest& request) const = 0;
  virtual Result<SecretBytes> Handle(const PluginRequest& request,
                                     const RequestContext& context) = 0;
  // Is the reply encrypted to the guest's key? Asked for guests only.
  virtual Result<bool> Encrypts(const PluginRequest& request) const = 0;
};

// By the name in the route. Built at start, then immutable.
using PluginSet = std::map<std::string, std::unique_ptr<Plugin>, std::less<>>;

}  // namespace vouchsafe::kbs
