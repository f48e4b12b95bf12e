#pragma once

// Visitors of the tree, for the passes that only look. Nothing is deeper than
// kMaxTreeDepth and the nesting limit allow, so they recurse.

#include "rego/ast.h"

namespace vouchsafe::rego {

template <class F>
void WalkBody(const Body* body, const F& see);

// Calls see(term) for `term` and then all below it, closures included.
template <class F>
void WalkTerm(const Term* term, const F& see) {
  if (term == nullptr) return;
  see(term);
  for (const Term* item : term->items) WalkTerm(item, see);
  if (term->body) WalkBody(term->body, see);
}

template <class F>
void WalkLiteral(const Literal& literal, const F& see) {
  WalkTerm(literal.a, see);
  WalkTerm(literal.b, see);
  WalkTerm(literal.c, see);
  for (const Term* name : literal.names) WalkTerm(name, see);
  for (const With& with : literal.with) {
    WalkTerm(with.target, see);
    WalkTerm(with.value, see);
  }
  if (literal.body) WalkBody(literal.body, see);
  for (const Body* operand : literal.operands) WalkBody(operand, see);
}

template <class F>
void WalkBody(const Body* body, const F& see) {
  if (body == nullptr) return;
  for (const Literal* literal : body->literals) WalkLiteral(*literal, see);
}

// All terms of a definition with its else links.
template <class F>
void WalkRule(const Rule& rule, const F& see) {
  for (const Term* arg : rule.args) WalkTerm(arg, see);
  if (rule.head->kind == TermKind::kRef) {
    for (size_t i = 1; i < rule.head->items.size(); ++i) {
      WalkTerm(rule.head->items[i], see);
    }
  }
  WalkTerm(rule.key, see);
  WalkTerm(rule.value, see);
  WalkBody(rule.body, see);
  for (const ElseLink& link : rule.otherwise) {
    WalkTerm(link.value, see);
    WalkBody(link.body, see);
  }
}

// Calls see(literal) for the literals of a body and those of bodies inside it:
// of closures, `every`, `not` and operands.
template <class F>
void WalkLiterals(const Body* body, const F& see) {
  if (body == nullptr) return;
  const auto closures = [&](const Term* term) {
    WalkTerm(term, [&](const Term* part) {
      if (part->body == nullptr) return;
      for (const Literal* literal : part->body->literals) see(*literal);
    });
  };
  for (const Literal* literal : body->literals) {
    see(*literal);
    for (const Term* term : {literal->a, literal->b, literal->c}) {
      closures(term);
    }
    for (const With& with : literal->with) closures(with.value);
    WalkLiterals(literal->body, see);
    for (const Body* operand : literal->operands) WalkLiterals(operand, see);
  }
}

}  // namespace vouchsafe::rego
