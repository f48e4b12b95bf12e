#include "policy/text_scan.h"

#include <optional>

namespace vouchsafe::policy {
namespace {

struct Token {
  enum class Kind { kName, kString, kSign };
  Kind kind = Kind::kSign;
  std::string text;  // of a string: its content, escapes as written
  int row = 0;
  int col = 0;
  bool starts_line = false;  // nothing but white space before it
};

bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool IsNamePart(char c) { return IsNameStart(c) || (c >= '0' && c <= '9'); }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Token> All() {
    std::vector<Token> out;
    while (SkipBlanks()) out.push_back(Next());
    return out;
  }

 private:
  bool AtEnd() const { return at_ >= text_.size(); }
  void Step() {
    if (text_[at_] == '\n') {
      ++row_;
      line_begin_ = at_ + 1;
      line_empty_ = true;
    }
    ++at_;
  }
  // False at the end.
  bool SkipBlanks() {
    while (!AtEnd()) {
      const char c = text_[at_];
      if (c == '#') {
        while (!AtEnd() && text_[at_] != '\n') ++at_;
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        Step();
      } else {
        return true;
      }
    }
    return false;
  }
  Token Next() {
    Token token;
    token.row = row_;
    token.col = static_cast<int>(at_ - line_begin_) + 1;
    token.starts_line = line_empty_;
    line_empty_ = false;
    const char c = text_[at_];
    if (c == '"' || c == '`') {
      token.kind = Token::Kind::kString;
      token.text = Quoted(c);
    } else if (IsNameStart(c)) {
      token.kind = Token::Kind::kName;
      while (!AtEnd() && IsNamePart(text_[at_])) token.text += text_[at_++];
    } else {
      token.text = Sign();
    }
    return token;
  }
  std::string Quoted(char quote) {
    std::string content;
    ++at_;
    while (!AtEnd() && text_[at_] != quote) {
      if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size()) {
        content += text_[at_++];
      }
      content += text_[at_];
      Step();
    }
    if (!AtEnd()) ++at_;
    return content;
  }
  std::string Sign() {
    for (std::string_view two : {":=", "==", "!=", "<=", ">="}) {
      if (text_.substr(at_, 2) == two) {
        at_ += 2;
        return std::string(two);
      }
    }
    return std::string(1, text_[at_++]);
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t line_begin_ = 0;
  int row_ = 1;
  bool line_empty_ = true;
};

using Tokens = std::vector<Token>;

bool IsSign(const Tokens& tokens, size_t at, std::string_view sign) {
  return at < tokens.size() && tokens[at].kind == Token::Kind::kSign &&
         tokens[at].text == sign;
}
bool IsName(const Tokens& tokens, size_t at, std::string_view name) {
  return at < tokens.size() && tokens[at].kind == Token::Kind::kName &&
         tokens[at].text == name;
}

// The constant part that begins at `at` (".name" or "[\"name\"]"), and how
// many tokens it takes.
std::optional<std::pair<std::string, size_t>> Part(const Tokens& tokens,
                                                   size_t at) {
  if (IsSign(tokens, at, ".") && at + 1 < tokens.size() &&
      tokens[at + 1].kind == Token::Kind::kName) {
    return std::pair(tokens[at + 1].text, size_t{2});
  }
  if (IsSign(tokens, at, "[") && at + 2 < tokens.size() &&
      tokens[at + 1].kind == Token::Kind::kString &&
      IsSign(tokens, at + 2, "]")) {
    return std::pair(tokens[at + 1].text, size_t{3});
  }
  return std::nullopt;
}

bool IsReference(const Tokens& tokens, size_t at) {
  return at == 0 || !IsSign(tokens, at - 1, ".");
}

Seen SeenAt(const Token& token, std::string text) {
  return {std::move(text), token.row, token.col};
}

// Keys of the object that begins with the '{' at `at`.
void ObjectKeys(const Tokens& tokens, size_t at, std::vector<Seen>& out) {
  int depth = 0;
  for (; at < tokens.size(); ++at) {
    const Token& token = tokens[at];
    if (token.kind == Token::Kind::kSign) {
      if (token.text == "{" || token.text == "[" || token.text == "(") ++depth;
      if (token.text == "}" || token.text == "]" || token.text == ")") --depth;
      if (depth == 0) return;
      continue;
    }
    if (depth == 1 && token.kind == Token::Kind::kString &&
        IsSign(tokens, at + 1, ":")) {
      out.push_back(SeenAt(token, token.text));
    }
  }
}

// Index after the ')' that closes the '(' at `at`.
size_t AfterCall(const Tokens& tokens, size_t at) {
  int depth = 0;
  for (; at < tokens.size(); ++at) {
    if (IsSign(tokens, at, "(")) ++depth;
    if (IsSign(tokens, at, ")") && --depth == 0) return at + 1;
  }
  return at;
}

bool IsOrdering(const Tokens& tokens, size_t at) {
  for (std::string_view sign : {"<", "<=", ">", ">="}) {
    if (IsSign(tokens, at, sign)) return true;
  }
  return false;
}

}  // namespace

std::vector<Seen> InputPaths(std::string_view text) {
  const Tokens tokens = Scanner(text).All();
  std::vector<Seen> out;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!IsName(tokens, i, "input") || !IsReference(tokens, i)) continue;
    std::string path;
    size_t at = i + 1;
    while (const auto part = Part(tokens, at)) {
      if (!path.empty()) path += '.';
      path += part->first;
      at += part->second;
    }
    if (!path.empty()) out.push_back(SeenAt(tokens[i], std::move(path)));
  }
  return out;
}

std::vector<Seen> DefinedMembers(std::string_view text, std::string_view rule) {
  const Tokens tokens = Scanner(text).All();
  std::vector<Seen> out;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!IsName(tokens, i, rule)) continue;
    const bool after_default = i > 0 && IsName(tokens, i - 1, "default");
    if (!tokens[i].starts_line && !after_default) continue;
    if (const auto part = Part(tokens, i + 1)) {
      out.push_back(SeenAt(tokens[i], part->first));
      continue;
    }
    const bool assigns =
        IsSign(tokens, i + 1, ":=") || IsSign(tokens, i + 1, "=");
    if (assigns && IsSign(tokens, i + 2, "{")) {
      ObjectKeys(tokens, i + 2, out);
    }
  }
  return out;
}

int DefinitionRow(std::string_view text, std::string_view rule) {
  const Tokens tokens = Scanner(text).All();
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (IsName(tokens, i, rule) && tokens[i].starts_line) return tokens[i].row;
  }
  return 0;
}

std::vector<Seen> OrderedCalls(std::string_view text,
                               std::string_view function) {
  const Tokens tokens = Scanner(text).All();
  std::vector<Seen> out;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!IsName(tokens, i, function) || !IsSign(tokens, i + 1, "(")) continue;
    if (i > 0 && IsOrdering(tokens, i - 1)) {
      out.push_back(SeenAt(tokens[i - 1], tokens[i - 1].text));
    } else if (const size_t after = AfterCall(tokens, i + 1);
               IsOrdering(tokens, after)) {
      out.push_back(SeenAt(tokens[after], tokens[after].text));
    }
  }
  return out;
}

}  // namespace vouchsafe::policy
