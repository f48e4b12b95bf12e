#include "rego/analysis.h"

#include "rego/check.h"
#include "rego/declare.h"
#include "rego/infer.h"
#include "rego/lint.h"
#include "rego/recursion.h"

namespace vouchsafe::rego {

void AnalyseNames(const Modules& modules, const Tree& tree,
                  const CompileOptions& options, Findings* findings) {
  CheckDeclarations(modules, tree, options, findings);
}

void Analyse(Modules& modules, const Tree& tree, const CompileOptions& options,
             const std::vector<HostFunction>& host, const Module* query,
             CompileClock* clock, Findings* findings) {
  CheckCalls(modules, tree, options, host, findings);
  OrderBodies(modules, options, clock, findings);
  const Uses uses = UsesOf(tree, clock);
  CheckRecursion(tree, uses, clock, findings);
  CheckTypes(tree, uses, clock, findings);
  CheckLint(modules, tree, uses, options.lint, clock, findings);
  if (query == nullptr) return;
  std::erase_if(findings->at(Step::kLint), [&](const Diagnostic& finding) {
    return finding.file == query->file;
  });
}

}  // namespace vouchsafe::rego
