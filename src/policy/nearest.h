#pragma once

#include <span>
#include <string_view>

namespace vouchsafe::policy {

// The candidate with the smallest edit distance to `name`; empty when none is
// closer than half of its length.
std::string_view Nearest(std::string_view name,
                         std::span<const std::string_view> candidates);

}  // namespace vouchsafe::policy
