#include "rego/resolve.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace vouchsafe::rego {
namespace {

using Names = std::unordered_map<std::string_view, int>;

class Resolver {
 public:
  Resolver(Module& module, const Tree& tree,
           const std::vector<HostFunction>& host)
      : module_(module), tree_(tree), host_(host) {
    for (const Import& import : module.imports) {
      imports_[import.name] = &import;
    }
    package_ = tree.Find(module.package);
    if (package_ != Tree::kNone) {  // a query has none
      for (const auto& [key, child] : tree.nodes[package_].children) {
        rules_.insert(key);
      }
    }
    // A rule that took those below it along hides nothing.
    for (const Rule& rule : module.rules) {
      rules_.insert(rule.head->kind == TermKind::kVar
                        ? rule.head->text
                        : rule.head->items[0]->text);
    }
  }

  void Run(Rule& rule) {
    rule_ = &rule;
    scopes_.assign(1, {});
    for (Term* arg : rule.args) DeclareAll(arg);
    for (Term* arg : rule.args) Resolve(arg);
    // Resolution may replace a term: the slots are written back.
    std::vector<Term**> heads;
    if (rule.head->kind == TermKind::kRef) {
      for (size_t i = 1; i < rule.head->items.size(); ++i) {
        heads.push_back(&rule.head->items[i]);
      }
    }
    if (rule.key) heads.push_back(&rule.key);
    if (rule.value) heads.push_back(&rule.value);
    InScope(rule.body, heads);
    for (ElseLink& link : rule.otherwise) {
      std::vector<Term**> value;
      if (link.value) value.push_back(&link.value);
      InScope(link.body, value);
    }
  }

 private:
  int NewLocal(std::string_view name) {
    rule_->locals.push_back(name);
    return static_cast<int>(rule_->locals.size()) - 1;
  }
  int Lookup(std::string_view name) const {
    for (size_t i = scopes_.size(); i-- > 0;) {
      const auto at = scopes_[i].find(name);
      if (at != scopes_[i].end()) return at->second;
    }
    return -1;
  }
  bool IsGlobal(std::string_view name) const {
    return name == "input" || name == "data" || imports_.contains(name) ||
           rules_.contains(name);
  }
  void Declare(std::string_view name) {
    if (name != "_") scopes_.back()[name] = NewLocal(name);
  }
  // Every variable of a pattern is new here.
  void DeclareAll(const Term* term) {
    if (term->kind == TermKind::kVar) return Declare(term->text);
    if (term->kind == TermKind::kArray || term->kind == TermKind::kSet) {
      for (const Term* item : term->items) DeclareAll(item);
    }
    if (term->kind == TermKind::kObject) {
      for (size_t i = 1; i < term->items.size(); i += 2) {
        DeclareAll(term->items[i]);
      }
    }
  }

  void InScope(Body* body, const std::vector<Term**>& heads) {
    scopes_.emplace_back();
    const int begin = static_cast<int>(rule_->locals.size());
    if (body) {
      std::unordered_set<std::string_view> declared;
      for (const Literal* literal : body->literals) {
        CollectDeclared(*literal, declared);
      }
      for (const Literal* literal : body->literals) {
        Implicit(*literal, declared);
      }
      for (Term** head : heads) Implicit(*head, declared);
      for (Literal* literal : body->literals) Resolve(*literal);
    } else {
      for (Term** head : heads) Implicit(*head, {});
    }
    for (Term** head : heads) Resolve(*head);
    if (body) {
      body->locals_begin = begin;
      body->locals_end = static_cast<int>(rule_->locals.size());
    }
    scopes_.pop_back();
  }

  using Set = std::unordered_set<std::string_view>;
  static void CollectPattern(const Term* term, Set& out) {
    if (term->kind == TermKind::kVar) out.insert(term->text);
    if (term->kind == TermKind::kArray || term->kind == TermKind::kObject) {
      for (const Term* item : term->items) CollectPattern(item, out);
    }
  }
  static void CollectDeclared(const Literal& literal, Set& out) {
    if (literal.kind == LiteralKind::kAssign) CollectPattern(literal.a, out);
    if (literal.kind == LiteralKind::kSomeIn) {
      if (literal.a) CollectPattern(literal.a, out);
      CollectPattern(literal.b, out);
    }
    for (const Term* name : literal.names) out.insert(name->text);
  }

  // Variables that occur outside closures and are nothing else: locals of the
  // scope, known to the closures in it.
  void Implicit(const Literal& literal, const Set& declared) {
    for (const Term* term : {literal.a, literal.b, literal.c}) {
      if (term == nullptr) continue;
      if (literal.kind == LiteralKind::kEvery && term != literal.c) continue;
      Implicit(term, declared);
    }
    if (literal.kind == LiteralKind::kNot && !literal.block) {
      for (const Literal* inner : literal.body->literals) {
        Implicit(*inner, declared);
      }
    }
    for (const With& with : literal.with) {
      const bool function = with.value->kind == TermKind::kVar &&
                            StandardBuiltins().Find(with.value->text) >= 0;
      if (!function) Implicit(with.value, declared);
    }
  }
  void Implicit(const Term* term, const Set& declared) {
    if (term->kind == TermKind::kVar) {
      const std::string_view name = term->text;
      if (name != "_" && !declared.contains(name) && Lookup(name) < 0 &&
          !IsGlobal(name)) {
        Declare(name);
      }
      return;
    }
    if (term->body) return;
    for (const Term* item : term->items) Implicit(item, declared);
  }

