// Terms: operators by binding strength, then references, calls and literals.

#include <algorithm>
#include <array>

#include "rego/number.h"
#include "rego/parser_impl.h"

namespace vouchsafe::rego {
namespace {

struct Infix {
  std::string_view symbol;
  int level;
  std::string_view name;
};

constexpr Infix kInfix[] = {
    {"==", 2, "equal"}, {"!=", 2, "neq"},  {"<", 2, "lt"},  {"<=", 2, "lte"},
    {">", 2, "gt"},     {">=", 2, "gte"},  {"|", 3, "or"},  {"&", 4, "and"},
    {"+", 5, "plus"},   {"-", 5, "minus"}, {"*", 6, "mul"}, {"/", 6, "div"},
    {"%", 6, "rem"}};

const Infix* FindInfix(const Token& token) {
  if (token.kind != TokenKind::kSymbol) return nullptr;
  for (const Infix& infix : kInfix) {
    if (token.text == infix.symbol) return &infix;
  }
  return nullptr;
}

void AppendUtf8(std::string& out, uint32_t code) {
  const auto push = [&](uint32_t byte) {
    out.push_back(static_cast<char>(byte));
  };
  if (code < 0x80) {
    push(code);
  } else if (code < 0x800) {
    push(0xc0 | (code >> 6));
    push(0x80 | (code & 63));
  } else if (code < 0x10000) {
    push(0xe0 | (code >> 12));
    push(0x80 | ((code >> 6) & 63));
    push(0x80 | (code & 63));
  } else {
    push(0xf0 | (code >> 18));
    push(0x80 | ((code >> 12) & 63));
    push(0x80 | ((code >> 6) & 63));
    push(0x80 | (code & 63));
  }
}

// Four hex digits at `at`; -1 when they are not there.
int Hex4(std::string_view text, size_t at) {
  int code = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const char c = i < text.size() ? text[i] : '\0';
    int digit = -1;
    if (c >= '0' && c <= '9') digit = c - '0';
    if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
    if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}

// \uXXXX at `at` (the first digit), with its low surrogate when there is one.
// The number of bytes used; 0 when malformed.
size_t AppendUnicode(std::string& out, std::string_view text, size_t at) {
  const int high = Hex4(text, at);
  if (high < 0) return 0;
  if (high >= 0xd800 && high < 0xdc00 && text.substr(at + 4, 2) == "\\u") {
    const int low = Hex4(text, at + 6);
    if (low >= 0xdc00 && low < 0xe000) {
      AppendUtf8(out, static_cast<uint32_t>(0x10000 + ((high - 0xd800) << 10) +
                                            (low - 0xdc00)));
      return 10;
    }
  }
  const bool lone = high >= 0xd800 && high < 0xe000;
  AppendUtf8(out, lone ? 0xfffd : static_cast<uint32_t>(high));
  return 4;
}

}  // namespace

Term* Parser::Scalar(Value value, const Span& span) {
  Term* term = NewTerm(TermKind::kScalar, span);
  term->scalar = value;
  return term;
}

Term* Parser::Operator(std::string_view name, std::vector<Term*> items,
                       const Span& span) {
  Term* term = NewTerm(TermKind::kCall, span);
  term->text = name;
  term->items = std::move(items);
  return Sized(term);
}

Term* Parser::ParseMembership() {
  const size_t first = at_;
  Term* value = ParseValue();
  if (!Now().Is(",")) return value;
  Skip();
  Term* second = ParseValue(kRelation);
  if (!TakeWord("in")) Unexpected("\"in\"");
  Term* domain = ParseValue(kRelation);
  return Operator("internal.member_3", {value, second, domain},
                  SpanFrom(first));
}

Term* Parser::ParseValue(Level level, bool stop_at_pipe) {
  const size_t first = at_;
  Term* left = nullptr;
  if (level > kProduct) return ParseUnary();
  const Level next = static_cast<Level>(level + 1);
  left = ParseValue(next, stop_at_pipe);
  while (true) {
    std::string_view name;
    if (level == kIn) {
      if (!IsWord("in")) return left;
      name = "internal.member_2";
    } else {
      const Infix* infix = FindInfix(Now());
      if (infix == nullptr || infix->level != level) return left;
      if (stop_at_pipe && infix->level == kUnion) return left;
      name = infix->name;
    }
    Skip();
    Term* right = ParseValue(next, stop_at_pipe);
    left = Operator(name, {left, right}, SpanFrom(first));
  }
}

Term* Parser::ParseUnary() {
  if (!Now().Is("-")) return ParsePostfix();
  const size_t first = at_;
  size_t minuses = 0;
  while (Take("-")) ++minuses;
  Term* term = ParsePostfix();
  for (; minuses > 0; --minuses) {
    if (term->kind == TermKind::kScalar && term->scalar.is_number()) {
      term = Scalar(Negate(module_.arena, term->scalar), SpanFrom(first));
    } else {
      term = Operator("minus", {Scalar(Value::Int(0), SpanFrom(first)), term},
                      SpanFrom(first));
    }
  }
  return term;
}

Term* Parser::ParsePostfix() {
  const size_t first = at_;
  bool allows_keys = false;
  Term* term = ParsePrimary(&allows_keys);
  if (!allows_keys) return term;
  while (!Now().space) {
    if (Now().Is("(")) {
      term = ParseCall(term);
      continue;
    }
    Term* key = nullptr;
    if (Take(".")) {
      if (Now().kind != TokenKind::kName) Unexpected("a name");
      key = Scalar(Value::Text(Now().text), SpanFrom(at_));
      Skip();
    } else if (Take("[")) {
      Nest nest(this);
      key = ParseValue();
      Expect("]");
    } else {
      break;
    }
    if (term->kind != TermKind::kRef) {
      Term* ref = NewTerm(TermKind::kRef, SpanFrom(first));
      ref->items.push_back(term);
      term = ref;
    }
    term->items.push_back(key);
    term->span = SpanFrom(first);
    Sized(term);
  }
  return term;
}

Term* Parser::ParseCall(Term* callee) {
  Nest nest(this);
  Term* call = NewTerm(TermKind::kCall, callee->span);
  if (callee->kind == TermKind::kVar) {
    call->path.push_back(callee->text);
  } else if (callee->kind == TermKind::kRef &&
             callee->items[0]->kind == TermKind::kVar) {
    call->path.push_back(callee->items[0]->text);
    for (size_t i = 1; i < callee->items.size(); ++i) {
      const Term* key = callee->items[i];
      if (key->kind != TermKind::kScalar || !key->scalar.is_string()) {
        FailAt(callee->span, "this cannot be called");
      }
      call->path.push_back(key->scalar.text());
    }
  } else {
    FailAt(callee->span, "this cannot be called");
  }
  std::string name;
  for (const std::string_view part : call->path) {
    name += (name.empty() ? "" : ".") + std::string(part);
  }
  call->text = module_.arena.Copy(name);
  Expect("(");
  ParseList(call->items, ")");
  call->span.end = tokens_[at_ - 1].end;
  return Sized(call);
}

// Values up to `close`, which is taken; a trailing comma is allowed.
void Parser::ParseList(std::vector<Term*>& items, std::string_view close) {
  while (!Take(close)) {
    items.push_back(ParseValue());
    if (Take(",")) continue;
    Expect(close);
    return;
  }
}

Term* Parser::ParsePrimary(bool* allows_keys) {
  const size_t first = at_;
  *allows_keys = false;
  switch (Now().kind) {
    case TokenKind::kNumber:
      return ParseNumber();
    case TokenKind::kString:
    case TokenKind::kRawString:
      return ParseString();
    case TokenKind::kTemplateBegin:
      return ParseTemplate();
    case TokenKind::kName:
      return ParseName(allows_keys);
    default:
      break;
  }
  if (Now().Is("(")) {
    Nest nest(this);
    Skip();
    Term* inner = ParseMembership();
    Expect(")");
    inner->span = SpanFrom(first);
    return inner;
  }
  *allows_keys = true;
  if (Now().Is("[")) return ParseArray();
  if (Now().Is("{")) return ParseBrace();
  Unexpected("a value");
}

Term* Parser::ParseName(bool* allows_keys) {
  const Token token = Now();
  const Span span = SpanFrom(at_);
  const bool plain = IsPlainName();
  if (!plain && (token.text == "true" || token.text == "false")) {
    Skip();
    return Scalar(Value::Bool(token.text == "true"), span);
  }
  if (!plain && token.text == "null") {
    Skip();
    return Scalar(Value::Null(), span);
  }
  const bool call_next = After().Is("(") && !After().space;
  if (!plain && !(token.text == "contains" && call_next)) {
    Unexpected("a value");
  }
  *allows_keys = true;
  Skip();
  if (token.text == "set" && call_next && After().Is(")")) {
    Skip();
    Skip();
    return NewTerm(TermKind::kSet, span);
  }
  Term* term = NewTerm(TermKind::kVar, span);
  term->text = token.text;
  return term;
}

Term* Parser::ParseNumber() {
  const Value value = MakeNumber(module_.arena, Now().text);
  if (!value.defined()) Fail("a number has more than 4096 digits");
  Term* term = Scalar(value, SpanFrom(at_));
  Skip();
  return term;
}

std::string_view Parser::Unescape(std::string_view text, const Token& token,
                                  bool with_brace) {
  if (text.find('\\') == std::string_view::npos) return text;
  std::string out;
  const auto bad = [&] {
    throw SyntaxError{token.row, token.col, "illegal string escape"};
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out.push_back(text[i]);
      continue;
    }
    if (++i >= text.size()) bad();
    constexpr std::string_view kFrom = "\"\\/bfnrt";
    constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    const size_t simple = kFrom.find(text[i]);
    if (simple != std::string_view::npos) {
      out.push_back(kTo[simple]);
    } else if (with_brace && (text[i] == '{' || text[i] == '}')) {
      out.push_back(text[i]);
    } else if (text[i] == 'u') {
      const size_t used = AppendUnicode(out, text, i + 1);
      if (used == 0) bad();
      i += used;
    } else {
      bad();
    }
  }
  return module_.arena.Copy(out);
}

