// Bodies and literals.

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
    if (Now().Is("}") || Now().Is("]")) break;
    if (!Now().Is(";") && !Now().newline) Unexpected("the next expression");
  }
  if (body->literals.empty()) Fail("found empty body");
  body->span = SpanFrom(first);
  return body;
}

Body* Parser::ParseIfBody() {
  return Now().Is("{") ? ParseBlock() : BodyOf(ParseLiteral());
}

Literal* Parser::ParseLiteral() {
  const size_t first = at_;
  Literal* literal = nullptr;
  if (IsWord("some")) {
    literal = ParseSome();
  } else if (IsWord("every")) {
    literal = ParseEvery();
  } else if (IsWord("not")) {
    literal = ParseNot();
  } else {
    literal = ParseExpr();
  }
  literal->span = SpanFrom(first);
  ParseWith(literal);
  if (!literal->with.empty()) literal->span = SpanFrom(first);
  return literal;
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
  Literal* inner = ParseExpr();
  inner->span = SpanFrom(first);
  if (inner->kind == LiteralKind::kAssign) {
    FailAt(inner->span, "an assignment cannot be negated");
  }
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
