#pragma once

// Ordered modules to code.

#include <map>
#include <memory>
#include <set>

#include "rego/annotations.h"
#include "rego/ir.h"
#include "rego/safety.h"
#include "rego/tree.h"

namespace vouchsafe::rego {

struct HostUse {
  std::set<std::string> constants;  // first arguments known now
  bool open = false;                // some are not
};

struct Plan {
  Ir ir;
  std::map<std::string, HostUse, std::less<>> host_use;
};

// Constants go to `arena`; texts of places point into the sources. What the
// analysis finds wrong with calls, `with` and cycles becomes faults that are
// raised when reached.
Plan MakePlan(const std::vector<std::unique_ptr<Module>>& modules, Tree& tree,
              const std::vector<HostFunction>& host,
              const Annotations& annotations, Arena& arena,
              CompileClock* clock);

}  // namespace vouchsafe::rego
