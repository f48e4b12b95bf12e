#pragma once

// A Rego value: an immutable handle of 16 bytes. Text and elements live in an
// arena or document that outlives it. Objects and sets are sorted arrays.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "rego/arena.h"

namespace vouchsafe::rego {

// In the order of the language (null < boolean < ... < set). kUndefined is the
// absence of a value; kBuilder is a collection being built by the machine.
enum class Kind : uint8_t {
  kUndefined,
  kNull,
  kBool,
  kNumber,
  kString,
  kArray,
  kObject,
  kSet,
  kBuilder
};

// "null", "boolean", ...
std::string_view KindName(Kind kind);

// Values nest no deeper, so that walking them needs no guard.
inline constexpr uint16_t kMaxValueDepth = 512;

struct Pair;
enum class Duplicate { kLastWins, kReject };

class Value {
 public:
  constexpr Value() = default;  // undefined
  static Value Null() { return Value(Kind::kNull); }
  static Value Bool(bool value) {
    Value out(Kind::kBool);
    out.flag_ = value;
    return out;
  }
  static Value Int(int64_t value) {
    Value out(Kind::kNumber);
    out.flag_ = 1;
    out.int_ = value;
    return out;
  }
  // Borrows.
  static Value Text(std::string_view text) {
    Value out(Kind::kString);
    out.text_ = text.data();
    out.size_ = static_cast<uint32_t>(text.size());
    return out;
  }
  // A number that is not an int64: its decimal text (number.h makes these).
  static Value DecimalText(std::string_view text) {
    Value out = Text(text);
    out.kind_ = Kind::kNumber;
    return out;
  }
  static Value Builder(uint32_t index) {
    Value out(Kind::kBuilder);
    out.int_ = index;
    return out;
  }
  // Of positions in code, for the machine alone.
  static Value List(const uint32_t* items, uint32_t count) {
    Value out(Kind::kBuilder);
    out.list_ = items;
    out.size_ = count;
    return out;
  }
  const uint32_t* list() const { return list_; }
  static Value EmptyArray() { return Value(Kind::kArray); }
  static Value EmptyObject() { return Value(Kind::kObject); }
  static Value EmptySet() { return Value(Kind::kSet); }

  Kind kind() const { return kind_; }
  bool defined() const { return kind_ != Kind::kUndefined; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_number() const { return kind_ == Kind::kNumber; }
  bool is_array() const { return kind_ == Kind::kArray; }
  bool is_object() const { return kind_ == Kind::kObject; }
  bool is_set() const { return kind_ == Kind::kSet; }
  bool is_collection() const {
    return kind_ == Kind::kArray || kind_ == Kind::kObject ||
           kind_ == Kind::kSet;
  }
  bool is_false() const { return kind_ == Kind::kBool && flag_ == 0; }
  bool is_true() const { return kind_ == Kind::kBool && flag_ != 0; }
  bool is_int() const { return kind_ == Kind::kNumber && flag_ != 0; }
  int64_t integer() const { return int_; }  // is_int() only
  uint32_t builder() const { return static_cast<uint32_t>(int_); }
  // Of a string, or of a number that is not is_int().
  std::string_view text() const { return {text_, size_}; }
  uint32_t size() const { return size_; }
  uint16_t depth() const { return depth_; }
  // Elements of an array or set; keys of an object.
  std::span<const Value> items() const { return {items_, size_}; }
  std::span<const Value> keys() const { return {items_, size_}; }
  std::span<const Value> values() const { return {items_ + size_, size_}; }

  // By key of the right kind: array index, object key, set member (which gives
  // the member). Undefined when there is none or this is no collection.
  Value Get(const Value& key) const;
  Value Get(std::string_view key) const;  // objects

 private:
  friend Value MakeArray(Arena&, std::span<const Value>);
  friend Value MakeSortedSet(Arena&, std::span<const Value>);
  friend Value MakeSortedObject(Arena&, std::span<const Value>,
                                std::span<const Value>);
  friend Value MakeObjectOf(Arena&, std::span<Pair>, Duplicate);
  explicit constexpr Value(Kind kind) : kind_(kind) {}

  Kind kind_ = Kind::kUndefined;
  uint8_t flag_ = 0;  // bool: its value; number: 1 when an int64
  uint16_t depth_ = 0;
  uint32_t size_ = 0;
  union {
    int64_t int_ = 0;
    const char* text_;
    const Value* items_;
    const uint32_t* list_;
  };
};
static_assert(sizeof(Value) == 16);

// The total order: negative, 0 or positive.
int Compare(const Value& a, const Value& b);
inline bool operator==(const Value& a, const Value& b) {
  return Compare(a, b) == 0;
}
struct ValueLess {
  bool operator()(const Value& a, const Value& b) const {
    return Compare(a, b) < 0;
  }
};
// Equal values have equal hashes. Looks at a bounded part of large values.
uint64_t HashOf(const Value& value);

Value MakeText(Arena& arena, std::string_view text);
Value MakeArray(Arena& arena, std::span<const Value> items);
// Already sorted and unique.
Value MakeSortedSet(Arena& arena, std::span<const Value> items);
Value MakeSortedObject(Arena& arena, std::span<const Value> keys,
                       std::span<const Value> values);
// Sorts; takes the vector apart.
Value MakeSet(Arena& arena, std::vector<Value> items);
struct Pair {
  Value key;
  Value value;
};
// Undefined when kReject meets two different values for one key.
Value MakeObject(Arena& arena, std::vector<Pair> pairs,
                 Duplicate duplicate = Duplicate::kLastWins);
// The same, leaving the storage of the arguments to the caller.
Value MakeSetOf(Arena& arena, std::span<Value> items);
Value MakeObjectOf(Arena& arena, std::span<Pair> pairs,
                   Duplicate duplicate = Duplicate::kLastWins);
// A copy that depends on `arena` alone.
Value CopyInto(Arena& arena, const Value& value);

}  // namespace vouchsafe::rego
