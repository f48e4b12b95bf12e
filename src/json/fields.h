#pragma once

// Typed access to members of untrusted JSON. Errors give the field's path, the
// type wanted and the type got: "request.verification_requests[0].tee: want a
// string, got null".
//
//   Fields in = TRY(Fields::Of(value, "request"));
//   std::string tee = TRY(in.String("tee"));
//   const Value* policy = in.Optional("policy");

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/encoding.h"
#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::json {

class Fields {
 public:
  // kInvalidInput unless `value` is an object. Borrows `value`.
  static Result<Fields> Of(const Value& value, std::string path);

  const std::string& path() const { return path_; }
  const Object& object() const { return *object_; }
  std::string PathOf(std::string_view name) const;

  // Absent is an error; null is a type error.
  Result<const Value*> Any(std::string_view name) const;  // null is allowed
  Result<std::string> String(std::string_view name) const;
  Result<bool> Bool(std::string_view name) const;
  Result<int64_t> Int(std::string_view name) const;
  // 0 to max, so U8 is Uint(name, 255).
  Result<uint64_t> Uint(std::string_view name, uint64_t max = UINT64_MAX) const;
  Result<const Array*> ArrayOf(std::string_view name) const;
  Result<Fields> ObjectOf(std::string_view name) const;
  // A string that decodes.
  Result<Bytes> Encoded(std::string_view name, Base64 form) const;
  Result<Bytes> Hex(std::string_view name) const;
  // An array of numbers 0 to 255; `size` of them when not 0.
  Result<Bytes> ByteArray(std::string_view name, size_t size = 0) const;

  // Absent and null are nullopt / nullptr; another type is an error.
  const Value* Optional(std::string_view name) const;
  Result<std::optional<std::string>> OptionalString(
      std::string_view name) const;
  Result<std::optional<bool>> OptionalBool(std::string_view name) const;
  Result<std::optional<uint64_t>> OptionalUint(std::string_view name,
                                               uint64_t max = UINT64_MAX) const;

 private:
  Fields(const Object* object, std::string path)
      : object_(object), path_(std::move(path)) {}
  const Object* object_;
  std::string path_;
};

// The same helpers for a value that is already at hand.
Result<std::string> AsString(const Value& value, std::string_view path);
Result<uint64_t> AsUint(const Value& value, std::string_view path,
                        uint64_t max = UINT64_MAX);
Result<Bytes> AsByteArray(const Value& value, std::string_view path,
                          size_t size = 0);

}  // namespace vouchsafe::json
