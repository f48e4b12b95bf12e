#include "rego_ext/jwt_token.h"

#include <algorithm>

#include "rego/builtins/go_base64.h"
#include "rego/document.h"

namespace vouchsafe::rego_ext {

using rego::BuiltinCall;
using rego::Value;

std::string_view TextMember(const Value& object, std::string_view name) {
  const Value member = object.Get(name);
  return member.is_string() ? member.text() : std::string_view();
}

bool SplitToken(BuiltinCall& call, std::string_view text, Token* out) {
  call.budget.Bytes(text.size());
  const size_t first = text.find('.');
  if (first == std::string_view::npos) {
    call.Fail("encoded JWT had no period separators");
    return false;
  }
  const auto dots = std::count(text.begin(), text.end(), '.');
  if (dots != 2) {
    call.Fail("encoded JWT must have 3 sections, found " +
              std::to_string(dots + 1));
    return false;
  }
  const size_t second = text.find('.', first + 1);
  out->header_text = text.substr(0, first);
  out->payload_text = text.substr(first + 1, second - first - 1);
  out->signature_text = text.substr(second + 1);
  return true;
}

bool DecodePart(BuiltinCall& call, std::string_view text, std::string_view what,
                std::string* out) {
  call.budget.Bytes(text.size());
  call.arena.Need(text.size() * 2);
  std::string why;
  auto bytes = rego::GoBase64UrlDecode(text, &why);
  if (!bytes) {
    const std::string prefix =
        what.empty() ? ""
                     : "JWT " + std::string(what) + " had invalid encoding: ";
    call.Fail(prefix + why);
    return false;
  }
  *out = std::move(*bytes);
  return true;
}

bool ReadObject(BuiltinCall& call, std::string_view text,
                std::string_view prefix, Value* out) {
  call.budget.Bytes(text.size());
  call.arena.Need(text.size() * 16);
  json::ParseOptions options = rego::Document::DefaultParseOptions();
  options.max_number_digits = call.budget.limits.number_digits;
  const auto value =
      rego::ReadJson(call.arena, call.Text(text).text(), options);
  if (!value) {
    call.Fail(std::string(prefix) + "invalid JSON: " + value.error().message);
    return false;
  }
  if (!value->is_object()) {
    call.Fail(std::string(prefix) + "decoded JSON type was not an Object");
    return false;
  }
  *out = *value;
  return true;
}

bool ReadHeader(BuiltinCall& call, Token* token) {
  std::string text;
  if (!DecodePart(call, token->header_text, "header", &text) ||
      !ReadObject(call, text, "bad JWT header: ", &token->header)) {
    return false;
  }
  // RFC 7516 section 9: encrypted tokens have "enc".
  if (!token->header.Get("enc").defined()) return true;
  call.Fail("JWT is a JWE object, which is not supported");
  return false;
}

}  // namespace vouchsafe::rego_ext
