#pragma once

// What functions answered, by function and arguments, within one evaluation.
// Arguments live in the evaluation's arena.

#include <span>
#include <vector>

#include "rego/budget.h"
#include "rego/value.h"

namespace vouchsafe::rego {

class CallTable {
 public:
  static uint64_t HashFor(uint32_t function, std::span<const Value> args) {
    uint64_t hash = function;
    for (const Value& arg : args) hash = hash * 31 + HashOf(arg);
    return hash;
  }

  // Null when it is not known.
  const Value* Find(Budget& budget, uint32_t function,
                    std::span<const Value> args, uint64_t hash) const {
    if (slots_.empty()) return nullptr;
    for (size_t at = hash & (slots_.size() - 1); slots_[at] != 0;
         at = (at + 1) & (slots_.size() - 1)) {
      const Entry& entry = entries_[slots_[at] - 1];
      if (entry.hash != hash || entry.function != function) continue;
      budget.Step();
      if (std::equal(args.begin(), args.end(), entry.args,
                     entry.args + entry.count)) {
        return &entry.value;
      }
    }
    return nullptr;
  }

  void Add(Budget& budget, uint32_t function, std::span<const Value> args,
           uint64_t hash, const Value& value) {
    budget.arena.Charge(sizeof(Entry) + 2 * sizeof(uint32_t));
    Value* kept = budget.arena.AllocArray<Value>(args.size());
    std::copy(args.begin(), args.end(), kept);
    entries_.push_back(
        {hash, function, static_cast<uint32_t>(args.size()), kept, value});
    if (2 * entries_.size() > slots_.size()) {
      Grow();
    } else {
      Place(entries_.size() - 1);
    }
  }

  void Clear() {
    if (entries_.empty()) return;
    if (entries_.size() > kMostKept) {
      entries_ = {};
      slots_ = {};
    }
    entries_.clear();
    std::fill(slots_.begin(), slots_.end(), 0);
  }

 private:
  static constexpr size_t kMostKept = 1024;

  struct Entry {
    uint64_t hash;
    uint32_t function;
    uint32_t count;
    const Value* args;
    Value value;
  };

  void Place(size_t index) {
    size_t at = entries_[index].hash & (slots_.size() - 1);
    while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = static_cast<uint32_t>(index + 1);
  }
  void Grow() {
    slots_.assign(std::max<size_t>(16, 2 * slots_.size()), 0);
    for (size_t i = 0; i < entries_.size(); ++i) Place(i);
  }

  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;  // index + 1; a power of two
};

}  // namespace vouchsafe::rego
