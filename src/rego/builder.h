#pragma once

// A collection while it is being filled: of a comprehension, a partial rule or
// a package.

#include <vector>

#include "rego/budget.h"
#include "rego/ir.h"

namespace vouchsafe::rego {

class CollectionBuilder {
 public:
  explicit CollectionBuilder(BuilderKind kind = BuilderKind::kArray)
      : kind_(kind) {}

  void Reset(BuilderKind kind);
  void Add(Budget& budget, const Value& item);
  void Put(Budget& budget, const Value& key, const Value& value);
  // A value of base data under a key that a rule may have as well: objects
  // merge, otherwise the base data shows. Throws eval_with_merge_error when
  // just one of the two is an object.
  void Merge(Budget& budget, const Value& key, const Value& base);
  void PutPath(Budget& budget, std::span<const Value> keys, const Value& value,
               PathMode mode);
  // Throws eval_conflict_error when one key has two values.
  Value Done(Budget& budget, bool empty_is_set);

 private:
  struct Entry {
    std::vector<Value> keys;
    Value value;
    PathMode mode;
  };
  void Grow(Budget& budget, size_t bytes);
  Value BuildPaths(Budget& budget, std::span<Entry> entries, size_t level);

  BuilderKind kind_;
  std::vector<Value> items_;
  std::vector<Pair> pairs_;
  std::vector<Entry> entries_;
  size_t compact_at_ = 1024;
  size_t charged_ = 0;
};

// Base data and rules at one place, of which just one side is an object.
[[noreturn]] void ThrowMerge();

}  // namespace vouchsafe::rego