Term* Parser::ParseString() {
  const Token& token = Now();
  const bool raw = token.kind == TokenKind::kRawString;
  Term* term =
      Scalar(Value::Text(raw ? token.text : Unescape(token.text, token, false)),
             SpanFrom(at_));
  Skip();
  return term;
}

Term* Parser::ParseTemplate() {
  Nest nest(this);
  const size_t first = at_;
  Skip();
  std::vector<Term*> parts;
  while (Now().kind != TokenKind::kTemplateEnd) {
    const Token& token = Now();
    if (token.kind == TokenKind::kTemplateText) {
      parts.push_back(Scalar(Value::Text(Unescape(token.text, token, true)),
                             SpanFrom(at_)));
      Skip();
    } else if (token.kind == TokenKind::kTemplateRawText) {
      std::string text(token.text);
      for (size_t at; (at = text.find("\\{")) != std::string::npos;) {
        text.erase(at, 1);
      }
      parts.push_back(
          Scalar(Value::Text(module_.arena.Copy(text)), SpanFrom(at_)));
      Skip();
    } else {
      Expect("{");
      parts.push_back(ParseInsertion());
      if (!Now().Is("}")) Unexpected("} to end template string expression");
      Skip();
    }
  }
  Skip();
  Term* term = NewTerm(TermKind::kTemplate, SpanFrom(first));
  term->items = std::move(parts);
  return Sized(term);
}

