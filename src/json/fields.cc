#include "json/fields.h"

namespace vouchsafe::json {
namespace {

tl::unexpected<Error> Mismatch(std::string_view path, std::string_view wanted,
                               std::string_view got) {
  return Fail(ErrorCode::kInvalidInput, std::string(path) + ": want " +
                                            std::string(wanted) + ", got " +
                                            std::string(got));
}

tl::unexpected<Error> WrongType(std::string_view path, std::string_view wanted,
                                const Value& got) {
  return Mismatch(path, wanted, TypeName(got));
}

Result<bool> AsBool(const Value& value, std::string_view path) {
  if (const bool* truth = value.if_bool()) return *truth;
  return WrongType(path, "a boolean", value);
}

// The decoder's message behind the field's path.
Result<Bytes> AtPath(Result<Bytes> decoded, const std::string& path) {
  if (!decoded) {
    return Fail(ErrorCode::kInvalidInput, path + ": " + decoded.error().Text());
  }
  return decoded;
}

// Paths and wants are made only where they are told: reading what is right
// takes no memory but its own.
bool FitsUint(const Value& value, uint64_t max) {
  const auto number = value.uint64();
  return number && *number <= max;
}

}  // namespace

Result<std::string> AsString(const Value& value, std::string_view path) {
  if (const std::string* text = value.if_string()) return *text;
  return WrongType(path, "a string", value);
}

Result<uint64_t> AsUint(const Value& value, std::string_view path,
                        uint64_t max) {
  const auto number = value.uint64();
  if (number && *number <= max) return *number;
  const std::string wanted = "an integer from 0 to " + std::to_string(max);
  if (!value.is_number()) return WrongType(path, wanted, value);
  return Mismatch(path, wanted, value.number_text().substr(0, 40));
}

Result<Bytes> AsByteArray(const Value& value, std::string_view path,
                          size_t size) {
  const Array* array = value.if_array();
  if (array == nullptr) return WrongType(path, "an array of bytes", value);
  if (size != 0 && array->size() != size) {
    return Mismatch(path, "an array of " + std::to_string(size) + " bytes",
                    std::to_string(array->size()));
  }
  Bytes bytes(array->size());
  for (size_t i = 0; i < array->size(); ++i) {
    const Value& element = (*array)[i];
    const int64_t* number = element.if_int();
    if (number == nullptr || *number < 0 || *number > 255) {
      TRY(AsUint(element, std::string(path) + "[" + std::to_string(i) + "]",
                 255));
    }
    bytes[i] = static_cast<uint8_t>(*number);
  }
  return bytes;
}

Result<Fields> Fields::Of(const Value& value, std::string path) {
  const Object* object = value.if_object();
  if (object == nullptr) return WrongType(path, "an object", value);
  return Fields(object, std::move(path));
}

std::string Fields::PathOf(std::string_view name) const {
  if (path_.empty()) return std::string(name);
  return path_ + "." + std::string(name);
}

Result<const Value*> Fields::Any(std::string_view name) const {
  const Value* value = object_->Find(name);
  if (value == nullptr) return Mismatch(PathOf(name), "a value", "nothing");
  return value;
}

Result<std::string> Fields::String(std::string_view name) const {
  const Value* value = object_->Find(name);
  if (value == nullptr) return Mismatch(PathOf(name), "a string", "nothing");
  if (const std::string* text = value->if_string()) return *text;
  return AsString(*value, PathOf(name));
}

Result<bool> Fields::Bool(std::string_view name) const {
  const Value* value = object_->Find(name);
  if (value == nullptr) return Mismatch(PathOf(name), "a boolean", "nothing");
  if (const bool* truth = value->if_bool()) return *truth;
  return AsBool(*value, PathOf(name));
}

Result<int64_t> Fields::Int(std::string_view name) const {
  const Value* value = object_->Find(name);
  if (value == nullptr) {
    return Mismatch(PathOf(name), "an integer", "nothing");
  }
  if (!value->is_number()) {
    return WrongType(PathOf(name), "an integer", *value);
  }
  const auto number = value->int64();
  if (!number) {
    return Mismatch(PathOf(name), "an integer of 64 bits",
                    value->number_text().substr(0, 40));
  }
  return *number;
}

Result<uint64_t> Fields::Uint(std::string_view name, uint64_t max) const {
  const Value* value = object_->Find(name);
  if (value == nullptr) {
    return Mismatch(PathOf(name), "an integer from 0 to " + std::to_string(max),
                    "nothing");
  }
  if (FitsUint(*value, max)) return *value->uint64();
  return AsUint(*value, PathOf(name), max);
}

Result<const Array*> Fields::ArrayOf(std::string_view name) const {
  const Value* value = object_->Find(name);
  if (value == nullptr) return Mismatch(PathOf(name), "an array", "nothing");
  const Array* array = value->if_array();
  if (array == nullptr) return WrongType(PathOf(name), "an array", *value);
  return array;
}

Result<Fields> Fields::ObjectOf(std::string_view name) const {
  const Value* value = object_->Find(name);
  if (value == nullptr) return Mismatch(PathOf(name), "an object", "nothing");
  return Of(*value, PathOf(name));
}

Result<Bytes> Fields::Encoded(std::string_view name, Base64 form) const {
  const std::string text = TRY(String(name));
  return AtPath(Base64Decode(text, form), PathOf(name));
}

Result<Bytes> Fields::Hex(std::string_view name) const {
  const std::string text = TRY(String(name));
  return AtPath(HexDecode(text), PathOf(name));
}

Result<Bytes> Fields::ByteArray(std::string_view name, size_t size) const {
  const Value* value = object_->Find(name);
  if (value == nullptr) {
    return Mismatch(PathOf(name), "an array of bytes", "nothing");
  }
  return AsByteArray(*value, PathOf(name), size);
}

const Value* Fields::Optional(std::string_view name) const {
  const Value* value = object_->Find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Result<std::optional<std::string>> Fields::OptionalString(
    std::string_view name) const {
  const Value* value = Optional(name);
  if (value == nullptr) return std::nullopt;
  if (const std::string* known = value->if_string())
    return std::optional(*known);
  std::string text = TRY(AsString(*value, PathOf(name)));
  return std::optional(std::move(text));
}

Result<std::optional<bool>> Fields::OptionalBool(std::string_view name) const {
  const Value* value = Optional(name);
  if (value == nullptr) return std::nullopt;
  const bool truth = TRY(AsBool(*value, PathOf(name)));
  return std::optional(truth);
}

Result<std::optional<uint64_t>> Fields::OptionalUint(std::string_view name,
                                                     uint64_t max) const {
  const Value* value = Optional(name);
  if (value == nullptr) return std::nullopt;
  if (FitsUint(*value, max)) return value->uint64();
  const uint64_t number = TRY(AsUint(*value, PathOf(name), max));
  return std::optional(number);
}

}  // namespace vouchsafe::json
