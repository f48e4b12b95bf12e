#include "policy_tools/format_pieces.h"

#include <algorithm>

namespace vouchsafe::policy_tools {
namespace {

using rego::Token;
using rego::TokenKind;

// What stands between two tokens: comments and line ends.
struct Gap {
  std::string_view trailing;
  std::vector<Comment> above;
  bool newline = false;
  bool blank_before = false;
};

Gap ReadGap(std::string_view text, bool at_start) {
  Gap gap;
  int lines = 0;  // since the last token or comment
  bool own_line = at_start;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '\n') {
      ++lines;
      own_line = true;
      gap.newline = true;
    }
    if (text[at] != '#') {
      ++at;
      continue;
    }
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view comment = text.substr(at, end - at);
    comment = comment.substr(0, comment.find_last_not_of(" \t\r") + 1);
    if (own_line) {
      gap.above.push_back({comment, lines > 1});
    } else {
      gap.trailing = comment;
    }
    lines = 0;
    at = end;
  }
  gap.blank_before = lines > 1;
  return gap;
}

// The index after the end of the template that begins at `at`.
size_t AfterTemplate(const std::vector<Token>& tokens, size_t at) {
  int depth = 0;
  do {
    if (tokens[at].kind == TokenKind::kTemplateBegin) ++depth;
    if (tokens[at].kind == TokenKind::kTemplateEnd) --depth;
    ++at;
  } while (depth > 0);
  return at;
}

void PairBrackets(std::vector<Piece>& list) {
  std::vector<size_t> open;
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].IsOpen()) open.push_back(i);
    if (!list[i].IsClose() || open.empty()) continue;
    list[i].partner = open.back();
    list[open.back()].partner = i;
    open.pop_back();
  }
}

std::set<uint32_t> Starts(const rego::Module& module) {
  std::set<uint32_t> out = {module.package_span.begin};
  for (const rego::Import& import : module.imports) {
    out.insert(import.span.begin);
  }
  for (const rego::Rule& rule : module.rules) out.insert(rule.span.begin);
  return out;
}

// Imports that change words and bind no name are no part of the tree.
bool IsImport(const Piece& piece, const std::vector<Piece>& before) {
  return piece.IsName("import") && piece.newline &&
         (before.empty() || !before.back().IsOpen());
}

// Where the braces of objects, sets and their comprehensions stand; all other
// braces hold literals. Only what is part of the tree counts: a parser may make
// terms that it then drops.
class ValueBraces {
 public:
  std::set<uint32_t> begins;

  explicit ValueBraces(const rego::Module& module) {
    for (const rego::Rule& rule : module.rules) {
      for (const rego::Term* arg : rule.args) Walk(arg);
      Walk(rule.head);
      Walk(rule.key);
      Walk(rule.value);
      Walk(rule.body);
      for (const rego::ElseLink& link : rule.otherwise) {
        Walk(link.value);
        Walk(link.body);
      }
    }
  }

 private:
  void Walk(const rego::Term* term) {
    if (term == nullptr) return;
    if (term->kind == rego::TermKind::kObject ||
        term->kind == rego::TermKind::kSet ||
        term->kind == rego::TermKind::kObjectOf ||
        term->kind == rego::TermKind::kSetOf) {
      begins.insert(term->span.begin);
    }
    for (const rego::Term* item : term->items) Walk(item);
    Walk(term->body);
  }
  void Walk(const rego::Body* body) {
    if (body == nullptr) return;
    for (const rego::Literal* literal : body->literals) {
      for (const rego::Term* term : {literal->a, literal->b, literal->c}) {
        Walk(term);
      }
      for (const rego::Term* name : literal->names) Walk(name);
      for (const rego::Body* operand : literal->operands) Walk(operand);
      for (const rego::With& with : literal->with) {
        Walk(with.target);
        Walk(with.value);
      }
      Walk(literal->body);
    }
  }
};

}  // namespace

std::vector<Piece> CutPieces(std::string_view text,
                             const rego::Module& module) {
  const std::vector<Token> tokens = rego::Lex(text, {});
  const std::set<uint32_t> starts = Starts(module);
  const std::set<uint32_t> values = ValueBraces(module).begins;
  std::vector<Piece> out;
  size_t end = 0;  // of the piece before, in the text
  for (size_t i = 0; i < tokens.size();) {
    const bool is_template = tokens[i].kind == TokenKind::kTemplateBegin;
    const size_t next = is_template ? AfterTemplate(tokens, i) : i + 1;
    Piece piece;
    piece.kind = is_template ? TokenKind::kTemplateEnd : tokens[i].kind;
    piece.begin = tokens[i].begin;
    piece.text = text.substr(piece.begin, tokens[next - 1].end - piece.begin);
    Gap gap = ReadGap(text.substr(end, piece.begin - end), end == 0);
    piece.space = tokens[i].space;
    piece.newline = gap.newline;
    piece.blank_before = gap.blank_before;
    piece.above = std::move(gap.above);
    piece.starts = starts.count(piece.begin) > 0;
    piece.body = piece.Is("{") && values.count(piece.begin) == 0;
    if (!out.empty()) {
      out.back().trailing = gap.trailing;
      piece.field = out.back().Is(".");
    }
    piece.starts = piece.starts || IsImport(piece, out);
    end = tokens[next - 1].end;
    out.push_back(std::move(piece));
    i = next;
  }
  PairBrackets(out);
  return out;
}

}  // namespace vouchsafe::policy_tools
