#pragma once

// All named checks of the program, joined from the folders' own arrays.

#include <span>
#include <string_view>

#include "checks/check.h"

namespace vouchsafe {

// Sorted by id. Static lifetime.
std::span<const Check* const> AllChecks();
const Check* FindCheck(std::string_view id);  // nullptr when unknown

}  // namespace vouchsafe
