#include "json/value.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <charconv>
#include <limits>

namespace vouchsafe::json {
namespace {

constexpr size_t kLinearMembers = 96;
constexpr size_t kFirstMembers = 4;  // room at the first; then it doubles
// Runs up to this length are sorted, longer ones merged: a merge takes memory
// for itself each time, and most objects are small.
constexpr size_t kSortedRun = 64;

// One reference token of RFC 6901 section 4; nullopt for a stray '~'.
std::optional<std::string> UnescapeToken(std::string_view token) {
  std::string out;
  for (size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out.push_back(token[i]);
      continue;
    }
    ++i;
    if (i == token.size() || (token[i] != '0' && token[i] != '1')) {
      return std::nullopt;
    }
    out.push_back(token[i] == '0' ? '~' : '/');
  }
  return out;
}

std::optional<size_t> ArrayIndex(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token[0] == '0')) {
    return std::nullopt;
  }
  size_t index = 0;
  const char* end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, index);
  if (error != std::errc() || stop != end) return std::nullopt;
  return index;
}

}  // namespace

Object::Object() = default;
Object::Object(const Object&) = default;
Object::Object(Object&&) noexcept = default;
Object& Object::operator=(const Object&) = default;
Object& Object::operator=(Object&&) noexcept = default;
Object::~Object() = default;

size_t Object::size() const { return members_.size(); }
const Member* Object::begin() const { return members_.data(); }
const Member* Object::end() const { return members_.data() + members_.size(); }

size_t Object::IndexOf(std::string_view name) const {
  if (by_name_.empty()) {
    for (size_t i = 0; i < members_.size(); ++i) {
      if (members_[i].name == name) return i;
    }
    return members_.size();
  }
  const auto before = [this](uint32_t index, std::string_view wanted) {
    return members_[index].name < wanted;
  };
  size_t start = 0;
  while (start < by_name_.size()) {
    const size_t width = std::bit_floor(by_name_.size() - start);
    const auto first = by_name_.begin() + static_cast<ptrdiff_t>(start);
    const auto last = first + static_cast<ptrdiff_t>(width);
    const auto found = std::lower_bound(first, last, name, before);
    if (found != last && members_[*found].name == name) return *found;
    start += width;
  }
  return members_.size();
}

// Appends one index at a time and merges runs of equal length, as a binary
// counter carries: n log n in all, with no hash that a sender could attack.
void Object::IndexUpTo(size_t count) {
  const auto by_name = [this](uint32_t a, uint32_t b) {
    return members_[a].name < members_[b].name;
  };
  while (by_name_.size() < count) {
    by_name_.push_back(static_cast<uint32_t>(by_name_.size()));
    const auto end = by_name_.end();
    for (size_t width = 1; by_name_.size() % (2 * width) == 0; width *= 2) {
      const auto step = static_cast<ptrdiff_t>(width);
      if (2 * width <= kSortedRun) {
        std::sort(end - 2 * step, end, by_name);
      } else {
        std::inplace_merge(end - 2 * step, end - step, end, by_name);
      }
    }
  }
}

const Value* Object::Find(std::string_view name) const {
  const size_t index = IndexOf(name);
  return index == members_.size() ? nullptr : &members_[index].value;
}

Value* Object::Find(std::string_view name) {
  const size_t index = IndexOf(name);
  return index == members_.size() ? nullptr : &members_[index].value;
}

Value& Object::Set(std::string_view name, Value value) {
  const size_t index = IndexOf(name);
  if (index < members_.size()) {
    members_[index].value = std::move(value);
    return members_[index].value;
  }
  return Append(name, std::move(value));
}

void Object::Add(std::string_view name, Value value) {
  assert(IndexOf(name) == members_.size());
  Append(name, std::move(value));
}

void Object::Reserve(size_t members) { members_.reserve(members); }

Value& Object::Append(std::string_view name, Value&& value) {
  if (members_.capacity() == 0) members_.reserve(kFirstMembers);
  members_.push_back(Member{std::string(name), std::move(value)});
  if (members_.size() > kLinearMembers) IndexUpTo(members_.size());
  return members_.back().value;
}

bool Object::Erase(std::string_view name) {
  const size_t index = IndexOf(name);
  if (index == members_.size()) return false;
  members_.erase(members_.begin() + static_cast<ptrdiff_t>(index));
  by_name_.clear();  // until the next Set; lookups are linear meanwhile
  return true;
}

bool operator==(const Object& a, const Object& b) {
  if (a.size() != b.size()) return false;
  return std::all_of(a.begin(), a.end(), [&b](const Member& member) {
    const Value* other = b.Find(member.name);
    return other != nullptr && *other == member.value;
  });
}

Value::Value(uint64_t value) {
  if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    data_ = static_cast<int64_t>(value);
  } else {
    data_ = value;
  }
}

bool Value::is_number() const {
  return type() == Type::kInt || type() == Type::kUint ||
         type() == Type::kDecimal;
}

std::string Value::number_text() const {
  if (const int64_t* value = std::get_if<int64_t>(&data_)) {
    return std::to_string(*value);
  }
  if (const uint64_t* value = std::get_if<uint64_t>(&data_)) {
    return std::to_string(*value);
  }
  if (const Decimal* value = if_decimal()) return value->text;
  return {};
}

const Value* Value::Find(std::string_view name) const {
  const Object* object = if_object();
  return object == nullptr ? nullptr : object->Find(name);
}

const Value* Value::At(std::string_view pointer) const {
  const Value* here = this;
  while (here != nullptr && !pointer.empty()) {
    if (pointer[0] != '/') return nullptr;
    pointer.remove_prefix(1);
    const size_t end = std::min(pointer.find('/'), pointer.size());
    const auto token = UnescapeToken(pointer.substr(0, end));
    pointer.remove_prefix(end);
    if (!token) return nullptr;
    if (const Array* array = here->if_array()) {
      const auto index = ArrayIndex(*token);
      if (!index || *index >= array->size()) return nullptr;
      here = &(*array)[*index];
    } else {
      here = here->Find(*token);
    }
  }
  return here;
}

bool operator==(const Value& a, const Value& b) { return a.data_ == b.data_; }

std::string_view TypeName(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
      return "null";
    case Value::Type::kBool:
      return "boolean";
    case Value::Type::kInt:
    case Value::Type::kUint:
    case Value::Type::kDecimal:
      return "number";
    case Value::Type::kString:
      return "string";
    case Value::Type::kArray:
      return "array";
    case Value::Type::kObject:
      return "object";
  }
  return "null";
}

}  // namespace vouchsafe::json
