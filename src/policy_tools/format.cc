#include "policy_tools/format.h"

#include <algorithm>
#include <tuple>

#include "policy_tools/format_pieces.h"
#include "policy_tools/format_printer.h"

namespace vouchsafe::policy_tools {
namespace {

// The tree as text; imports in one order.
std::string TreeOf(rego::Module& module) {
  std::stable_sort(module.imports.begin(), module.imports.end(),
                   [](const rego::Import& a, const rego::Import& b) {
                     return std::tie(a.path, a.name) < std::tie(b.path, b.name);
                   });
  return rego::Dump(module);
}

}  // namespace

Result<std::string> FormatPolicy(const rego::Source& source,
                                 rego::Version version) {
  const rego::Parsed before = rego::Parse(source, version, {});
  if (!before.module) {
    return Fail(ErrorCode::kInvalidInput, before.error->Text());
  }
  std::string text = PrintPieces(CutPieces(source.text, *before.module));
  const rego::Source result = {source.name, text};
  const rego::Parsed after = rego::Parse(result, version, {});
  if (!after.module || TreeOf(*after.module) != TreeOf(*before.module)) {
    return Fail(ErrorCode::kInternal,
                source.name + ": the layout would change its meaning" +
                    (after.error ? " (" + after.error->Text() + ")" : ""));
  }
  return text;
}

}  // namespace vouchsafe::policy_tools
