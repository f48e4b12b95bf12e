#include "rego/builtin_table.h"

#include <algorithm>

#include "rego/builtins/families.h"

namespace vouchsafe::rego {

void BuiltinTable::Sort() {
  std::sort(rows_.begin(), rows_.end(),
            [](const Builtin& a, const Builtin& b) { return a.name < b.name; });
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

const BuiltinTable& StandardBuiltins() {
  static const BuiltinTable table = [] {
    BuiltinTable out;
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
    out.Sort();
    RegisterDeclared(out);
    out.Sort();
    return out;
  }();
  return table;
}

}  // namespace vouchsafe::rego