  void Resolve(Literal& literal) {
    CaptureOutput(literal);
    for (With& with : literal.with) {
      ResolveTarget(with.target);
      const bool named =
          with.value->kind == TermKind::kRef ||
          (with.value->kind == TermKind::kVar && Lookup(with.value->text) < 0);
      if (with.target->kind == TermKind::kCall && named) {
        ResolveTarget(with.value);
      } else {
        Resolve(with.value);
      }
    }
    switch (literal.kind) {
      case LiteralKind::kSome:
        for (Term* name : literal.names) Declare(name->text);
        return;
      case LiteralKind::kAssign:
        Resolve(literal.b);
        DeclareAll(literal.a);
        Resolve(literal.a);
        return;
      case LiteralKind::kSomeIn:
        Resolve(literal.c);
        if (literal.a) DeclareAll(literal.a);
        DeclareAll(literal.b);
        if (literal.a) Resolve(literal.a);
        Resolve(literal.b);
        return;
      case LiteralKind::kEvery: {
        Resolve(literal.c);
        scopes_.emplace_back();
        const int begin = static_cast<int>(rule_->locals.size());
        if (literal.a) DeclareAll(literal.a);
        DeclareAll(literal.b);
        if (literal.a) Resolve(literal.a);
        Resolve(literal.b);
        InScope(literal.body, {});
        literal.body->locals_begin = begin;
        scopes_.pop_back();
        return;
      }
      case LiteralKind::kNot:
        if (literal.block) {
          return InScope(literal.body, {});
        }
        for (Literal* inner : literal.body->literals) Resolve(*inner);
        return;
      case LiteralKind::kAnd:
      case LiteralKind::kOr:
        for (Body* operand : literal.operands) InScope(operand, {});
        return;
      default:
        Resolve(literal.a);
        if (literal.b) Resolve(literal.b);
    }
  }

  // f(x, out) with one argument too many is out = f(x).
  void CaptureOutput(Literal& literal) {
    if (literal.kind != LiteralKind::kExpr ||
        literal.a->kind != TermKind::kCall || literal.a->path.empty()) {
      return;
    }
    Term* call = literal.a;
    ResolveCallee(call);
    const size_t arity = Arity(call);
    if (arity == SIZE_MAX || call->items.size() != arity + 1) return;
    literal.kind = LiteralKind::kUnify;
    literal.b = call;
    literal.a = call->items.back();
    call->items.pop_back();
  }

  size_t Arity(const Term* call) const {
    switch (call->callee) {
      case Callee::kBuiltin:
        return StandardBuiltins().at(call->target).arity;
      case Callee::kHost:
        return host_[call->target].arity;
      case Callee::kUser: {
        const Node& node = tree_.nodes[call->target];
        return node.definitions.empty() ? node.fallback.rule->args.size()
                                        : node.definitions[0].rule->args.size();
      }
      default:
        return SIZE_MAX;
    }
  }

  // In place, or replaced by a reference.
  void Resolve(Term*& term) {
    switch (term->kind) {
      case TermKind::kScalar:
        return;
      case TermKind::kVar:
        return ResolveVar(term);
      case TermKind::kRef:
        for (Term*& item : term->items) Resolve(item);
        return Flatten(term);
      case TermKind::kCall:
        if (term->callee == Callee::kUnresolved) ResolveCallee(term);
        if (Term* rule = RuleCalled(term)) {
          term = rule;
          return;
        }
        break;
      case TermKind::kArrayOf:
      case TermKind::kSetOf:
      case TermKind::kObjectOf:
        return InComprehension(term);
      default:
        break;
    }
    for (Term*& item : term->items) Resolve(item);
  }

  void InComprehension(Term* term) {
    std::vector<Term**> heads;
    for (Term*& item : term->items) heads.push_back(&item);
    InScope(term->body, heads);
  }

  void ResolveVar(Term*& term) {
    if (term->local >= 0) return;
    const std::string_view name = term->text;
    if (name == "_") {
      term->local = NewLocal(name);
      return;
    }
    term->local = Lookup(name);
    if (term->local >= 0 || name == "input" || name == "data") return;
    const auto import = imports_.find(name);
    if (import != imports_.end()) {
      term = PathTerm(import->second->path, 0, term->span);
    } else if (rules_.contains(name)) {
      std::vector<std::string_view> path = {"data"};
      path.insert(path.end(), module_.package.begin(), module_.package.end());
      path.push_back(name);
      term = PathTerm(path, 0, term->span);
    } else {
      // Only after a declaration that stands below its use.
      term->local = NewLocal(name);
      scopes_.back()[name] = term->local;
    }
  }

