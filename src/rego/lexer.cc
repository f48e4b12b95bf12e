#include "rego/lexer.h"

namespace vouchsafe::rego {
namespace {

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Bytes of the UTF-8 sequence at `at`; 0 when it is not one.
size_t Utf8Length(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  }
  const unsigned second = byte(at + 1);
  if (first == 0xe0 && second < 0xa0) return 0;
  if (first == 0xed && second > 0x9f) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  return length;
}

// An open template string: where its insertion's braces stand.
struct Open {
  bool raw = false;
  int braces = 0;
};

class Lexer {
 public:
  Lexer(std::string_view text, const Limits& limits)
      : text_(text), limits_(limits) {}

  std::vector<Token> Run() {
    if (text_.size() > limits_.source_bytes) {
      Fail("the source is larger than " + std::to_string(limits_.source_bytes) +
           " bytes");
    }
    CheckUtf8();
    while (true) {
      SkipSpace();
      if (at_ >= text_.size()) break;
      Next();
    }
    if (!open_.empty()) Fail("a template string is not closed");
    Begin();
    Emit(TokenKind::kEnd, at_, at_);
    return std::move(tokens_);
  }

 private:
  [[noreturn]] void Fail(std::string message) const {
    throw SyntaxError{row_, Column(), std::move(message)};
  }
  int Column() const { return static_cast<int>(at_ - line_begin_) + 1; }
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void CheckUtf8() {
    for (size_t i = 0; i < text_.size();) {
      const size_t length = Utf8Length(text_, i);
      if (length == 0 || text_[i] == '\0') {
        at_ = i;
        Fail("the source is not UTF-8 text");
      }
      i += length;
    }
  }

  void NewLine() {
    line_begin_ = at_ + 1;
    ++row_;
    newline_ = true;
    if (static_cast<size_t>(row_) > limits_.source_lines) {
      Fail("the source has more than " + std::to_string(limits_.source_lines) +
           " lines");
    }
  }

  void SkipSpace() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        NewLine();
      } else if (c == '#') {
        while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
      space_ = true;
    }
  }

  // Where the next token stands.
  void Begin() {
    pending_ = Token();
    pending_.begin = static_cast<uint32_t>(at_);
    pending_.row = row_;
    pending_.col = Column();
    pending_.space = space_;
    pending_.newline = newline_;
    space_ = newline_ = false;
  }

  void Emit(TokenKind kind, size_t text_begin, size_t text_end) {
    pending_.kind = kind;
    pending_.text = text_.substr(text_begin, text_end - text_begin);
    pending_.end = static_cast<uint32_t>(at_);
    tokens_.push_back(pending_);
  }

  void Next() {
    Begin();
    const char c = Peek();
    if (IsLetter(c)) return Name();
    if (IsDigit(c)) return Number();
    if (c == '"') return String(TokenKind::kString);
    if (c == '`') return RawString();
    if (c == '$' && (Peek(1) == '"' || Peek(1) == '`')) return Template();
    Symbol();
  }

  void Name() {
    const size_t begin = at_;
    while (IsLetter(Peek()) || IsDigit(Peek())) ++at_;
    Emit(TokenKind::kName, begin, at_);
  }

  void Digits() {
    if (!IsDigit(Peek())) Fail("illegal number format");
    while (IsDigit(Peek())) ++at_;
  }

  void Number() {
    const size_t begin = at_;
    if (Peek() == '0' && IsDigit(Peek(1))) {
      Fail("illegal number format: leading zero");
    }
    Digits();
    if (Peek() == '.' && IsDigit(Peek(1))) {
      ++at_;
      Digits();
    }
    if (Peek() == 'e' || Peek() == 'E') {
      ++at_;
      if (Peek() == '+' || Peek() == '-') ++at_;
      Digits();
    }
    if (IsLetter(Peek())) Fail("illegal number format");
    Emit(TokenKind::kNumber, begin, at_);
  }

  void String(TokenKind kind) {
    const size_t begin = ++at_;
    while (Peek() != '"') {
      if (at_ >= text_.size() || Peek() == '\n') Fail("string is not closed");
      if (Peek() == '\\') ++at_;
      if (at_ < text_.size()) ++at_;
    }
    ++at_;
    Emit(kind, begin, at_ - 1);
  }

  void RawString() {
    const size_t begin = ++at_;
    for (; Peek() != '`'; ++at_) {
      if (at_ >= text_.size()) Fail("raw string is not closed");
      if (Peek() == '\n') NewLine();
    }
    newline_ = false;
    ++at_;
    Emit(TokenKind::kRawString, begin, at_ - 1);
  }

  void Template() {
    if (open_.size() >= limits_.nesting) Fail("template strings nest too deep");
    open_.push_back({Peek(1) == '`', 0});
    at_ += 2;
    Emit(TokenKind::kTemplateBegin, at_ - 2, at_);
    TemplateText();
  }

  // From after the opening quote or an insertion to the next insertion or the
  // closing quote.
  void TemplateText() {
    Begin();
    const bool raw = open_.back().raw;
    const size_t begin = at_;
    for (;; ++at_) {
      if (at_ >= text_.size()) Fail("template string is not closed");
      const char c = Peek();
      if (c == (raw ? '`' : '"') || c == '{') break;
      if (c == '\n') {
        if (!raw) Fail("template string is not closed");
        NewLine();
      }
      if (c == '\\' && (!raw || Peek(1) == '{') && at_ + 1 < text_.size()) {
        ++at_;
      }
    }
    newline_ = false;
    Emit(raw ? TokenKind::kTemplateRawText : TokenKind::kTemplateText, begin,
         at_);
    Begin();
    ++at_;
    if (text_[at_ - 1] == '{') {
      Emit(TokenKind::kSymbol, at_ - 1, at_);
      return;
    }
    open_.pop_back();
    Emit(TokenKind::kTemplateEnd, at_ - 1, at_);
  }

  void Symbol() {
    constexpr std::string_view kTwo[] = {":=", "==", "!=", "<=", ">="};
    constexpr std::string_view kOne = "()[]{},;.:=<>+-*/%|&";
    const size_t begin = at_;
    size_t length = 0;
    for (const std::string_view two : kTwo) {
      if (text_.substr(at_, 2) == two) length = 2;
    }
    if (length == 0 && kOne.find(Peek()) != std::string_view::npos) length = 1;
    if (length == 0) Fail("illegal token");
    at_ += length;
    const char c = text_[begin];
    Emit(TokenKind::kSymbol, begin, at_);
    if (open_.empty()) return;
    if (c == '{') ++open_.back().braces;
    if (c == '}' && open_.back().braces-- == 0) {
      open_.back().braces = 0;
      TemplateText();
    }
  }

  std::string_view text_;
  const Limits& limits_;
  size_t at_ = 0;
  size_t line_begin_ = 0;
  int row_ = 1;
  bool space_ = false;
  bool newline_ = false;
  Token pending_;
  std::vector<Open> open_;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> Lex(std::string_view text, const Limits& limits) {
  return Lexer(text, limits).Run();
}

std::string DumpTokens(const std::vector<Token>& tokens) {
  constexpr std::string_view kNames[] = {
      "end",         "name",          "number",
      "string",      "raw",           "symbol",
      "template",    "template-text", "template-raw-text",
      "template-end"};
  std::string out;
  for (const Token& token : tokens) {
    out += kNames[static_cast<size_t>(token.kind)];
    out += " " + std::string(token.text) + " " + std::to_string(token.row) +
           ":" + std::to_string(token.col) + "\n";
  }
  return out;
}

}  // namespace vouchsafe::rego
