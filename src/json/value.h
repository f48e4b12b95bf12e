#pragma once

// A JSON value (RFC 8259) of our own. Numbers keep their text: an integer that
// fits is an int64 or uint64, everything else a decimal kept as written, so
// that hashing, reference values and policies see what was sent.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace vouchsafe::json {

class Value;
struct Member;

// Members in document order; names are unique. Lookup is linear up to 96
// members and indexed above, so a hostile object costs no quadratic time.
class Object {
 public:
  Object();
  Object(const Object&);
  Object(Object&&) noexcept;
  Object& operator=(const Object&);
  Object& operator=(Object&&) noexcept;
  ~Object();

  const Value* Find(std::string_view name) const;  // nullptr when absent
  Value* Find(std::string_view name);
  // Replaces in place, or appends.
  Value& Set(std::string_view name, Value value);
  // Appends without looking whether the name is there: for names that the
  // program chose, all different (asserted outside release builds).
  void Add(std::string_view name, Value value);
  void Reserve(size_t members);
  bool Erase(std::string_view name);

  size_t size() const;
  bool empty() const { return size() == 0; }
  const Member* begin() const;
  const Member* end() const;

  friend bool operator==(const Object& a, const Object& b);  // order ignored

 private:
  size_t IndexOf(std::string_view name) const;  // size() when absent
  Value& Append(std::string_view name, Value&& value);
  void IndexUpTo(size_t count);
  std::vector<Member> members_;
  // Indexes of members, when large: sorted runs, their lengths the powers of
  // two that make up its size, longest first.
  std::vector<uint32_t> by_name_;
};

using Array = std::vector<Value>;

// A number that is neither int64 nor uint64, as it was written ("0.10", "1e9").
struct Decimal {
  std::string text;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

class Value {
 public:
  enum class Type {
    kNull,
    kBool,
    kInt,
    kUint,
    kDecimal,
    kString,
    kArray,
    kObject
  };

  Value() = default;  // null
  Value(std::nullptr_t) {}
  Value(bool value) : data_(value) {}
  Value(int value) : data_(static_cast<int64_t>(value)) {}
  Value(int64_t value) : data_(value) {}
  // kept as kInt when it fits, so equal numbers have one form
  Value(uint64_t value);
  Value(uint32_t value) : data_(static_cast<int64_t>(value)) {}
  Value(Decimal value) : data_(std::move(value)) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(Array value) : data_(std::move(value)) {}
  Value(Object value) : data_(std::move(value)) {}

  Type type() const { return static_cast<Type>(data_.index()); }
  bool is_null() const { return type() == Type::kNull; }
  bool is_string() const { return type() == Type::kString; }
  bool is_array() const { return type() == Type::kArray; }
  bool is_object() const { return type() == Type::kObject; }
  bool is_number() const;
  // nullptr when of another type
  const bool* if_bool() const { return std::get_if<bool>(&data_); }
  // Of an integer up to INT64_MAX.
  const int64_t* if_int() const { return std::get_if<int64_t>(&data_); }
  const std::string* if_string() const {
    return std::get_if<std::string>(&data_);
  }
  const Array* if_array() const { return std::get_if<Array>(&data_); }
  Array* if_array() { return std::get_if<Array>(&data_); }
  const Object* if_object() const { return std::get_if<Object>(&data_); }
  Object* if_object() { return std::get_if<Object>(&data_); }
  const Decimal* if_decimal() const { return std::get_if<Decimal>(&data_); }
  // Integers in range, whatever their form (1.0 is not an integer here).
  std::optional<int64_t> int64() const {
    if (const auto* value = std::get_if<int64_t>(&data_)) return *value;
    return std::nullopt;  // a kUint is above INT64_MAX
  }
  std::optional<uint64_t> uint64() const {
    if (const auto* value = std::get_if<uint64_t>(&data_)) return *value;
    const auto* value = std::get_if<int64_t>(&data_);
    if (value == nullptr || *value < 0) return std::nullopt;
    return static_cast<uint64_t>(*value);
  }
  // The number's text as it is written out; empty when not a number.
  std::string number_text() const;

  // Member of an object; nullptr when absent or not an object.
  const Value* Find(std::string_view name) const;
  // RFC 6901 pointer; nullptr when it leads nowhere or is malformed.
  const Value* At(std::string_view pointer) const;

  // Numbers by their text, objects without order.
  friend bool operator==(const Value& a, const Value& b);

 private:
  std::variant<std::nullptr_t, bool, int64_t, uint64_t, Decimal, std::string,
               Array, Object>
      data_ = nullptr;
};

struct Member {
  std::string name;
  Value value;
};

// "null", "boolean", "number", "string", "array", "object": for errors.
std::string_view TypeName(const Value& value);

}  // namespace vouchsafe::json
