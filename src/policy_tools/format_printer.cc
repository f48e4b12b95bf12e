#include "policy_tools/format_printer.h"

#include <algorithm>

#include "policy_tools/format_writer.h"

namespace vouchsafe::policy_tools {
namespace {

using rego::TokenKind;

// Words after which a value, and no operator, comes.
constexpr std::string_view kLeadingWords[] = {
    "if",   "else", "in",      "not",    "some",   "every",
    "with", "as",   "default", "import", "package"};

bool IsLeading(const Piece& piece) {
  return std::any_of(std::begin(kLeadingWords), std::end(kLeadingWords),
                     [&](std::string_view word) { return piece.IsName(word); });
}

// Could `piece` be the end of a value?
bool EndsValue(const Piece& piece) {
  if (piece.kind == TokenKind::kSymbol) return piece.IsClose();
  return piece.kind != TokenKind::kName || !IsLeading(piece);
}

enum class Shape {
  kBody,  // literals in braces
  kComprehension,
  kList,   // values and commas: array, object, set, arguments
  kParen,  // one value in parentheses
  kIndex,  // one key of a reference
};

class Formatter {
 public:
  explicit Formatter(std::vector<Piece> pieces) : list_(std::move(pieces)) {}

  std::string Run() {
    std::vector<Range> statements;
    for (size_t at = 0; at + 1 < list_.size();) {
      size_t end = After(at);
      while (end + 1 < list_.size() && !list_[end].starts) end = After(end);
      statements.push_back({at, end});
      at = end;
    }
    SortImports(statements);
    for (const Range& statement : statements) Statement(statement);
    Comments(list_.back().above, true);
    writer_.EndLine();
    return writer_.text();
  }

 private:
  struct Range {
    size_t begin;
    size_t end;
  };

  void Comments(const std::vector<Comment>& comments, bool keep_blanks) {
    for (const Comment& comment : comments) {
      if (comment.blank_before && keep_blanks) writer_.BlankLine();
      writer_.CommentLine(comment.text);
    }
  }

  // --- statements

  enum class Kind { kNone, kPackage, kImport, kRule };

  static Kind KindOf(const Piece& first) {
    if (first.IsName("package")) return Kind::kPackage;
    return first.IsName("import") ? Kind::kImport : Kind::kRule;
  }

  // Imports without empty lines or comments between them are a group.
  void SortImports(std::vector<Range>& statements) {
    for (size_t i = 0; i < statements.size();) {
      size_t end = i + 1;
      while (KindOf(list_[statements[i].begin]) == Kind::kImport &&
             end < statements.size() && GoesOn(statements[end])) {
        ++end;
      }
      Piece& old_first = list_[statements[i].begin];
      std::vector<Comment> above = std::move(old_first.above);
      const bool blank = old_first.blank_before;
      old_first.above.clear();
      old_first.blank_before = false;
      const auto from = statements.begin() + static_cast<ptrdiff_t>(i);
      std::stable_sort(from, from + static_cast<ptrdiff_t>(end - i),
                       [this](const Range& a, const Range& b) {
                         return WordsOf(a) < WordsOf(b);
                       });
      list_[statements[i].begin].above = std::move(above);
      list_[statements[i].begin].blank_before = blank;
      i = end;
    }
  }

  bool GoesOn(const Range& statement) const {
    const Piece& first = list_[statement.begin];
    return KindOf(first) == Kind::kImport && !first.blank_before &&
           first.above.empty();
  }

  std::vector<std::string_view> WordsOf(const Range& statement) const {
    std::vector<std::string_view> out;
    for (size_t i = statement.begin; i < statement.end; ++i) {
      out.push_back(list_[i].text);
    }
    return out;
  }

  void Statement(const Range& statement) {
    const Piece& first = list_[statement.begin];
    const Kind kind = KindOf(first);
    const bool loose = first.blank_before || !first.above.empty();
    const bool one_line = kind == Kind::kRule && IsOneLiner(statement);
    const bool together = kind == Kind::kImport
                              ? before_ == Kind::kImport && !loose
                              : before_one_line_ && one_line && !loose;
    if (before_ != Kind::kNone && !together) writer_.BlankLine();
    Comments(first.above, true);
    if (!first.above.empty() && first.blank_before) writer_.BlankLine();
    const size_t line = CountLines();
    every_ = false;
    RunOf(statement.begin, statement.end, Depth::kTop);
    writer_.EndLine();
    before_ = kind;
    before_one_line_ = one_line && CountLines() == line + 1;
  }

