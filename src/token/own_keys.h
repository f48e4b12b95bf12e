#pragma once

// The keys of the attestation service in this process, as it publishes them at
// this moment. Thread-safe; parsed once per change.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "jose/jwk.h"
#include "json/value.h"

namespace vouchsafe::token {

class OwnKeys {
 public:
  // Empty function: no keys.
  explicit OwnKeys(std::function<json::Value()> jwk_set)
      : jwk_set_(std::move(jwk_set)) {}
  std::optional<jose::Jwk> Find(std::string_view kid);

 private:
  struct Parsed {
    json::Value text;
    jose::JwkSet keys;
  };
  const std::function<json::Value()> jwk_set_;
  std::mutex mutex_;
  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace vouchsafe::token
