#include "catalog/checks.h"

#include <algorithm>
#include <vector>

#include "as/checks.h"
#include "ear/checks.h"
#include "jose/checks.h"
#include "kbs/checks.h"
#include "policy/checks.h"
#include "token/checks.h"
#include "verifier/sample/checks.h"
#include "verifier/snp/checks.h"

// One line per folder that refuses something.
// (folder)/checks.h declares `inline constexpr const Check* kXxxChecks[]`.

namespace vouchsafe {
namespace {

[[maybe_unused]] void Join(std::vector<const Check*>& all,
                           std::span<const Check* const> part) {
  all.insert(all.end(), part.begin(), part.end());
}

std::vector<const Check*> Collect() {
  std::vector<const Check*> all;
  Join(all, as::kAsChecks);
  Join(all, ear::kEarChecks);
  Join(all, jose::kJoseChecks);
  Join(all, kbs::kKbsChecks);
  Join(all, policy::kPolicyChecks);
  Join(all, token::kTokenChecks);
  Join(all, sample::kSampleChecks);
  Join(all, snp::kSnpChecks);
  std::sort(all.begin(), all.end(),
            [](const Check* a, const Check* b) { return a->id < b->id; });
  return all;
}

}  // namespace

std::span<const Check* const> AllChecks() {
  static const std::vector<const Check*> all = Collect();
  return all;
}

const Check* FindCheck(std::string_view id) {
  for (const Check* check : AllChecks()) {
    if (check->id == id) return check;
  }
  return nullptr;
}

}  // namespace vouchsafe
