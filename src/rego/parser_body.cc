// Bodies and literals.

#include <algorithm>

#include "rego/parser_impl.h"

namespace vouchsafe::rego {

Literal* Parser::NewLiteral(LiteralKind kind) {
  CountExpression();
  Literal& literal = module_.literals.emplace_back();
  literal.kind = kind;
  return &literal;
}

Body* Parser::BodyOf(Literal* literal) {
  Body& body = module_.bodies.emplace_back();
  body.literals.push_back(literal);
  body.span = literal->span;
  return &body;
}

Body* Parser::ParseBlock() {
  Nest nest(this);
  const size_t first = at_;
  Expect("{");
  if (Now().Is("}")) Fail("found empty body");
  Body* body = ParseQuery();
  Expect("}");
  body->span = SpanFrom(first);
  return body;
}

// Literals up to a closing bracket, which stays.
Body* Parser::ParseQuery() {
  Body* body = &module_.bodies.emplace_back();
  const size_t first = at_;
  while (true) {
    while (Take(";")) {
    }
    if (Now().Is("}") || Now().Is("]") || Now().kind == TokenKind::kEnd) break;
    body->literals.push_back(ParseLiteral());
    if (Now().Is("}") || Now().Is("]") || Now().kind == TokenKind::kEnd) break;
    if (!Now().Is(";") && !Now().newline) Unexpected("the next expression");
  }
  if (body->literals.empty()) Fail("found empty body");
  body->span = SpanFrom(first);
  return body;
}

// Can what stands here be a composite value with something around it, rather
// than a block? A look ahead to the closing brace.
bool Parser::MayBeTerm() const {
  size_t depth = 0;
  for (size_t i = at_; i < tokens_.size(); ++i) {
    const Token& token = tokens_[i];
    const bool opens = token.Is("{") || token.Is("[") || token.Is("(");
    const bool closes = token.Is("}") || token.Is("]") || token.Is(")");
    if (opens) ++depth;
    if (closes && --depth == 0) {
      const Token& next = tokens_[std::min(i + 1, tokens_.size() - 1)];
      const bool goes_on =
          next.kind == TokenKind::kSymbol && !next.Is("{") && !next.Is(";");
      return !next.newline && (goes_on || next.IsName("in"));
    }
    if (depth == 1 && (token.Is(":") || token.Is("|") || token.Is(","))) {
      return true;
    }
  }
  return false;
}

// `if {1: x}[y]` is one expression, `if {x}` a block, not a set.
Body* Parser::ParseIfBody() {
  if (!Now().Is("{")) return BodyOf(ParseLiteral());
  if (!MayBeTerm()) return ParseBlock();
  const size_t first = at_;
  try {
    Literal* literal = ParseLiteral();
    const bool set = literal->kind == LiteralKind::kExpr &&
                     literal->a->kind == TermKind::kSet;
    if (!set) return BodyOf(literal);
  } catch (const SyntaxError&) {
  }
  at_ = first;
  return ParseBlock();
}

Literal* Parser::ParseLiteral() {
  const size_t first = at_;
  Literal* literal = ParseLogical(LiteralKind::kOr, false);
  literal->span = SpanFrom(first);
  ParseWith(literal);
  if (!literal->with.empty()) literal->span = SpanFrom(first);
  return literal;
}

// Operands with `and` between them, joined by `or`.
Literal* Parser::ParseLogical(LiteralKind kind, bool right) {
  if (!logical_) return ParseOperand(false);
  const bool is_or = kind == LiteralKind::kOr;
  const std::string_view word = is_or ? "or" : "and";
  const auto next = [&](bool after) {
    return is_or ? ParseLogical(LiteralKind::kAnd, after) : ParseOperand(after);
  };
  const size_t first = at_;
  Literal* left = next(right);
  if (!IsWord(word)) return left;
  Literal* chain = NewLiteral(kind);
  const auto add = [&](Literal* operand) {
    const bool scope =
        operand->kind == LiteralKind::kAnd && operand->operands.size() == 1;
    if (!scope) {
      operand->span = SpanFrom(first);
      chain->operands.push_back(BodyOf(operand));
    } else {
      chain->operands.push_back(operand->operands[0]);
    }
  };
  add(left);
  while (IsWord(word)) {
    Skip();
    add(next(true));
  }
  return chain;
}

Literal* Parser::ParseOperand(bool right) {
  if (IsWord("some")) return ParseSome();
  if (IsWord("every")) return ParseEvery();
  if (IsWord("not")) return ParseNot();
  if (logical_ && Now().Is("{")) {
    if (Literal* block = ParseOperandBlock(right)) return block;
  }
  return logical_ && Now().Is("(") ? ParseGroup() : ParseExpr();
}

// A body of its own that counts as one operand.
Literal* Parser::Scope(Body* body) {
  Literal* literal = NewLiteral(LiteralKind::kAnd);
  literal->operands.push_back(body);
  literal->span = body->span;
  return literal;
}

// Null, with nothing taken, where the brace starts a value.
Literal* Parser::ParseOperandBlock(bool right) {
  const size_t first = at_;
  if (no_blocks_.contains(first)) return nullptr;
  try {
    Body* body = ParseBlock();
    const bool joined = IsWord("and") || IsWord("or");
    const bool ends = Now().newline || Now().Is(";") || Now().Is("}") ||
                      Now().Is("]") || Now().Is(")") || IsWord("with") ||
                      Now().kind == TokenKind::kEnd;
    if (joined || (right && ends)) return Scope(body);
  } catch (const SyntaxError&) {
  }
  no_blocks_.insert(first);
  at_ = first;
  return nullptr;
}

// An expression that starts with a parenthesis, or a literal in parentheses.
Literal* Parser::ParseGroup() {
  const size_t first = at_;
  try {
    return ParseExpr();
  } catch (const SyntaxError&) {
  }
  at_ = first;
  Nest nest(this);
  Expect("(");
  Literal* inner = ParseLiteral();
  Expect(")");
  return Scope(BodyOf(inner));
}

Literal* Parser::ParseSome() {
  const size_t first = at_;
  Skip();
  std::vector<Term*> terms;
  terms.push_back(ParseValue(kRelation));
  while (Take(",")) terms.push_back(ParseValue(kRelation));
  if (TakeWord("in")) {
    if (terms.size() > 2)
      FailAt(SpanFrom(first), "some takes one or two names");
    Literal* literal = NewLiteral(LiteralKind::kSomeIn);
    if (terms.size() == 2) literal->a = terms[0];
    literal->b = terms.back();
    literal->c = ParseValue(kRelation);
    return literal;
  }
  Literal* literal = NewLiteral(LiteralKind::kSome);
  for (const Term* term : terms) {
    if (term->kind != TermKind::kVar) {
      FailAt(term->span, "some declares variables");
    }
  }
  literal->names = std::move(terms);
  return literal;
}

Literal* Parser::ParseEvery() {
  Nest nest(this);
  Literal* literal = NewLiteral(LiteralKind::kEvery);
  Skip();
  literal->b = ParseValue(kRelation);
  if (Take(",")) {
    literal->a = literal->b;
    literal->b = ParseValue(kRelation);
  }
  for (const Term* term : {literal->a, literal->b}) {
    if (term && term->kind != TermKind::kVar) {
      FailAt(term->span, "every declares variables");
    }
  }
  if (!TakeWord("in")) Unexpected("\"in\"");
  literal->c = ParseValue(kRelation);
  literal->body = ParseBlock();
  return literal;
}

Literal* Parser::ParseNot() {
  Nest nest(this);
  Literal* literal = NewLiteral(LiteralKind::kNot);
  Skip();
  if (not_blocks_ && Now().Is("{")) {
    literal->body = ParseBlock();
    literal->block = true;
    return literal;
  }
  if (IsWord("not") || IsWord("some") || IsWord("every")) {
    Unexpected("an expression");
  }
  const size_t first = at_;
  Literal* inner = logical_ && Now().Is("(") ? ParseGroup() : ParseExpr();
  inner->span = SpanFrom(first);
  literal->body = BodyOf(inner);
  return literal;
}

Literal* Parser::ParseExpr() {
  Literal* literal = NewLiteral(LiteralKind::kExpr);
  literal->a = ParseMembership();
  if (Now().Is(":=") || Now().Is("=")) {
    literal->kind = Now().Is("=") ? LiteralKind::kUnify : LiteralKind::kAssign;
    Skip();
    literal->b = ParseMembership();
  }
  return literal;
}

void Parser::ParseWith(Literal* literal) {
  while (IsWord("with")) {
    Skip();
    With with;
    with.target = ParsePostfix();
    if (!TakeWord("as")) Unexpected("\"as\"");
    with.value = ParseValue();
    literal->with.push_back(with);
  }
}

}  // namespace vouchsafe::rego
