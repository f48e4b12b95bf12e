#include "rego/builtin_table.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "rego/builtins/families.h"

namespace vouchsafe::rego {

void BuiltinTable::Sort() {
  std::sort(rows_.begin(), rows_.end(),
            [](const Builtin& a, const Builtin& b) { return a.name < b.name; });
}

void BuiltinTable::Offer(std::string_view name, BuiltinFunction function) {
  const int index = Find(name);
  if (index < 0) {  // a fault in our own tables
    std::fprintf(stderr, "not declared: %.*s\n", static_cast<int>(name.size()),
                 name.data());
    std::abort();
  }
  rows_[static_cast<size_t>(index)].function = function;
}

int BuiltinTable::Find(std::string_view name) const {
  const auto at =
      std::lower_bound(rows_.begin(), rows_.end(), name,
                       [](const Builtin& row, std::string_view want) {
                         return row.name < want;
                       });
  if (at == rows_.end() || at->name != name) return -1;
  return static_cast<int>(at - rows_.begin());
}

BuiltinSupply::BuiltinSupply(std::span<const Row> rows)
    : functions(StandardBuiltins().size(), nullptr) {
  for (const Row& row : rows) {
    const int index = StandardBuiltins().Find(row.name);
    if (index >= 0) functions[static_cast<size_t>(index)] = row.function;
  }
}

BuiltinFunction SuppliedFunction(const BuiltinSupply* supply, size_t index) {
  return supply ? supply->functions[index] : nullptr;
}

const BuiltinTable& StandardBuiltins() {
  static const BuiltinTable table = [] {
    BuiltinTable out;
    DeclareAll(out);
    RegisterOperators(out);
    RegisterAggregates(out);
    RegisterStrings(out);
    RegisterSearch(out);
    RegisterRegex(out);
    RegisterSprintf(out);
    RegisterObjects(out);
    RegisterEncoding(out);
    RegisterNumbers(out);
    RegisterTime(out);
    RegisterUnits(out);
    RegisterGraph(out);
    RegisterTypes(out);
    RegisterCasts(out);
    RegisterDigests(out);
    RegisterGlob(out);
    RegisterGlobsMatch(out);
    RegisterJsonPatch(out);
    RegisterNet(out);
    RegisterSemver(out);
    RegisterUri(out);
    RegisterUuid(out);
    RegisterYaml(out);
    return out;
  }();
  return table;
}

}  // namespace vouchsafe::rego
