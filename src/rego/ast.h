#pragma once

// The syntax tree of one module. Nodes live as long as the Module and point to
// each other; texts point into the source or the module's arena.

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rego/arena.h"
#include "rego/value.h"

namespace vouchsafe::rego {

struct Span {
  uint32_t begin = 0;  // bytes
  uint32_t end = 0;
  int row = 0;
  int col = 0;
};

// Operator chains nest no deeper: passes recurse over the tree.
inline constexpr int kMaxTreeDepth = 512;

// Variables that the parser makes: no name of a policy is the same. The value
// of an insertion in a template string; the argument of a function whose head
// computes it.
inline constexpr std::string_view kInserted = "$inserted";
inline constexpr std::string_view kArgument = "$argument";

struct Body;

enum class TermKind : uint8_t {
  kScalar,  // constant: null, boolean, number, string
  kVar,
  kRef,       // items: head, then keys
  kCall,      // text: the function's dotted name; items: arguments
  kArray,     // items
  kSet,       // items
  kObject,    // items: key, value, key, value ...
  kArrayOf,   // comprehension: items[0] | body
  kSetOf,     // items[0] | body
  kObjectOf,  // items[0]: items[1] | body
  // items: what to write one after the other: constants, or kSetOf with the
  // one value of an insertion, empty when that is undefined.
  kTemplate,
};

enum class Callee : uint8_t { kUnresolved, kBuiltin, kHost, kUser, kUnknown };

struct Term {
  TermKind kind = TermKind::kScalar;
  Span span;
  int depth = 1;
  Value scalar;
  std::string_view text;  // kVar, kCall
  std::vector<Term*> items;
  Body* body = nullptr;
  // kCall: the path as written, for resolution (head name and constant keys).
  std::vector<std::string_view> path;
  // After resolution. kVar: the local's index in its rule, or -1 for the roots
  // "input" and "data". kCall: what it calls.
  int local = -1;
  Callee callee = Callee::kUnresolved;
  uint32_t target = 0;  // node of the tree, or index of built-in or host call
  bool named = false;   // kCall: the function itself, in `with`
};

enum class LiteralKind : uint8_t {
  kExpr,    // a
  kAssign,  // a := b
  kUnify,   // a = b
  kSome,    // some names
  kSomeIn,  // some a, b in c (a may be null)
  kEvery,   // every a, b in c body
  kNot,     // not body
  kAnd,     // each of operands has a solution
  kOr,      // one of operands has a solution
};

struct With {
  Term* target = nullptr;
  Term* value = nullptr;
};

struct Literal {
  LiteralKind kind = LiteralKind::kExpr;
  Span span;
  Term* a = nullptr;
  Term* b = nullptr;
  Term* c = nullptr;
  std::vector<Term*> names;
  Body* body = nullptr;
  std::vector<Body*> operands;  // kAnd, kOr: each a scope of its own
  bool block = false;           // kNot: written with braces, a scope of its own
  std::vector<With> with;
};

struct Body {
  std::vector<Literal*> literals;
  Span span;
  // After resolution: the locals that belong to this scope and those in it.
  int locals_begin = 0;
  int locals_end = 0;
};

struct ElseLink {
  Term* value = nullptr;  // null: true
  Body* body = nullptr;   // null: always
  Span span;
};

enum class RuleKind : uint8_t { kComplete, kFunction, kSet, kObject };

struct Rule {
  bool is_default = false;
  RuleKind kind = RuleKind::kComplete;
  Span span;             // the head
  Term* head = nullptr;  // kVar, or kRef with the keys after the name
  std::vector<Term*> args;
  Term* key = nullptr;    // kSet: the element
  Term* value = nullptr;  // null: true
  Body* body = nullptr;   // null: always
  std::vector<ElseLink> otherwise;
  std::vector<std::string_view> locals;  // names, after resolution
};

struct Import {
  std::vector<std::string_view> path;  // "data", "a", "b"
  std::string_view name;               // what it binds
  bool renamed = false;                // with `as`
  Span span;
};

// From after the # to the end of its line.
struct Comment {
  int row = 0;
  int col = 0;  // of the #
  std::string_view text;
};

struct Module {
  std::string file;
  std::string_view source;
  bool v1 = true;  // held to the rules of v1
  Arena arena{size_t{64} << 20};
  std::vector<std::string_view> package;  // without "data"
  Span package_span;
  std::vector<Import> imports;
  std::vector<int> import_rows;   // of all, those of keywords too
  std::vector<Comment> comments;  // when some may be annotations
  std::deque<Rule> rules;
  std::deque<Term> terms;
  std::deque<Literal> literals;
  std::deque<Body> bodies;
  size_t expressions = 0;

  std::string_view TextOf(const Span& span) const {
    return source.substr(span.begin, span.end - span.begin);
  }
};

// As the language's own messages write them: ".name" or ["other text"];
// data.a["b c"][x].d; the name of a rule with its keys.
std::string KeyText(std::string_view key);
std::string RefText(const Term& term);
std::string HeadText(const Rule& rule);

// S-expressions, for tests.
std::string Dump(const Module& module);
std::string Dump(const Term& term);

}  // namespace vouchsafe::rego
