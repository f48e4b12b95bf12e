#pragma once

// The policies the product ships (src/as/policies/), embedded at build time.

#include <span>
#include <string_view>

namespace vouchsafe::as {

struct DefaultPolicy {
  std::string_view id;  // "default_cpu"
  std::string_view text;
};

std::span<const DefaultPolicy> DefaultPolicies();
// That of Simple tokens; its id is "default".
DefaultPolicy SimpleDefaultPolicy();

}  // namespace vouchsafe::as