// A constant, or the set of the values of one expression.
Term* Parser::ParseInsertion() {
  const size_t first = at_;
  Literal* literal = ParseLiteral();
  const auto refuse = [&](const std::string& what) {
    FailAt(literal->span,
           "unexpected " + what + " in template-string expression");
  };
  switch (literal->kind) {
    case LiteralKind::kExpr:
      break;
    case LiteralKind::kNot:
      refuse("negation ('not')");
      break;
    case LiteralKind::kUnify:
      refuse("unification ('=')");
      break;
    case LiteralKind::kAssign:
      refuse("assignment (':=')");
      break;
    case LiteralKind::kEvery:
      refuse("'every'");
      break;
    case LiteralKind::kSome:
    case LiteralKind::kSomeIn:
      refuse("'some'");
      break;
    case LiteralKind::kAnd:
      refuse("'and'");
      break;
    case LiteralKind::kOr:
      refuse("'or'");
      break;
  }
  if (literal->with.empty() && literal->a->kind == TermKind::kScalar) {
    return literal->a;
  }
  Term* set = NewTerm(TermKind::kSetOf, SpanFrom(first));
  Term* value = NewTerm(TermKind::kVar, literal->a->span);
  value->text = kInserted;
  Term* target = NewTerm(TermKind::kVar, literal->a->span);
  target->text = kInserted;
  literal->kind = LiteralKind::kAssign;
  literal->b = literal->a;
  literal->a = target;
  set->items.push_back(value);
  set->body = BodyOf(literal);
  set->depth = literal->b->depth + 1;
  return Sized(set);
}

Term* Parser::ParseComprehension(TermKind kind, std::vector<Term*> heads,
                                 std::string_view close, size_t begin) {
  Expect("|");
  Term* term = NewTerm(kind, SpanFrom(begin));
  term->items = std::move(heads);
  term->body = ParseQuery();
  Expect(close);
  term->span = SpanFrom(begin);
  return Sized(term);
}

Term* Parser::ParseArray() {
  Nest nest(this);
  const size_t first = at_;
  Skip();
  Term* term = NewTerm(TermKind::kArray, SpanFrom(first));
  if (!Take("]")) {
    Term* head = ParseValue(kIn, true);
    if (Now().Is("|")) {
      return ParseComprehension(TermKind::kArrayOf, {head}, "]", first);
    }
    term->items.push_back(head);
    if (Take(",")) {
      ParseList(term->items, "]");
    } else {
      Expect("]");
    }
  }
  term->span = SpanFrom(first);
  return Sized(term);
}

Term* Parser::ParseBrace() {
  Nest nest(this);
  const size_t first = at_;
  Skip();
  Term* term = NewTerm(TermKind::kObject, SpanFrom(first));
  if (Take("}")) return term;
  Term* head = ParseValue(kIn, true);
  if (Now().Is("|")) {
    return ParseComprehension(TermKind::kSetOf, {head}, "}", first);
  }
  if (!Take(":")) {
    term->kind = TermKind::kSet;
    term->items.push_back(head);
    if (Take(",")) {
      ParseList(term->items, "}");
    } else {
      Expect("}");
    }
    term->span = SpanFrom(first);
    return Sized(term);
  }
  Term* value = ParseValue(kIn, true);
  if (Now().Is("|")) {
    return ParseComprehension(TermKind::kObjectOf, {head, value}, "}", first);
  }
  term->items = {head, value};
  while (!Take("}")) {
    Expect(",");
    if (Take("}")) break;
    term->items.push_back(ParseValue());
    Expect(":");
    term->items.push_back(ParseValue());
  }
  term->span = SpanFrom(first);
  return Sized(term);
}

}  // namespace vouchsafe::rego