  Term* PathTerm(const std::vector<std::string_view>& path, size_t,
                 const Span& span) {
    Term* root = New(TermKind::kVar, span);
    root->text = path[0];
    if (path.size() == 1) return root;
    Term* ref = New(TermKind::kRef, span);
    ref->items.push_back(root);
    for (size_t i = 1; i < path.size(); ++i) {
      Term* key = New(TermKind::kScalar, span);
      key->scalar = Value::Text(path[i]);
      ref->items.push_back(key);
    }
    return ref;
  }
  Term* New(TermKind kind, const Span& span) {
    Term& term = module_.terms.emplace_back();
    term.kind = kind;
    term.span = span;
    return &term;
  }

  // A reference whose head became a reference: one list of keys.
  static void Flatten(Term* term) {
    Term* head = term->items[0];
    if (head->kind != TermKind::kRef) return;
    std::vector<Term*> items = head->items;
    items.insert(items.end(), term->items.begin() + 1, term->items.end());
    term->items = std::move(items);
  }

  // A `with` target: a document path, or the name of a function.
  void ResolveTarget(Term*& term) {
    Term call;
    call.kind = TermKind::kCall;
    call.span = term->span;
    if (term->kind == TermKind::kVar) call.path = {term->text};
    if (term->kind == TermKind::kRef &&
        term->items[0]->kind == TermKind::kVar) {
      call.path = {term->items[0]->text};
      for (size_t i = 1; i < term->items.size(); ++i) {
        const Term* key = term->items[i];
        if (key->kind != TermKind::kScalar || !key->scalar.is_string()) {
          call.path.clear();
          break;
        }
        call.path.push_back(key->scalar.text());
      }
    }
    std::string name;
    for (const std::string_view part : call.path) {
      name += (name.empty() ? "" : ".") + std::string(part);
    }
    call.text = module_.arena.Copy(name);
    if (!call.path.empty()) FindCallee(&call);
    if (call.callee != Callee::kUnresolved && call.callee != Callee::kUnknown) {
      term = New(TermKind::kCall, term->span);
      const Span span = term->span;
      *term = call;
      term->span = span;
      term->named = true;
      return;
    }
    Resolve(term);
  }

  void ResolveCallee(Term* call) {
    if (call->path.empty()) {  // an operator
      const int found = StandardBuiltins().Find(call->text);
      call->callee = Callee::kBuiltin;
      call->target = static_cast<uint32_t>(found);
      return;
    }
    FindCallee(call);
  }

  // Below data, what a call may mean by its name; empty when an import says
  // that it means none of that.
  std::vector<std::string_view> PathOf(const Term* call) const {
    std::vector<std::string_view> path;
    const auto import = imports_.find(call->path[0]);
    if (call->path[0] == "data") {
      path.assign(call->path.begin() + 1, call->path.end());
    } else if (import != imports_.end()) {
      if (import->second->path[0] != "data") return {};
      path.assign(import->second->path.begin() + 1, import->second->path.end());
      path.insert(path.end(), call->path.begin() + 1, call->path.end());
    } else {
      path = module_.package;
      path.insert(path.end(), call->path.begin(), call->path.end());
    }
    return path;
  }

  // A rule with an empty list of arguments, called: a reference to it.
  Term* RuleCalled(const Term* call) {
    if (call->callee != Callee::kUnknown || !call->items.empty() ||
        call->path.empty()) {
      return nullptr;
    }
    std::vector<std::string_view> path = PathOf(call);
    const uint32_t node = tree_.Find(path);
    if (node == Tree::kNone || !tree_.nodes[node].has_rule()) return nullptr;
    path.insert(path.begin(), "data");
    return PathTerm(path, 0, call->span);
  }

  void FindCallee(Term* call) {
    call->callee = Callee::kUnknown;
    const std::vector<std::string_view> path = PathOf(call);
    if (path.empty()) return;
    const uint32_t node = tree_.Find(path);
    if (node != Tree::kNone && tree_.nodes[node].is_function()) {
      call->callee = Callee::kUser;
      call->target = node;
      return;
    }
    for (size_t i = 0; i < host_.size(); ++i) {
      if (host_[i].name == call->text) {
        call->callee = Callee::kHost;
        call->target = static_cast<uint32_t>(i);
        return;
      }
    }
    const int found = StandardBuiltins().Find(call->text);
    if (found >= 0) {
      call->callee = Callee::kBuiltin;
      call->target = static_cast<uint32_t>(found);
    }
  }

  Module& module_;
  const Tree& tree_;
  const std::vector<HostFunction>& host_;
  std::unordered_map<std::string_view, const Import*> imports_;
  std::unordered_set<std::string_view> rules_;
  uint32_t package_ = 0;
  Rule* rule_ = nullptr;
  std::vector<Names> scopes_;
};

}  // namespace

void Resolve(std::vector<std::unique_ptr<Module>>& modules, const Tree& tree,
             const std::vector<HostFunction>& host) {
  for (auto& module : modules) {
    Resolver resolver(*module, tree, host);
    for (Rule& rule : module->rules) resolver.Run(rule);
  }
}

}  // namespace vouchsafe::rego
