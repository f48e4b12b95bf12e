#pragma once

// Answers of the host as the engine reads them: values and a hash table made
// once when an answer is added, so that an evaluation finds one without a heap
// allocation.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "rego/arena.h"
#include "rego/rego.h"
#include "rego/value.h"

namespace vouchsafe::rego {

struct HostAnswers::Ready {
  struct Row {
    std::span<const Value> arguments;
    Value answer;
  };

  static uint64_t Hash(std::string_view function,
                       std::span<const Value> arguments);

  Arena arena;
  std::vector<Row> rows;  // as HostAnswers::list()
  std::unordered_multimap<uint64_t, size_t> by_hash;
};

struct HostAnswersAccess {
  // The answer to these arguments, which lives as long as `answers`; null when
  // it is not there. A set is not equal to the array that JSON has for it:
  // HostAnswers::Find sees those.
  static const Value* Find(const HostAnswers& answers,
                           std::string_view function,
                           std::span<const Value> arguments);
};

}  // namespace vouchsafe::rego
