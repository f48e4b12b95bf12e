#pragma once

// Ordered modules to code.

#include <map>
#include <memory>
#include <set>

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

// Constants go to `arena`; texts of places point into the sources. Calls that
// cannot work become faults that are raised when reached; adds findings for
// them.
Plan MakePlan(const std::vector<std::unique_ptr<Module>>& modules, Tree& tree,
              const std::vector<HostFunction>& host, Arena& arena,
              CompileClock* clock, std::vector<Diagnostic>* findings);

}  // namespace vouchsafe::rego
