#pragma once

// Annotations: YAML in a block of comments that begins with METADATA, above a
// rule or the package. What rego.metadata.chain and rego.metadata.rule answer
// is made of them when a policy is compiled. Nobody who does not call these
// pays for them, and a bad one is then of no account.

#include <map>
#include <vector>

#include "rego/findings.h"

namespace vouchsafe::rego {

class Annotations {
 public:
  // After resolution. Faults of annotations go to `findings` when a module
  // calls one of the two functions; the annotation is left out.
  Annotations(const std::vector<std::unique_ptr<Module>>& modules,
              Findings* findings);

  // What encloses the rule: its own annotations, then those of its path, of
  // the package, and of packages above; first always one for the rule itself.
  // `link`: of an else link, which has none of its own.
  Value Chain(Arena& arena, const Module& module, const Rule& rule,
              bool link) const;
  // The rule's own annotation that stands closest to it, or {}.
  Value OfRule(Arena& arena, const Rule& rule, bool link) const;

 private:
  class Reader;
  using Path = std::vector<Value>;
  struct PathLess {
    bool operator()(const Path& a, const Path& b) const;
  };
  using ByPath = std::map<Path, Value, PathLess>;

  static Path PathOf(const Module& module, const Rule* rule);
  static Value Entry(Arena& arena, const Path& path, const Value& annotation);

  Arena arena_{size_t{16} << 20};
  std::map<const Rule*, std::vector<Value>> rules_;  // in order of the source
  ByPath documents_, packages_, subpackages_;
};

}  // namespace vouchsafe::rego
