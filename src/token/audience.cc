#include "token/audience.h"

namespace vouchsafe::token {
namespace {

bool IsText(const json::Value& value, std::string_view text) {
  return value.if_string() != nullptr && *value.if_string() == text;
}

}  // namespace

std::string TextClaim(const json::Value& claims, std::string_view name) {
  const json::Value* value = claims.Find(name);
  if (value == nullptr || value->if_string() == nullptr) return "";
  return *value->if_string();
}

bool HasAudience(const json::Value& claims, std::string_view audience) {
  const json::Value* aud = claims.Find("aud");
  if (aud == nullptr) return false;
  const json::Array* list = aud->if_array();
  if (list == nullptr) return IsText(*aud, audience);
  for (const json::Value& entry : *list) {
    if (IsText(entry, audience)) return true;
  }
  return false;
}

}  // namespace vouchsafe::token