  // A rule with at most one expression and no default may stand right below
  // another such.
  bool IsOneLiner(const Range& rule) const {
    if (list_[rule.begin].IsName("default")) return false;
    for (size_t i = rule.begin; i < rule.end; ++i) {
      if (i > rule.begin && list_[i].newline) return false;
      if (list_[i].IsOpen() && ShapeOf(i) == Shape::kBody) return false;
    }
    return true;
  }

  size_t CountLines() const {
    return static_cast<size_t>(
        std::count(writer_.text().begin(), writer_.text().end(), '\n'));
  }

  // --- shapes

  Shape ShapeOf(size_t open) const {
    const Piece& piece = list_[open];
    const Piece* before = open > 0 ? &list_[open - 1] : nullptr;
    const bool adjacent = before && !piece.space && EndsValue(*before);
    if (piece.Is("(")) return adjacent ? Shape::kList : Shape::kParen;
    if (piece.Is("[") && adjacent) return Shape::kIndex;
    if (piece.body) return Shape::kBody;
    return IsComprehension(open) ? Shape::kComprehension : Shape::kList;
  }

  // A bar after the first element, before any comma.
  bool IsComprehension(size_t open) const {
    for (size_t i = open + 1; i < list_[open].partner; i = After(i)) {
      if (list_[i].Is("|")) return i > open + 1;
      if (list_[i].Is(",")) return false;
    }
    return false;
  }

  size_t After(size_t at) const {
    return list_[at].IsOpen() ? list_[at].partner + 1 : at + 1;
  }

  // --- one run of pieces on a line

  enum class Depth { kTop, kInside };

  // [begin, end) at one level of brackets. Line ends stay where a value goes
  // on after an operator or a comma, and before `with`.
  void RunOf(size_t begin, size_t end, Depth depth) {
    const int indent = writer_.indent;
    for (size_t i = begin; i < end; i = After(i)) {
      if (i > begin) Between(i, indent, depth);
      if (list_[i].IsName("every") && !list_[i + 1].Is("(")) every_ = true;
      if (list_[i].IsOpen()) {
        Group(i);
      } else {
        writer_.Write(list_[i].text);
        writer_.Trail(list_[i].trailing);
      }
    }
    writer_.indent = indent;
  }

  // Comments on lines of their own in the middle of a run.
  void InnerComments(size_t at, int indent) {
    if (list_[at].above.empty()) return;
    writer_.EndLine();
    writer_.indent = indent + 1;
    Comments(list_[at].above, false);
  }

  void Between(size_t at, int indent, Depth depth) {
    const Piece& piece = list_[at];
    const Piece& before = list_[at - 1];
    if (depth == Depth::kTop && piece.IsName("else") && piece.newline &&
        (!before.Is("}") || !piece.above.empty())) {
      writer_.EndLine();
      Comments(piece.above, true);
      if (!piece.above.empty() && piece.blank_before) writer_.BlankLine();
      return;
    }
    if (!piece.above.empty()) {
      InnerComments(at, indent);
      return;
    }
    if (piece.newline && KeepsBreak(piece, before)) {
      writer_.EndLine();
      writer_.indent = indent + 1;
      return;
    }
    if (NeedsSpace(at)) writer_.Space();
  }

  static bool KeepsBreak(const Piece& piece, const Piece& before) {
    if (piece.IsName("with") || piece.IsName("and") || piece.IsName("or")) {
      return true;
    }
    if (before.IsName("and") || before.IsName("or")) return true;
    const auto is_operator = [](const Piece& one) {
      constexpr std::string_view kOperators[] = {"==", "!=", "<", "<=", ">",
                                                 ">=", "+",  "-", "*",  "/",
                                                 "%",  "|",  "&", ","};
      return one.kind == TokenKind::kSymbol &&
             std::find(std::begin(kOperators), std::end(kOperators),
                       one.text) != std::end(kOperators);
    };
    return is_operator(before) || (is_operator(piece) && !piece.Is(","));
  }

