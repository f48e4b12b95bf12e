#include "rego/declare.h"

#include <map>
#include <set>

#include "rego/walk.h"

namespace vouchsafe::rego {
namespace {

using Names = std::set<std::string_view>;

bool IsRoot(std::string_view name) { return name == "input" || name == "data"; }

bool IsRoot(const Term* term) {
  return term && term->kind == TermKind::kVar && IsRoot(term->text);
}

bool IsMade(std::string_view name) {  // by the parser, or a wildcard
  return name == "_" || name.starts_with('$');
}

std::string ImportText(const Import& import) {
  std::string out = "import";
  for (const std::string_view part : import.path) {
    out += (out == "import" ? " " : ".") + std::string(part);
  }
  return import.renamed ? out + " as " + std::string(import.name) : out;
}

// Variables of a pattern; keys of objects are looked up, not bound.
void PatternNames(const Term* term, Names* out) {
  if (term == nullptr) return;
  if (term->kind == TermKind::kVar && !IsMade(term->text)) {
    out->insert(term->text);
  }
  const bool object = term->kind == TermKind::kObject;
  if (!object && term->kind != TermKind::kArray) return;
  for (size_t i = object ? 1 : 0; i < term->items.size(); i += object ? 2 : 1) {
    PatternNames(term->items[i], out);
  }
}

void AllNames(const Term* term, Names* out) {
  WalkTerm(term, [out](const Term* part) {
    if (part->kind == TermKind::kVar) out->insert(part->text);
  });
}

// What `:=` and `some` declare in a body, or in `every` and `not` inside it.
void DeclaredNames(const Body* body, Names* out) {
  if (body == nullptr) return;
  for (const Literal* literal : body->literals) {
    if (literal->kind == LiteralKind::kAssign) PatternNames(literal->a, out);
    if (literal->kind == LiteralKind::kSomeIn) {
      PatternNames(literal->a, out);
      PatternNames(literal->b, out);
    }
    for (const Term* name : literal->names) out->insert(name->text);
    if (literal->kind == LiteralKind::kEvery) DeclaredNames(literal->body, out);
  }
}

std::string_view AssigneeName(const Term* term) {
  switch (term->kind) {
    case TermKind::kScalar:
      return KindName(term->scalar.kind());
    case TermKind::kRef:
      return "ref";
    case TermKind::kCall:
      return "call";
    case TermKind::kSet:
      return "set";
    case TermKind::kArrayOf:
      return "arraycomprehension";
    case TermKind::kSetOf:
      return "setcomprehension";
    case TermKind::kObjectOf:
      return "objectcomprehension";
    default:
      return "templatestring";
  }
}

class Checker {
 public:
  Checker(const Module& module, const Tree& tree, const CompileOptions& options,
          Findings* findings)
      : module_(module),
        strict_(options.strict_unused),
        v1_(module.v1 || options.strict_unused),
        findings_(*findings) {
    const uint32_t package = tree.Find(module.package);
    if (package != Tree::kNone) {
      for (const auto& [name, child] : tree.nodes[package].children) {
        globals_.insert(name);
      }
    }
    for (const Rule& rule : module.rules) globals_.insert(NameOf(rule));
    for (const Import& import : module.imports) globals_.insert(import.name);
  }

  void Run() {
    if (v1_) Imports();
    for (const Rule& rule : module_.rules) {
      if (v1_) RootDocuments(rule);
      OneRule(rule);
    }
    if (strict_) UnusedImports();
  }

 private:
  enum class Seen : uint8_t { kSeen, kAssigned, kDeclared, kArgument };
  struct Use {
    Seen how = Seen::kSeen;
    int count = 1;
    Span span;
  };
  using Scope = std::map<std::string_view, Use>;

  static std::string_view NameOf(const Rule& rule) {
    return rule.head->kind == TermKind::kVar ? rule.head->text
                                             : rule.head->items[0]->text;
  }

  void Imports() {
    std::map<std::string_view, const Import*> seen;
    for (const Import& import : module_.imports) {
      const auto [at, fresh] = seen.emplace(import.name, &import);
      if (fresh) continue;
      findings_.Compile(Step::kNames,
                        "import must not shadow " + ImportText(*at->second),
                        module_, import.span);
    }
  }

  void UnusedImports() {
    for (const Import& import : module_.imports) {
      if (used_imports_.contains(import.name)) continue;
      findings_.Compile(Step::kNames, ImportText(import) + " unused", module_,
                        import.span);
    }
  }

  void Shadows(const std::string& what, std::string_view root,
               const std::string& use, const Span& span) {
    findings_.Compile(Step::kNames,
                      what + " must not shadow " + std::string(root) +
                          " (use a different " + use + " name)",
                      module_, span);
  }

