#pragma once

// Text to tokens. UTF-8 is checked, white space and comments are dropped, and
// each token knows whether white space or a line end stood before it.

#include <string>
#include <string_view>
#include <vector>

#include "rego/rego.h"

namespace vouchsafe::rego {

enum class TokenKind : uint8_t {
  kEnd,
  kName,    // also keywords: the parser decides
  kNumber,  // JSON form
  kString,  // text is what stands between the quotes, escapes as written
  kRawString,
  kSymbol,           // ( ) [ ] { } , ; . : := = == != < <= > >= + - * / % | &
  kTemplateBegin,    // $" or $`
  kTemplateText,     // between insertions, escapes as written
  kTemplateRawText,  // the same in back quotes
  kTemplateEnd,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;
  uint32_t begin = 0;  // byte offsets in the source
  uint32_t end = 0;
  int row = 1;
  int col = 1;
  bool space = false;    // white space, comment or line end before
  bool newline = false;  // line end before

  bool Is(std::string_view symbol) const {
    return kind == TokenKind::kSymbol && text == symbol;
  }
  bool IsName(std::string_view name) const {
    return kind == TokenKind::kName && text == name;
  }
};

// Thrown by lexer and parser, caught by Parse.
struct SyntaxError {
  int row;
  int col;
  std::string message;
};

// Borrows `text`. Ends with kEnd. Throws SyntaxError.
std::vector<Token> Lex(std::string_view text, const Limits& limits);

// One token a line, for tests: "name allow 3:1".
std::string DumpTokens(const std::vector<Token>& tokens);

}  // namespace vouchsafe::rego
