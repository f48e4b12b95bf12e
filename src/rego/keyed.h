#pragma once

// Rules that collect (partial sets and objects) read by constant keys:
// `data.p.q.a`, where q has definitions for keys known only later. Such a read
// needs the definitions that may give something at these keys, and no other,
// so that one entry of a rule may be made of another one.

#include <vector>

#include "rego/safety.h"
#include "rego/tree.h"

namespace vouchsafe::rego {

// A part of a collecting rule. Ordered, to be a key of maps.
struct KeyedRead {
  uint32_t node = 0;
  std::vector<Value> keys;  // scalars; at least one

  bool operator<(const KeyedRead& other) const;
};

// The parts to be planned on their own: of rules that, taken as a whole, come
// back to themselves, and of rules that are read by a few constant keys alone.
using KeyedReads = std::vector<KeyedRead>;
KeyedReads KeyedReadsOf(const Tree& tree, CompileClock* clock);

// The constant keys of a reference from `at` on, as far as definitions of the
// node go.
std::vector<Value> KeysRead(const Node& node, const Term& ref, size_t at);

// The keys of a definition's head after the path of the node that collects
// it: constants between, then terms; of a set, the member is the last.
struct HeadKeys {
  std::vector<std::string_view> inner;
  std::vector<const Term*> terms;

  size_t size() const { return inner.size() + terms.size(); }
  // Undefined where it is not known now.
  Value Known(size_t i) const;
};
HeadKeys HeadKeysOf(const Definition& definition);
// May the definition give something at the keys?
bool MayGive(const HeadKeys& head, const std::vector<Value>& keys);

}  // namespace vouchsafe::rego
