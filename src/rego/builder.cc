#include "rego/builder.h"

#include <algorithm>

namespace vouchsafe::rego {
namespace {

constexpr size_t kMostKept = 4096;

[[noreturn]] void ThrowKeys() {
  throw Halt{"eval_conflict_error", "", "object keys must be unique"};
}

}  // namespace

void CollectionBuilder::Reset(BuilderKind kind) {
  kind_ = kind;
  // A large one is not kept for the next evaluation.
  if (items_.capacity() > kMostKept) items_ = {};
  if (pairs_.capacity() > kMostKept) pairs_ = {};
  if (entries_.capacity() > kMostKept) entries_ = {};
  items_.clear();
  pairs_.clear();
  entries_.clear();
  compact_at_ = 1024;
  charged_ = 0;
}

void CollectionBuilder::Grow(Budget& budget, size_t bytes) {
  budget.arena.Charge(bytes);
  charged_ += bytes;
}

void CollectionBuilder::Add(Budget& budget, const Value& item) {
  Grow(budget, sizeof(Value));
  items_.push_back(item);
  if (kind_ == BuilderKind::kArray || items_.size() < compact_at_) return;
  budget.Items(items_.size());
  std::sort(items_.begin(), items_.end(), ValueLess());
  items_.erase(std::unique(items_.begin(), items_.end()), items_.end());
  compact_at_ = std::max<size_t>(1024, 2 * items_.size());
}

void CollectionBuilder::Put(Budget& budget, const Value& key,
                            const Value& value) {
  Grow(budget, sizeof(Pair));
  pairs_.push_back({key, value});
}

namespace {

Value Merged(Budget& budget, const Value& base, const Value& rule) {
  if (!base.is_object() && !rule.is_object()) return base;
  if (!base.is_object() || !rule.is_object()) ThrowMerge();
  budget.Items(base.size() + rule.size());
  std::vector<Pair> pairs;
  for (size_t i = 0; i < rule.size(); ++i) {
    pairs.push_back({rule.keys()[i], rule.values()[i]});
  }
  for (size_t i = 0; i < base.size(); ++i) {
    const Value& key = base.keys()[i];
    const Value& value = base.values()[i];
    const Value other = rule.Get(key);
    pairs.push_back(
        {key, other.defined() ? Merged(budget, value, other) : value});
  }
  return MakeObject(budget.arena, std::move(pairs));
}

}  // namespace

void CollectionBuilder::Merge(Budget& budget, const Value& key,
                              const Value& base) {
  for (Pair& pair : pairs_) {
    if (!(pair.key == key)) continue;
    pair.value = Merged(budget, base, pair.value);
    return;
  }
  Put(budget, key, base);
}

void ThrowMerge() {
  throw Halt{"eval_with_merge_error", "",
             "real and replacement data could not be merged"};
}

void CollectionBuilder::PutPath(Budget& budget, std::span<const Value> keys,
                                const Value& value, PathMode mode) {
  if (keys.empty() && mode == PathMode::kMember) return Add(budget, value);
  if (keys.size() == 1 && mode == PathMode::kValue) {
    return Put(budget, keys[0], value);
  }
  Grow(budget, sizeof(Entry) + keys.size() * sizeof(Value));
  entries_.push_back({{keys.begin(), keys.end()}, value, mode});
}

Value CollectionBuilder::Done(Budget& budget, bool empty_is_set) {
  budget.Items(items_.size() + pairs_.size() + entries_.size());
  budget.arena.Release(charged_);
  Arena& arena = budget.arena;
  if (kind_ == BuilderKind::kArray) return MakeArray(arena, items_);
  if (kind_ == BuilderKind::kSet) return MakeSetOf(arena, items_);
  if (entries_.empty() && pairs_.empty()) {
    if (items_.empty() && !empty_is_set) return Value::EmptyObject();
    return MakeSetOf(arena, items_);
  }
  if (entries_.empty() && items_.empty()) {
    const Value out = MakeObjectOf(arena, pairs_, Duplicate::kReject);
    if (!out.defined()) ThrowKeys();
    return out;
  }
  for (const Pair& pair : pairs_) {
    entries_.push_back({{pair.key}, pair.value, PathMode::kValue});
  }
  for (const Value& item : items_) {
    entries_.push_back({{}, item, PathMode::kMember});
  }
  return BuildPaths(budget, entries_, 0);
}

// Entries that agree in their first `level` keys.
Value CollectionBuilder::BuildPaths(Budget& budget, std::span<Entry> entries,
                                    size_t level) {
  budget.Items(entries.size());
  if (level > kMaxValueDepth) {
    ThrowLimit("limit_depth", "a value nests deeper than 512");
  }
  Arena& arena = budget.arena;
  const size_t here = static_cast<size_t>(std::count_if(
      entries.begin(), entries.end(),
      [&](const Entry& entry) { return entry.keys.size() == level; }));
  if (here > 0) {
    if (here != entries.size()) ThrowKeys();
    const PathMode mode = entries[0].mode;
    std::vector<Value> members;
    for (const Entry& entry : entries) {
      if (entry.mode != mode) ThrowKeys();
      if (mode == PathMode::kValue && !(entry.value == entries[0].value)) {
        ThrowKeys();
      }
      members.push_back(entry.value);
    }
    return mode == PathMode::kValue ? members[0]
                                    : MakeSet(arena, std::move(members));
  }
  std::sort(entries.begin(), entries.end(),
            [&](const Entry& a, const Entry& b) {
              return Compare(a.keys[level], b.keys[level]) < 0;
            });
  std::vector<Value> keys, values;
  for (size_t i = 0; i < entries.size();) {
    size_t end = i + 1;
    while (end < entries.size() &&
           entries[end].keys[level] == entries[i].keys[level]) {
      ++end;
    }
    keys.push_back(entries[i].keys[level]);
    values.push_back(
        BuildPaths(budget, entries.subspan(i, end - i), level + 1));
    i = end;
  }
  return MakeSortedObject(arena, keys, values);
}

}  // namespace vouchsafe::rego
