#include "token/own_keys.h"

namespace vouchsafe::token {

std::optional<jose::Jwk> OwnKeys::Find(std::string_view kid) {
  if (!jwk_set_) return std::nullopt;
  json::Value now = jwk_set_();
  std::shared_ptr<const Parsed> parsed;
  {
    const std::lock_guard lock(mutex_);
    parsed = parsed_;
  }
  if (parsed == nullptr || !(parsed->text == now)) {
    auto keys = jose::JwkSet::FromJson(now);
    if (!keys) return std::nullopt;
    parsed = std::make_shared<const Parsed>(
        Parsed{std::move(now), *std::move(keys)});
    const std::lock_guard lock(mutex_);
    parsed_ = parsed;
  }
  const jose::Jwk* found = parsed->keys.Find(kid);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

}  // namespace vouchsafe::token