  void RootDocuments(const Rule& rule) {
    const std::string_view name = NameOf(rule);
    if (IsRoot(name)) Shadows("rules", name, "rule", rule.span);
    for (const Term* arg : rule.args) {
      if (IsRoot(arg)) Shadows("args", arg->text, "variable", arg->span);
    }
    const auto literal = [&](const Literal& at) {
      if (at.kind == LiteralKind::kAssign && IsRoot(at.a)) {
        Shadows("variables", at.a->text, "variable", at.span);
      }
    };
    WalkLiterals(rule.body, literal);
    for (const ElseLink& link : rule.otherwise) {
      WalkLiterals(link.body, literal);
    }
  }

  // Each link of a chain has its arguments and body for itself.
  void OneRule(const Rule& rule) {
    std::map<std::string_view, bool> arguments;  // used in some link?
    Link(rule, rule.body, rule.value, &arguments);
    for (const ElseLink& link : rule.otherwise) {
      Link(rule, link.body, link.value, &arguments);
    }
    if (!strict_ || rule.is_default) return;
    for (const auto& [name, used] : arguments) {
      if (used) continue;
      findings_.Compile(Step::kLocals,
                        "unused argument " + std::string(name) +
                            ". (hint: use _ (wildcard variable) instead)",
                        module_, rule.span);
    }
  }

  void Link(const Rule& rule, const Body* body, const Term* value,
            std::map<std::string_view, bool>* arguments) {
    scopes_.assign(1, {});
    locals_.clear();
    failed_ = false;
    Names args;
    for (const Term* arg : rule.args) PatternNames(arg, &args);
    for (const std::string_view name : args) {
      scopes_[0][name] = {Seen::kArgument, 1, rule.span};
    }
    locals_.push_back(args);
    Names used;
    std::vector<const Term*> heads = {value};
    if (rule.head->kind == TermKind::kRef) {
      heads.insert(heads.end(), rule.head->items.begin() + 1,
                   rule.head->items.end());
    }
    if (rule.key) heads.push_back(rule.key);
    for (const Term* head : heads) AllNames(head, &used);
    Names declared;
    DeclaredNames(body, &declared);
    locals_.push_back(std::move(declared));
    InBody(body, used);
    for (const Term* head : heads) Look(head);
    for (const std::string_view name : args) {
      (*arguments)[name] = (*arguments)[name] || scopes_[0][name].count > 1;
    }
  }

  bool IsLocal(std::string_view name) const {
    for (const Names& names : locals_) {
      if (names.contains(name)) return true;
    }
    return !IsRoot(name) && !globals_.contains(name);
  }
  Use* Find(std::string_view name) {
    for (size_t i = scopes_.size(); i-- > 0;) {
      const auto at = scopes_[i].find(name);
      if (at != scopes_[i].end()) return &at->second;
    }
    return nullptr;
  }

  void See(std::string_view name, const Span& span) {
    if (IsMade(name)) return;
    if (!IsLocal(name)) {
      used_imports_.insert(name);
      return;
    }
    if (Use* use = Find(name)) {
      ++use->count;
    } else {
      scopes_.back()[name] = {Seen::kSeen, 1, span};
    }
  }

  void Declare(std::string_view name, Seen how, const Span& span,
               const Span& at) {
    if (IsMade(name)) return;
    const auto known = scopes_.back().find(name);
    if (known == scopes_.back().end()) {
      scopes_.back()[name] = {how, 1, at};
      return;
    }
    const std::string text(name);
    const Seen before = known->second.how;
    Bad(before == Seen::kArgument   ? "arg " + text + " redeclared"
        : before == Seen::kSeen     ? "var " + text + " referenced above"
        : before == Seen::kAssigned ? "var " + text + " assigned above"
                                    : "var " + text + " declared above",
        span);
  }

  void Bad(const std::string& message, const Span& span) {
    failed_ = true;
    findings_.Compile(Step::kLocals, message, module_, span);
  }

  // Uses of names in a term.
  void Look(const Term* term) {
    if (term == nullptr) return;
    switch (term->kind) {
      case TermKind::kScalar:
        return;
      case TermKind::kVar:
        return See(term->text, term->span);
      case TermKind::kCall:
        if (!term->path.empty()) Callee(term);
        break;
      case TermKind::kArrayOf:
      case TermKind::kSetOf:
      case TermKind::kObjectOf:
        return Closure(term);
      default:
        break;
    }
    for (const Term* item : term->items) Look(item);
  }

  void Callee(const Term* call) {
    const std::string_view name = call->path[0];
    const Use* use = Find(name);
    if (use && use->how != Seen::kSeen && IsLocal(name)) {
      Bad("called function " + std::string(call->text) + " shadowed",
          call->span);
    } else if (!IsLocal(name)) {
      used_imports_.insert(name);
    }
  }

