#include "rego/infer.h"

#include <algorithm>

#include "rego/builtin_table.h"
#include "rego/check.h"
#include "rego/infer_types.h"
#include "rego/plan_impl.h"

namespace vouchsafe::rego {
namespace {

using Kinds = Type::Of;
using MaybeType = std::optional<Type>;

// What is known of a node of the tree.
struct NodeType {
  MaybeType value;  // of a rule, or a function's result
  std::vector<Type> args;
};

std::string Lines(const MaybeType& type) {
  return type ? TypeText(*type) : "???";
}

// One link of a definition.
class LinkChecker {
 public:
  LinkChecker(const Module& module, const Rule& rule, const Tree& tree,
              const std::vector<NodeType>& nodes, CompileClock* clock,
              Arena* arena, Findings* findings)
      : module_(module),
        tree_(tree),
        nodes_(nodes),
        clock_(clock),
        arena_(*arena),
        findings_(*findings),
        locals_(rule.locals.size()) {}

  void InBody(const Body* body) {
    if (body == nullptr) return;
    for (const Literal* literal : body->literals) InLiteral(*literal);
  }

  // The type of a term whose variables are all typed; checks what is in it.
  // A variable that has no type yet makes the whole unknown.
  MaybeType TypeOfTerm(const Term* term) {
    clock_->Tick(4);
    switch (term->kind) {
      case TermKind::kScalar:
        return TypeOfConstant(term->scalar);
      case TermKind::kVar:
        if (term->local < 0) return Type();
        return locals_[static_cast<size_t>(term->local)];
      case TermKind::kRef:
        return OfRef(term);
      case TermKind::kCall:
        return OfCall(term, term->span);
      case TermKind::kTemplate:
        for (const Term* item : term->items) TypeOfTerm(item);
        return SimpleType(Kinds::kString);
      case TermKind::kArrayOf:
      case TermKind::kSetOf:
      case TermKind::kObjectOf:
        return OfComprehension(term);
      default:
        return OfCollection(term);
    }
  }

  bool failed() const { return failed_; }

 private:
  void InLiteral(const Literal& literal) {
    for (const With& with : literal.with) {
      if (!with.value->named) TypeOfTerm(with.value);
    }
    switch (literal.kind) {
      case LiteralKind::kExpr:
        return InExpression(literal);
      case LiteralKind::kAssign:
      case LiteralKind::kUnify:
        return Equate(literal.a, literal.b, literal.span);
      case LiteralKind::kSome:
        return;
      case LiteralKind::kSomeIn:
      case LiteralKind::kEvery: {
        const MaybeType domain = TypeOfTerm(literal.c);
        const MaybeType keys = domain ? KeyType(*domain) : MaybeType();
        const MaybeType values = domain ? ValueType(*domain) : MaybeType();
        if (literal.a) Give(literal.a, keys.value_or(Type()));
        Give(literal.b, values.value_or(Type()));
        return InBody(literal.body);
      }
      case LiteralKind::kNot:
        return InBody(literal.body);
      case LiteralKind::kAnd:
      case LiteralKind::kOr:
        for (const Body* operand : literal.operands) InBody(operand);
    }
  }

  void InExpression(const Literal& literal) {
    const Term* term = literal.a;
    if (term->kind != TermKind::kCall) {
      TypeOfTerm(term);
      return;
    }
    // `==` that stands alone is held to what `=` is held to.
    if (term->path.empty() && term->text == "equal") {
      return Equate(term->items[0], term->items[1], literal.span);
    }
    OfCall(term, literal.span);
  }

  void Equate(const Term* a, const Term* b, const Span& span) {
    const MaybeType left = TypeOfTerm(a);
    const MaybeType right = TypeOfTerm(b);
    if (Unify(a, left, b, right)) return;
    Diagnostic finding =
        Finding("rego_type_error", "match error", module_, span);
    finding.details = {"left  : " + Lines(left), "right : " + Lines(right)};
    Add(std::move(finding));
  }

