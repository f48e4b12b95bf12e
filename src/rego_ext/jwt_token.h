#pragma once

// JSON Web Tokens in compact form (RFC 7519), with OPA's errors.

#include <string>
#include <string_view>

#include "rego/builtin_call.h"

namespace vouchsafe::rego_ext {

struct Token {
  std::string_view header_text, payload_text, signature_text;  // base64url
  rego::Value header;  // an object; set by ReadHeader

  std::string_view signing_input() const {
    return {header_text.data(), header_text.size() + 1 + payload_text.size()};
  }
};

// Each is false with an error noted.
bool SplitToken(rego::BuiltinCall& call, std::string_view text, Token* out);
bool ReadHeader(rego::BuiltinCall& call, Token* token);
// Of the payload: "JWT payload had invalid encoding" before Go's words.
bool DecodePart(rego::BuiltinCall& call, std::string_view text,
                std::string_view what, std::string* out);
bool ReadObject(rego::BuiltinCall& call, std::string_view text,
                std::string_view prefix, rego::Value* out);

// A member that is a string; empty when it is not there or another value.
std::string_view TextMember(const rego::Value& object, std::string_view name);

}  // namespace vouchsafe::rego_ext