  void Closure(const Term* term) {
    Names used, declared;
    for (const Term* item : term->items) AllNames(item, &used);
    DeclaredNames(term->body, &declared);
    Enter(std::move(declared));
    InBody(term->body, used);
    for (const Term* item : term->items) Look(item);
    Leave();
  }

  void Enter(Names declared) {
    scopes_.emplace_back();
    locals_.push_back(std::move(declared));
  }
  void Leave() {
    scopes_.pop_back();
    locals_.pop_back();
  }

  void Scoped(const Body* body) {
    Names declared;
    DeclaredNames(body, &declared);
    Enter(std::move(declared));
    InBody(body, {});
    Leave();
  }

  void InBody(const Body* body, const Names& used) {
    if (body == nullptr) return;
    for (const Literal* literal : body->literals) Look(*literal, false);
    if (failed_) return;
    for (const auto& [name, use] : scopes_.back()) {
      if (use.count > 1 || used.contains(name)) continue;
      if (use.how == Seen::kDeclared) {
        findings_.Compile(Step::kLocals,
                          "declared var " + std::string(name) + " unused",
                          module_, use.span);
      } else if (use.how == Seen::kAssigned && strict_) {
        findings_.Compile(Step::kLocals,
                          "assigned var " + std::string(name) + " unused",
                          module_, use.span);
      }
    }
  }

  void Look(const Literal& literal, bool negated) {
    switch (literal.kind) {
      case LiteralKind::kAssign:
        if (negated) {
          Bad("cannot assign vars inside negated expression", literal.span);
          break;
        }
        Look(literal.b);
        LookWith(literal);
        return Assign(literal.a, literal);
      case LiteralKind::kSome:
        for (const Term* name : literal.names) {
          Declare(name->text, Seen::kDeclared, literal.span, literal.span);
        }
        break;
      case LiteralKind::kSomeIn:
        SomeIn(literal);
        break;
      case LiteralKind::kEvery:
        Every(literal);
        break;
      case LiteralKind::kNot:
        if (literal.block) {
          Scoped(literal.body);
        } else {
          for (const Literal* inner : literal.body->literals) {
            Look(*inner, true);
          }
        }
        break;
      case LiteralKind::kAnd:
      case LiteralKind::kOr:
        for (const Body* operand : literal.operands) Scoped(operand);
        break;
      default:
        Look(literal.a);
        Look(literal.b);
    }
    LookWith(literal);
  }

  void LookWith(const Literal& literal) {
    for (const With& with : literal.with) {
      Look(with.target);
      Look(with.value);
    }
  }

  void SomeIn(const Literal& literal) {
    Names inside, names;
    AllNames(literal.c, &inside);
    Look(literal.c);
    PatternNames(literal.a, &names);
    PatternNames(literal.b, &names);
    for (const std::string_view name : names) {
      if (inside.contains(name)) continue;
      Declare(name, Seen::kDeclared, literal.span, literal.span);
    }
    Look(literal.a);
    Look(literal.b);
  }

  void Every(const Literal& literal) {
    Look(literal.c);
    Names names;
    PatternNames(literal.a, &names);
    PatternNames(literal.b, &names);
    Enter(names);
    const Span first = literal.body->literals[0]->span;
    for (const Term* name : {literal.a, literal.b}) {
      if (name) Declare(name->text, Seen::kDeclared, literal.span, first);
    }
    Names declared;
    DeclaredNames(literal.body, &declared);
    locals_.push_back(std::move(declared));
    InBody(literal.body, {});
    locals_.pop_back();
    Leave();
  }

  void Assign(const Term* target, const Literal& literal) {
    switch (target->kind) {
      case TermKind::kVar:
        return Declare(target->text, Seen::kAssigned, target->span,
                       literal.span);
      case TermKind::kArray:
        for (const Term* item : target->items) Assign(item, literal);
        return;
      case TermKind::kObject:
        for (size_t i = 0; i < target->items.size(); i += 2) {
          Look(target->items[i]);
          Assign(target->items[i + 1], literal);
        }
        return;
      default:
        Bad("cannot assign to " + std::string(AssigneeName(target)),
            target->span);
    }
  }

  const Module& module_;
  const bool strict_;
  const bool v1_;
  Findings& findings_;
  Names globals_;
  Names used_imports_;
  std::vector<Scope> scopes_;
  std::vector<Names> locals_;  // what each scope declares somewhere
  bool failed_ = false;
};

}  // namespace

void CheckDeclarations(const std::vector<std::unique_ptr<Module>>& modules,
                       const Tree& tree, const CompileOptions& options,
                       Findings* findings) {
  for (const auto& module : modules) {
    Checker(*module, tree, options, findings).Run();
  }
}

}  // namespace vouchsafe::rego