  bool Unify(const Term* a, const MaybeType& left, const Term* b,
             const MaybeType& right) {
    if (left && right) return MayOverlap(*left, *right);
    if (right) return Give(a, *right);
    if (left) return Give(b, *left);
    if (a->kind == b->kind && IsPattern(a) &&
        a->items.size() == b->items.size()) {
      for (size_t i = 0; i < a->items.size(); ++i) {
        if (!Unify(a->items[i], TypeOfTerm(a->items[i]), b->items[i],
                   TypeOfTerm(b->items[i]))) {
          return false;
        }
      }
      return true;
    }
    return Give(a, Type()) && Give(b, Type());
  }

  // The variables of a pattern get the types that they have in a value of
  // `type`. False: no such value fits the pattern.
  bool Give(const Term* pattern, const Type& type) {
    if (pattern->kind == TermKind::kVar && pattern->local >= 0) {
      MaybeType& known = locals_[static_cast<size_t>(pattern->local)];
      if (known) return MayOverlap(*known, type);
      known = type;
      return true;
    }
    if (!IsPattern(pattern)) {
      const MaybeType own = TypeOfTerm(pattern);
      return !own || MayOverlap(*own, type);
    }
    if (type.of == Kinds::kOneOf) {
      bool fits = false;
      for (const Type& part : type.parts) fits = fits || Fits(pattern, part);
      Widen(pattern);
      return fits;
    }
    if (type.of == Kinds::kAny) {
      Widen(pattern);
      return true;
    }
    return pattern->kind == TermKind::kArray ? GiveArray(pattern, type)
                                             : GiveObject(pattern, type);
  }

  static bool Fits(const Term* pattern, const Type& type) {
    return type.of == Kinds::kAny ||
           type.of == (pattern->kind == TermKind::kArray ? Kinds::kArray
                                                         : Kinds::kObject);
  }

  // Of any type, all variables that have none.
  void Widen(const Term* pattern) {
    if (pattern->kind == TermKind::kVar && pattern->local >= 0) {
      MaybeType& known = locals_[static_cast<size_t>(pattern->local)];
      if (!known) known = Type();
      return;
    }
    if (!IsPattern(pattern)) {
      TypeOfTerm(pattern);
      return;
    }
    for (const Term* item : pattern->items) Widen(item);
  }

  bool GiveArray(const Term* pattern, const Type& type) {
    if (type.of != Kinds::kArray) return false;
    const size_t size = pattern->items.size();
    if (size < type.parts.size()) return false;
    if (size != type.parts.size() && type.rest.empty()) return false;
    bool fits = true;
    for (size_t i = 0; i < size; ++i) {
      const Type& item = i < type.parts.size() ? type.parts[i] : type.rest[0];
      fits = Give(pattern->items[i], item) && fits;
    }
    return fits;
  }

  bool GiveObject(const Term* pattern, const Type& type) {
    if (type.of != Kinds::kObject) return false;
    bool fits = true;
    for (size_t i = 0; i < pattern->items.size(); i += 2) {
      const Term* key = pattern->items[i];
      MaybeType value = Type();
      if (key->kind == TermKind::kScalar) {
        value = Select(type, key->scalar);
      } else {
        TypeOfTerm(key);
      }
      fits = value && Give(pattern->items[i + 1], *value) && fits;
      Widen(pattern->items[i + 1]);
    }
    return fits;
  }

  MaybeType OfCollection(const Term* term) {
    if (IsConstant(term)) return TypeOfConstant(ConstantOf(arena_, term));
    bool known = true;
    std::vector<Type> items;
    for (const Term* item : term->items) {
      const MaybeType type = TypeOfTerm(item);
      known = known && type;
      items.push_back(type.value_or(Type()));
    }
    if (!known) return std::nullopt;
    Type out;
    if (term->kind == TermKind::kArray) {
      out.of = Kinds::kArray;
      out.parts = std::move(items);
      return out;
    }
    if (term->kind == TermKind::kSet) {
      Type member = items[0];
      for (const Type& item : items) member = Union(member, item);
      return SetOf(std::move(member));
    }
    out.of = Kinds::kObject;
    for (size_t i = 0; i < items.size(); i += 2) {
      const Term* key = term->items[i];
      if (key->kind == TermKind::kScalar && key->scalar.is_string()) {
        out.fields.push_back({std::string(key->scalar.text()), items[i + 1]});
      } else {
        out.key.assign(1, Type());
        out.rest.assign(1, Type());
      }
    }
    return out;
  }

