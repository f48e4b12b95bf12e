// Defaults, and function heads that compute an argument.

#include <algorithm>

#include "rego/parser_impl.h"

namespace vouchsafe::rego {
namespace {

// The first part of a default's value that would have to be looked up.
const Term* Lookup(const Term* term) {
  switch (term->kind) {
    case TermKind::kVar:
    case TermKind::kRef:
    case TermKind::kCall:
      return term;
    case TermKind::kArrayOf:
    case TermKind::kSetOf:
    case TermKind::kObjectOf:
      return nullptr;
    default:
      break;
  }
  for (const Term* item : term->items) {
    // What a template string inserts is no comprehension of the policy's.
    const bool inserted =
        term->kind == TermKind::kTemplate && item->kind == TermKind::kSetOf;
    if (inserted) item = item->body->literals[0]->b;
    if (const Term* found = Lookup(item)) return found;
  }
  return nullptr;
}

bool IsRootDocument(const Term* term) {
  return term->kind == TermKind::kVar &&
         (term->text == "input" || term->text == "data");
}

std::string_view TermName(const Term* term) {
  constexpr std::string_view kNames[] = {"scalar",
                                         "var",
                                         "ref",
                                         "call",
                                         "array",
                                         "set",
                                         "object",
                                         "arraycomprehension",
                                         "setcomprehension",
                                         "objectcomprehension",
                                         "templatestring"};
  if (term->kind == TermKind::kScalar) return KindName(term->scalar.kind());
  if (IsRootDocument(term)) return "ref";
  return kNames[static_cast<size_t>(term->kind)];
}

}  // namespace

void Parser::CheckDefault(const Rule& rule) const {
  if (!rule.value) {
    FailAt(rule.span, "illegal default rule (must have a value)");
  }
  if (const Term* found = Lookup(rule.value)) {
    FailAt(rule.span, "illegal default rule (value cannot contain " +
                          std::string(TermName(found)) + ")");
  }
  for (size_t i = 0; i < rule.args.size(); ++i) {
    const Term* arg = rule.args[i];
    if (arg->kind != TermKind::kVar || IsRootDocument(arg)) {
      FailAt(rule.span, "illegal default rule (arguments cannot contain " +
                            std::string(TermName(arg)) + ")");
    }
    for (size_t j = 0; j < i; ++j) {
      if (arg->text == "_" || rule.args[j]->text != arg->text) continue;
      FailAt(rule.span, "illegal default rule (arguments cannot be repeated " +
                            std::string(arg->text) + ")");
    }
  }
}

void Parser::ParseDefault() {
  const size_t first = at_;
  Skip();
  Rule rule = ParseHead();
  rule.is_default = true;
  rule.span = SpanFrom(first);
  CheckDefault(rule);
  if (rule.head->kind == TermKind::kRef) {
    const auto& items = rule.head->items;
    const auto text = [](const Term* key) {
      return key->kind == TermKind::kScalar && key->scalar.is_string();
    };
    if (!std::all_of(items.begin() + 1, items.end(), text)) {
      FailAt(rule.span, "a default must have a constant path");
    }
  }
  AddRule(std::move(rule));
}

// An argument that has to be computed, maybe from what the body binds, becomes
// a variable; each body of the rule compares it.
void Parser::CaptureArguments(Rule& rule) {
  for (size_t i = 0; i < rule.args.size(); ++i) {
    if (IsPlainPattern(rule.args[i])) continue;
    Term* name = NewTerm(TermKind::kVar, rule.args[i]->span);
    name->text = module_.arena.Copy(std::string(kArgument) + std::to_string(i));
    rule.args[i] = name;
    CompareArgument(name, argument_tokens_[i], rule.body);
    for (ElseLink& link : rule.otherwise) {
      CompareArgument(name, argument_tokens_[i], link.body);
    }
  }
}

bool Parser::IsPlainPattern(const Term* term) {
  switch (term->kind) {
    case TermKind::kScalar:
    case TermKind::kVar:
      return true;
    case TermKind::kArray:
    case TermKind::kObject:
      return std::all_of(term->items.begin(), term->items.end(),
                         IsPlainPattern);
    default:
      return false;
  }
}

// Each body gets a tree of its own: it is read again.
void Parser::CompareArgument(const Term* name, size_t token, Body*& body) {
  const size_t back = at_;
  at_ = token;
  Literal* literal = NewLiteral(LiteralKind::kUnify);
  literal->a = NewTerm(TermKind::kVar, name->span);
  literal->a->text = name->text;
  literal->b = ParseValue();
  literal->span = literal->b->span;
  at_ = back;
  if (body == nullptr) {
    body = BodyOf(literal);
  } else {
    body->literals.insert(body->literals.begin(), literal);
  }
}

}  // namespace vouchsafe::rego
