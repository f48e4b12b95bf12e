#pragma once

// Builds values of the shapes that Go's encoding/json gives.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/encoding.h"
#include "rego/builtin_call.h"

namespace vouchsafe::rego_ext {

class ValueMaker {
 public:
  explicit ValueMaker(rego::BuiltinCall& call) : call_(call) {}

  rego::Value Text(std::string_view text) { return call_.Text(text); }
  // []byte: base64.
  rego::Value Bytes64(std::string_view bytes) {
    return call_.Text(Base64Encode(AsBytes(bytes)));
  }
  rego::Value Number(int64_t number) { return rego::Value::Int(number); }
  rego::Value Bool(bool value) { return rego::Value::Bool(value); }
  // A big-endian magnitude.
  rego::Value Unsigned(std::string_view bytes) {
    rego::BigInt out;
    for (const char byte : bytes) {
      out = out.ShiftLeft(8) +
            rego::BigInt(int64_t{static_cast<unsigned char>(byte)});
    }
    call_.budget.Bytes(bytes.size() * bytes.size());
    return out.ToValue(call_.arena);
  }
  rego::Value Oid(const std::vector<uint64_t>& oid) {
    std::vector<rego::Value> arcs;
    for (const uint64_t arc : oid) {
      arcs.push_back(rego::Value::Int(static_cast<int64_t>(arc)));
    }
    return List(arcs);
  }
  // null when empty, as Go's nil slices.
  rego::Value List(const std::vector<rego::Value>& items) {
    if (items.empty()) return rego::Value::Null();
    return rego::MakeArray(call_.arena, items);
  }
  rego::Value Texts(const std::vector<std::string>& texts) {
    std::vector<rego::Value> items;
    for (const std::string& text : texts) items.push_back(Text(text));
    return List(items);
  }
  using Field = std::pair<std::string_view, rego::Value>;
  rego::Value Object(const std::vector<Field>& fields) {
    std::vector<rego::Pair> pairs;
    for (const auto& [name, value] : fields) {
      pairs.push_back({Text(name), value});
    }
    return rego::MakeObject(call_.arena, std::move(pairs));
  }

  rego::BuiltinCall& call() { return call_; }

 private:
  rego::BuiltinCall& call_;
};

}  // namespace vouchsafe::rego_ext