  MaybeType OfComprehension(const Term* term) {
    InBody(term->body);
    std::vector<Type> items;
    for (const Term* item : term->items) {
      items.push_back(TypeOfTerm(item).value_or(Type()));
    }
    if (term->kind == TermKind::kArrayOf) return ArrayOf(items[0]);
    if (term->kind == TermKind::kSetOf) return SetOf(items[0]);
    return ObjectOf(items[0], items[1]);
  }

  MaybeType OfCall(const Term* call, const Span& span) {
    std::vector<MaybeType> have;
    for (const Term* item : call->items) have.push_back(TypeOfTerm(item));
    std::vector<Type> want;
    Type result;
    if (call->callee == Callee::kBuiltin) {
      const Signature& signature =
          StandardBuiltins().at(call->target).signature;
      want = signature.args;
      result = signature.result;
    } else if (call->callee == Callee::kUser) {
      const NodeType& node = nodes_[call->target];
      want = node.args;
      result = node.value.value_or(Type());
    }
    const bool counted = want.size() == have.size();
    bool fits = true;
    for (size_t i = 0; i < have.size(); ++i) {
      const Type type = counted ? want[i] : Type();
      if (have[i] ? !MayOverlap(*have[i], type) : !Give(call->items[i], type)) {
        fits = false;
      }
    }
    if (fits) return result;
    Diagnostic finding = Finding(
        "rego_type_error", CalleeText(*call, tree_) + ": invalid argument(s)",
        module_, span);
    finding.details = {"have: " + List(have), "want: " + List(want)};
    Add(std::move(finding));
    return Type();
  }

  static std::string List(const std::vector<MaybeType>& types) {
    std::string out = "(";
    for (const MaybeType& type : types) {
      out += (out.size() > 1 ? ", " : "") + Lines(type);
    }
    return out + ")";
  }
  static std::string List(const std::vector<Type>& types) {
    return List(std::vector<MaybeType>(types.begin(), types.end()));
  }

  MaybeType OfRef(const Term* ref) {
    const Term* head = ref->items[0];
    size_t at = 1;
    MaybeType type = Type();
    if (head->kind == TermKind::kVar && head->local < 0) {
      if (head->text == "data") type = OfData(ref, &at);
    } else {
      type = TypeOfTerm(head);
    }
    if (!type) type = Type();
    for (; at < ref->items.size(); ++at) {
      const MaybeType inner = ByKey(*type, ref->items[at]);
      if (!inner) {
        Undefined(ref, *type, at);
        for (; at < ref->items.size(); ++at) Widen(ref->items[at]);
        return Type();
      }
      type = inner;
    }
    return type;
  }

  // The rule that a reference to data leads to, and where its own keys begin.
  Type OfData(const Term* ref, size_t* at) {
    uint32_t node = 0;
    while (*at < ref->items.size() && !tree_.nodes[node].has_rule()) {
      const Term* key = ref->items[*at];
      if (key->kind != TermKind::kScalar || !key->scalar.is_string()) break;
      node = tree_.Child(node, key->scalar.text());
      if (node == Tree::kNone) return Type();
      ++*at;
    }
    if (!tree_.nodes[node].has_rule()) return Type();
    if (tree_.nodes[node].is_function()) {
      Undefined(ref, Type(), *at);
      return Type();
    }
    return nodes_[node].value.value_or(Type());
  }

  MaybeType ByKey(const Type& type, const Term* key) {
    if (key->kind == TermKind::kScalar) return Select(type, key->scalar);
    const MaybeType keys = KeyType(type);
    if (!keys) {
      Widen(key);
      return std::nullopt;
    }
    const MaybeType have = TypeOfTerm(key);
    const bool fits = have ? MayOverlap(*have, *keys) : Give(key, *keys);
    return fits ? ValueType(type) : std::nullopt;
  }

  void Undefined(const Term* ref, const Type& type, size_t at) {
    Diagnostic finding =
        Finding("rego_type_error", "undefined ref: " + RefText(*ref), module_,
                ref->span);
    if (at < ref->items.size()) {
      finding.details = {"have: " + RefText(*ref->items[at]),
                         "in: " + TypeText(type)};
    }
    Add(std::move(finding));
  }