  bool IsUnaryMinus(size_t at) const {
    return list_[at].Is("-") && (at == 0 || !EndsValue(list_[at - 1]));
  }

  bool NeedsSpace(size_t at) const {
    const Piece& piece = list_[at];
    const Piece& before = list_[at - 1];
    if (piece.Is(",") || piece.Is(":") || piece.Is(".") || piece.Is(";")) {
      return false;
    }
    if (before.Is(".") || IsUnaryMinus(at - 1)) return false;
    if (piece.Is("(") || piece.Is("[")) {
      return piece.space || !EndsValue(before);
    }
    return true;
  }

  // --- brackets

  bool HasComments(size_t open) const {
    const size_t close = list_[open].partner;
    if (!list_[open].trailing.empty()) return true;
    for (size_t i = open + 1; i <= close; i = After(i)) {
      if (!list_[i].above.empty()) return true;
      if (i < close && !list_[i].IsOpen() && !list_[i].trailing.empty()) {
        return true;
      }
      // What follows a nested bracket on its line.
      if (list_[i].IsOpen() && !list_[list_[i].partner].trailing.empty()) {
        return true;
      }
    }
    return false;
  }

  void Group(size_t open) {
    const size_t close = list_[open].partner;
    switch (ShapeOf(open)) {
      case Shape::kBody:
        Body(open);
        break;
      case Shape::kComprehension:
        Comprehension(open);
        break;
      case Shape::kList:
        List(open);
        break;
      case Shape::kParen:
      case Shape::kIndex:
        writer_.Write(list_[open].text);
        writer_.Trail(list_[open].trailing);
        RunOf(open + 1, close, Depth::kInside);
        InnerComments(close, writer_.indent);
        writer_.Write(list_[close].text);
        break;
    }
    writer_.Trail(list_[close].trailing);
  }

  // Where the literals of [begin, end) begin.
  std::vector<size_t> Literals(size_t begin, size_t end) const {
    std::vector<size_t> out;
    bool fresh = true;
    for (size_t i = begin; i < end; i = After(i)) {
      const Piece& piece = list_[i];
      if (piece.Is(";")) {
        fresh = true;
        continue;
      }
      const bool goes_on = piece.IsName("with") || piece.IsName("and") ||
                           piece.IsName("or") || piece.body ||
                           (piece.IsName("in") && list_[i + 1].space);
      if (i > begin && piece.newline && EndsValue(list_[i - 1]) &&
          !list_[i - 1].IsName("and") && !list_[i - 1].IsName("or") &&
          !goes_on &&
          (piece.kind != TokenKind::kSymbol || piece.IsOpen() ||
           piece.Is("-"))) {
        fresh = true;
      }
      if (fresh) out.push_back(i);
      fresh = false;
    }
    return out;
  }

  size_t EndOf(const std::vector<size_t>& begins, size_t index,
               size_t end) const {
    size_t last = index + 1 < begins.size() ? begins[index + 1] : end;
    while (last > begins[index] && list_[last - 1].Is(";")) --last;
    return last;
  }

  // Comments that stand at semicolons go with the literal before.
  void LiteralLines(const std::vector<size_t>& begins, size_t end) {
    for (size_t k = 0; k < begins.size(); ++k) {
      const Piece& first = list_[begins[k]];
      writer_.EndLine();
      const bool blank = first.above.empty() ? first.blank_before
                                             : first.above[0].blank_before;
      if (k > 0 && blank) writer_.BlankLine();
      for (size_t c = 0; c < first.above.size(); ++c) {
        if (c > 0 && first.above[c].blank_before) writer_.BlankLine();
        writer_.CommentLine(first.above[c].text);
      }
      if (!first.above.empty() && first.blank_before) writer_.BlankLine();
      const size_t stop = EndOf(begins, k, end);
      RunOf(begins[k], stop, Depth::kInside);
      const size_t next = k + 1 < begins.size() ? begins[k + 1] : end;
      for (size_t i = stop; i < next; ++i) {
        for (const Comment& comment : list_[i].above) {
          writer_.CommentLine(comment.text);
        }
        writer_.Trail(list_[i].trailing);
      }
    }
  }

  void CloseLines(size_t close) {
    writer_.EndLine();
    Comments(list_[close].above, true);
    --writer_.indent;
    writer_.Write(list_[close].text);
  }

