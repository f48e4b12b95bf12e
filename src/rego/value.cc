#include "rego/value.h"

#include <algorithm>
#include <cstring>

#include "rego/number.h"

namespace vouchsafe::rego {
namespace {

constexpr uint32_t kMaxCount = 0x7fffffff;

uint16_t DepthOf(std::span<const Value> items, uint16_t depth = 0) {
  for (const Value& item : items) depth = std::max(depth, item.depth());
  return depth;
}

uint16_t Deeper(uint16_t depth) {
  if (depth >= kMaxValueDepth) {
    ThrowLimit("limit_depth", "a value nests deeper than 512");
  }
  return static_cast<uint16_t>(depth + 1);
}

int CompareItems(std::span<const Value> a, std::span<const Value> b) {
  const size_t both = std::min(a.size(), b.size());
  for (size_t i = 0; i < both; ++i) {
    if (const int order = Compare(a[i], b[i])) return order;
  }
  return a.size() < b.size() ? -1 : a.size() > b.size();
}

int CompareObjects(const Value& a, const Value& b) {
  const size_t both = std::min(a.size(), b.size());
  for (size_t i = 0; i < both; ++i) {
    if (const int order = Compare(a.keys()[i], b.keys()[i])) return order;
    if (const int order = Compare(a.values()[i], b.values()[i])) return order;
  }
  return a.size() < b.size() ? -1 : a.size() > b.size();
}

int CompareText(std::string_view a, std::string_view b) {
  const int order = a.compare(b);
  return order < 0 ? -1 : order > 0;
}

uint64_t Mix(uint64_t hash, uint64_t more) {
  hash ^= more + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccdu;
}

uint64_t HashBounded(const Value& value, int& budget) {
  uint64_t hash = static_cast<uint64_t>(value.kind());
  if (--budget < 0) return hash;
  switch (value.kind()) {
    case Kind::kBool:
      return Mix(hash, value.is_true());
    case Kind::kNumber:
      // Equal decimals may be written differently.
      return value.is_int() ? Mix(hash, static_cast<uint64_t>(value.integer()))
                            : hash;
    case Kind::kString:
      return Mix(hash, std::hash<std::string_view>()(value.text()));
    case Kind::kObject:
    case Kind::kArray:
    case Kind::kSet: {
      hash = Mix(hash, value.size());
      for (size_t i = 0; i < value.size() && budget > 0; ++i) {
        hash = Mix(hash, HashBounded(value.items()[i], budget));
        if (value.is_object()) {
          hash = Mix(hash, HashBounded(value.values()[i], budget));
        }
      }
      return hash;
    }
    default:
      return hash;
  }
}

// A text among sorted items. Few are looked at one by one, since most differ
// in length; nearly all objects are small.
const Value* FindText(std::span<const Value> items, std::string_view key) {
  if (items.size() <= 8) {
    for (const Value& item : items) {
      if (item.is_string() && item.size() == key.size() &&
          (key.empty() || item.text().data() == key.data() ||
           std::memcmp(item.text().data(), key.data(), key.size()) == 0)) {
        return &item;
      }
    }
    return nullptr;
  }
  size_t low = 0, high = items.size();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const Value& item = items[middle];
    if (!item.is_string()) {
      (item.kind() < Kind::kString ? low : high) =
          item.kind() < Kind::kString ? middle + 1 : middle;
      continue;
    }
    const int order = item.text().compare(key);
    if (order == 0) return &item;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return nullptr;
}

const Value* FindSorted(std::span<const Value> items, const Value& key) {
  const auto at =
      std::lower_bound(items.begin(), items.end(), key, ValueLess());
  return at != items.end() && Compare(*at, key) == 0 ? &*at : nullptr;
}

}  // namespace

std::string_view KindName(Kind kind) {
  constexpr std::string_view kNames[] = {"undefined", "null",   "boolean",
                                         "number",    "string", "array",
                                         "object",    "set",    "builder"};
  return kNames[static_cast<size_t>(kind)];
}

int Compare(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return a.kind() < b.kind() ? -1 : 1;
  switch (a.kind()) {
    case Kind::kBool:
      return static_cast<int>(a.is_true()) - static_cast<int>(b.is_true());
    case Kind::kNumber:
      return CompareNumbers(a, b);
    case Kind::kString:
      return CompareText(a.text(), b.text());
    case Kind::kArray:
    case Kind::kSet:
      return CompareItems(a.items(), b.items());
    case Kind::kObject:
      return CompareObjects(a, b);
    default:
      return 0;
  }
}

uint64_t HashOf(const Value& value) {
  int budget = 64;
  return HashBounded(value, budget);
}

Value Value::Get(const Value& key) const {
  switch (kind_) {
    case Kind::kArray:
      if (!key.is_int() || key.int_ < 0 || key.int_ >= int64_t{size_}) {
        return {};
      }
      return items_[key.int_];
    case Kind::kObject: {
      const Value* at = key.is_string() ? FindText(keys(), key.text())
                                        : FindSorted(keys(), key);
      return at ? at[size_] : Value();
    }
    case Kind::kSet: {
      const Value* at = FindSorted(items(), key);
      return at ? *at : Value();
    }
    default:
      return {};
  }
}

Value Value::Get(std::string_view key) const { return Get(Text(key)); }

Value MakeText(Arena& arena, std::string_view text) {
  if (text.size() > kMaxCount) {
    ThrowLimit("limit_memory", "a string is longer than 2 GiB");
  }
  return Value::Text(arena.Copy(text));
}

Value MakeArray(Arena& arena, std::span<const Value> items) {
  Value out = Value::EmptyArray();
  if (items.empty()) return out;
  Value* copy = arena.AllocArray<Value>(items.size());
  std::copy(items.begin(), items.end(), copy);
  out.items_ = copy;
  out.size_ = static_cast<uint32_t>(items.size());
  out.depth_ = Deeper(DepthOf(items));
  return out;
}

Value MakeSortedSet(Arena& arena, std::span<const Value> items) {
  Value out = MakeArray(arena, items);
  out.kind_ = Kind::kSet;
  return out;
}

Value MakeSortedObject(Arena& arena, std::span<const Value> keys,
                       std::span<const Value> values) {
  Value out = Value::EmptyObject();
  if (keys.empty()) return out;
  const size_t count = keys.size();
  Value* copy = arena.AllocArray<Value>(2 * count);
  std::copy(keys.begin(), keys.end(), copy);
  std::copy(values.begin(), values.end(), copy + count);
  out.items_ = copy;
  out.size_ = static_cast<uint32_t>(count);
  out.depth_ = Deeper(DepthOf(values, DepthOf(keys)));
  return out;
}

namespace {

constexpr size_t kFew = 24;

// Stable; without memory of its own when there are few.
template <class T, class Less>
void SortStable(std::span<T> items, Less less) {
  if (items.size() > kFew) {
    std::stable_sort(items.begin(), items.end(), less);
    return;
  }
  for (size_t i = 1; i < items.size(); ++i) {
    const T item = items[i];
    size_t at = i;
    for (; at > 0 && less(item, items[at - 1]); --at) items[at] = items[at - 1];
    items[at] = item;
  }
}

}  // namespace

Value MakeSetOf(Arena& arena, std::span<Value> items) {
  std::sort(items.begin(), items.end(), ValueLess());
  const auto end = std::unique(items.begin(), items.end());
  return MakeSortedSet(arena,
                       items.first(static_cast<size_t>(end - items.begin())));
}

Value MakeSet(Arena& arena, std::vector<Value> items) {
  return MakeSetOf(arena, items);
}

Value MakeObjectOf(Arena& arena, std::span<Pair> pairs, Duplicate duplicate) {
  SortStable(pairs, [](const Pair& a, const Pair& b) {
    return Compare(a.key, b.key) < 0;
  });
  size_t count = 0;
  uint16_t depth = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (count > 0 && pairs[count - 1].key == pairs[i].key) {
      Value& known = pairs[count - 1].value;
      if (duplicate == Duplicate::kReject && !(known == pairs[i].value)) {
        return {};
      }
      known = pairs[i].value;
    } else {
      pairs[count++] = pairs[i];
    }
  }
  Value out = Value::EmptyObject();
  if (count == 0) return out;
  Value* items = arena.AllocArray<Value>(2 * count);
  for (size_t i = 0; i < count; ++i) {
    items[i] = pairs[i].key;
    items[count + i] = pairs[i].value;
    depth = std::max({depth, items[i].depth(), items[count + i].depth()});
  }
  out.items_ = items;
  out.size_ = static_cast<uint32_t>(count);
  out.depth_ = Deeper(depth);
  return out;
}

Value MakeObject(Arena& arena, std::vector<Pair> pairs, Duplicate duplicate) {
  return MakeObjectOf(arena, pairs, duplicate);
}

Value CopyInto(Arena& arena, const Value& value) {
  switch (value.kind()) {
    case Kind::kString:
      return MakeText(arena, value.text());
    case Kind::kNumber:
      return value.is_int() ? value
                            : Value::DecimalText(arena.Copy(value.text()));
    case Kind::kArray:
    case Kind::kSet:
    case Kind::kObject: {
      std::vector<Value> items;
      for (const Value& item : value.items()) {
        items.push_back(CopyInto(arena, item));
      }
      if (value.is_array()) return MakeArray(arena, items);
      if (value.is_set()) return MakeSortedSet(arena, items);
      std::vector<Value> values;
      for (const Value& item : value.values()) {
        values.push_back(CopyInto(arena, item));
      }
      return MakeSortedObject(arena, items, values);
    }
    default:
      return value;
  }
}

}  // namespace vouchsafe::rego