  void Add(Diagnostic finding) {
    failed_ = true;
    findings_.Add(Step::kTypes, std::move(finding));
  }

  const Module& module_;
  const Tree& tree_;
  const std::vector<NodeType>& nodes_;
  CompileClock* clock_;
  Arena& arena_;
  Findings& findings_;
  std::vector<MaybeType> locals_;
  bool failed_ = false;
};

class Checker {
 public:
  Checker(const Tree& tree, CompileClock* clock, Findings* findings)
      : tree_(tree),
        clock_(clock),
        findings_(findings),
        nodes_(tree.nodes.size()) {}

  void Run(const Uses& uses) {
    for (const uint32_t node : DependencyOrder(uses)) OneNode(node);
  }

 private:
  void OneNode(uint32_t index) {
    const Node& node = tree_.nodes[index];
    if (!node.has_rule()) return;
    // A collecting rule checks its own definitions; those of the paths below
    // it are among them.
    if (Hidden(index)) return;
    NodeType out;
    for (const Definition& definition : node.definitions) {
      OneDefinition(definition, node, &out);
    }
    if (node.fallback.rule) OneDefinition(node.fallback, node, &out);
    nodes_[index] = std::move(out);
  }

  bool Hidden(uint32_t index) const {
    const Node& node = tree_.nodes[index];
    if (node.keys.empty()) return false;
    return tree_.Child(node.parent, node.keys.back()) != index;
  }

  void OneDefinition(const Definition& definition, const Node& node,
                     NodeType* out) {
    const Rule& rule = *definition.rule;
    OneLink(definition, rule.body, rule.value, node, out);
    for (const ElseLink& link : rule.otherwise) {
      OneLink(definition, link.body, link.value, node, out);
    }
  }

  void OneLink(const Definition& definition, const Body* body,
               const Term* value, const Node& node, NodeType* out) {
    const Rule& rule = *definition.rule;
    LinkChecker checker(*definition.module, rule, tree_, nodes_, clock_,
                        &arena_, findings_);
    checker.InBody(body);
    MaybeType type;
    if (rule.kind == RuleKind::kSet) {
      type = SetOf(checker.TypeOfTerm(rule.key).value_or(Type()));
    } else {
      type = value ? checker.TypeOfTerm(value).value_or(Type())
                   : SimpleType(Kinds::kBoolean);
    }
    std::vector<Type> keys;
    if (rule.head->kind == TermKind::kRef) {
      for (size_t i = 1; i < rule.head->items.size(); ++i) {
        keys.push_back(
            checker.TypeOfTerm(rule.head->items[i]).value_or(Type()));
      }
    }
    const size_t path = node.keys.size() - definition.module->package.size();
    for (size_t i = keys.size(); i >= path && i > 0; --i) {
      type = ObjectOf(keys[i - 1], *type);
    }
    // Last: the body and the value tell what the arguments must be.
    std::vector<Type> args;
    for (const Term* arg : rule.args) {
      args.push_back(checker.TypeOfTerm(arg).value_or(Type()));
    }
    if (!definition.inner.empty() || checker.failed()) type = Type();
    if (checker.failed()) args.assign(args.size(), Type());
    out->value = out->value ? Union(*out->value, *type) : *type;
    if (out->args.empty()) {
      out->args = std::move(args);
    } else if (out->args.size() == args.size()) {
      for (size_t i = 0; i < args.size(); ++i) {
        out->args[i] = Union(out->args[i], args[i]);
      }
    }
  }

  const Tree& tree_;
  CompileClock* clock_;
  Findings* findings_;
  Arena arena_{size_t{64} << 20};
  std::vector<NodeType> nodes_;
};

}  // namespace

void CheckTypes(const Tree& tree, const Uses& uses, CompileClock* clock,
                Findings* findings) {
  Checker(tree, clock, findings).Run(uses);
  std::vector<Diagnostic>& found = findings->at(Step::kTypes);
  std::stable_sort(
      found.begin(), found.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::tie(a.file, a.row, a.col) < std::tie(b.file, b.row, b.col);
      });
  const auto same = [](const Diagnostic& a, const Diagnostic& b) {
    return a.file == b.file && a.row == b.row && a.col == b.col &&
           a.message == b.message;
  };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
}

}  // namespace vouchsafe::rego
