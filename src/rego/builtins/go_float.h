#pragma once

#include <string>

namespace vouchsafe::rego {

// A finite double without its sign, as Go's strconv.FormatFloat writes it:
// 'e' 'E' 'f' 'g' 'G' 'x' 'X' 'b'; precision -1 is the shortest text that reads
// back. Precisions are cut at `kMaxFloatDigits`.
inline constexpr int kMaxFloatDigits = 2000;
std::string FormatFloat(double value, char verb, int precision);

}  // namespace vouchsafe::rego
