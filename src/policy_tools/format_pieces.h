#pragma once

// A module as the formatter sees it: tokens with the comments and line ends
// around them. Template strings are one piece, printed as they are.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rego/lexer.h"
#include "rego/parser.h"

namespace vouchsafe::policy_tools {

struct Comment {
  std::string_view text;  // from "#", without blanks at its end
  bool blank_before = false;
};

struct Piece {
  rego::TokenKind kind = rego::TokenKind::kEnd;
  std::string_view text;
  uint32_t begin = 0;
  bool space = false;         // white space before
  bool newline = false;       // line end before
  bool blank_before = false;  // an empty line right before
  bool starts = false;        // the first of a package, import or rule
  bool field = false;         // a name after a dot
  bool body = false;          // a brace that opens literals, not a value
  size_t partner = 0;         // of a bracket: the index of the other one
  std::vector<Comment> above;
  std::string_view trailing;  // comment after it on its line

  bool Is(std::string_view symbol) const {
    return kind == rego::TokenKind::kSymbol && text == symbol;
  }
  bool IsName(std::string_view name) const {
    return kind == rego::TokenKind::kName && !field && text == name;
  }
  bool IsOpen() const { return Is("(") || Is("[") || Is("{"); }
  bool IsClose() const { return Is(")") || Is("]") || Is("}"); }
};

// `module` is what `text` parses to. The last piece is kEnd, with the comments
// at the end.
std::vector<Piece> CutPieces(std::string_view text, const rego::Module& module);

}  // namespace vouchsafe::policy_tools
