#pragma once

// Pieces of a module to text in the usual layout.

#include <string>
#include <vector>

#include "policy_tools/format_pieces.h"

namespace vouchsafe::policy_tools {

std::string PrintPieces(std::vector<Piece> pieces);

}  // namespace vouchsafe::policy_tools