  void Body(size_t open) {
    const size_t close = list_[open].partner;
    const std::vector<size_t> begins = Literals(open + 1, close);
    const bool nested = every_ || list_[open - 1].IsName("not");
    every_ = false;
    bool one_line = nested && begins.size() == 1 && !HasComments(open);
    for (size_t i = open + 1; one_line && i <= close; i = After(i)) {
      one_line = !list_[i].newline;
    }
    if (one_line) {
      writer_.Write("{ ");
      RunOf(begins[0], EndOf(begins, 0, close), Depth::kInside);
      writer_.Write(" }");
      return;
    }
    writer_.Write("{");
    writer_.Trail(list_[open].trailing);
    ++writer_.indent;
    LiteralLines(begins, close);
    CloseLines(close);
  }

  void Comprehension(size_t open) {
    const size_t close = list_[open].partner;
    size_t bar = open + 1;
    while (!list_[bar].Is("|")) bar = After(bar);
    bool one_line = !HasComments(open);
    for (size_t i = bar + 1; one_line && i <= close; i = After(i)) {
      one_line = !list_[i].newline || !BreaksLine(i, bar, close);
    }
    const std::vector<size_t> begins = Literals(bar + 1, close);
    writer_.Write(list_[open].text);
    writer_.Trail(list_[open].trailing);
    Comments(list_[open + 1].above, false);
    RunOf(open + 1, bar, Depth::kInside);
    writer_.Write(" |");
    if (one_line) {
      for (size_t k = 0; k < begins.size(); ++k) {
        writer_.Write(k == 0 ? " " : "; ");
        RunOf(begins[k], EndOf(begins, k, close), Depth::kInside);
      }
      writer_.Write(list_[close].text);
      return;
    }
    for (const Comment& comment : list_[bar].above) {
      writer_.CommentLine(comment.text);
    }
    writer_.Trail(list_[bar].trailing);
    ++writer_.indent;
    LiteralLines(begins, close);
    CloseLines(close);
  }

  // Is this line end one between the literals of a comprehension?
  bool BreaksLine(size_t at, size_t bar, size_t close) const {
    return at == bar + 1 || at == close || list_[at - 1].Is(";") ||
           !KeepsBreak(list_[at], list_[at - 1]);
  }

  void List(size_t open) {
    const size_t close = list_[open].partner;
    std::vector<Range> elements;
    size_t begin = open + 1;
    bool broken = HasComments(open);
    for (size_t i = open + 1; i <= close; i = i < close ? After(i) : i + 1) {
      if (i < close && !list_[i].Is(",")) continue;
      if (i > begin) {
        elements.push_back({begin, i});
        broken = broken || list_[begin].newline;
      }
      begin = i + 1;
    }
    writer_.Write(list_[open].text);
    writer_.Trail(list_[open].trailing);
    if (elements.empty() && !broken) {
      writer_.Write(list_[close].text);
      return;
    }
    if (broken) ++writer_.indent;
    for (size_t k = 0; k < elements.size(); ++k) {
      Element(elements[k], k == 0, broken);
      const size_t comma = elements[k].end;
      if (k + 1 < elements.size() || broken) writer_.Write(",");
      if (comma == close) break;
      for (const Comment& comment : list_[comma].above) {
        writer_.CommentLine(comment.text);
      }
      // A comma at the end of a list on one line is dropped.
      writer_.Trail(list_[comma].trailing);
    }
    if (broken) {
      CloseLines(close);
    } else {
      writer_.Write(list_[close].text);
    }
  }

  void Element(const Range& element, bool first, bool broken) {
    const Piece& piece = list_[element.begin];
    if (broken && (first || piece.newline || !piece.above.empty())) {
      writer_.EndLine();
      Comments(piece.above, !first);
    } else if (!first) {
      writer_.Space();
    }
    RunOf(element.begin, element.end, Depth::kInside);
  }

  std::vector<Piece> list_;
  LineWriter writer_;
  Kind before_ = Kind::kNone;
  bool before_one_line_ = false;
  bool every_ = false;  // the next body is that of an `every`
};

}  // namespace

std::string PrintPieces(std::vector<Piece> pieces) {
  return Formatter(std::move(pieces)).Run();
}

}  // namespace vouchsafe::policy_tools
