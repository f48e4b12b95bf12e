#include "rego/check.h"

#include "json/write.h"
#include "rego/builtin_table.h"
#include "rego/walk.h"

namespace vouchsafe::rego {
namespace {

const Builtin* BuiltinOf(const Term& call) {
  return call.callee == Callee::kBuiltin ? &StandardBuiltins().at(call.target)
                                         : nullptr;
}

std::string Plural(size_t count) {
  return std::to_string(count) + (count == 1 ? " argument" : " arguments");
}

class Checker {
 public:
  Checker(const Module& module, const Tree& tree, const CompileOptions& options,
          const std::vector<HostFunction>& host, Findings* findings)
      : module_(module),
        tree_(tree),
        deprecated_(module.v1 || options.strict_unused),
        host_(host),
        findings_(*findings) {}

  void Run(const Rule& rule) {
    for (const Term* arg : rule.args) Value(arg);
    if (rule.head->kind == TermKind::kRef) {
      for (const Term* item : rule.head->items) Value(item);
    }
    Value(rule.key);
    Value(rule.value);
    InBody(rule.body);
    for (const ElseLink& link : rule.otherwise) {
      Value(link.value);
      InBody(link.body);
    }
  }

 private:
  void InBody(const Body* body) {
    if (body == nullptr) return;
    for (const Literal* literal : body->literals) InLiteral(*literal);
  }

  void InLiteral(const Literal& literal) {
    for (const With& with : literal.with) {
      if (const auto fault = FaultOf(with, tree_, host_)) {
        findings_.Add(Step::kWith, fault->code, fault->message, module_,
                      with.target->span);
      }
      if (!with.value->named) Value(with.value);
    }
    // A call that stands alone may be of a function without a value.
    const bool alone = literal.kind == LiteralKind::kExpr &&
                       literal.a->kind == TermKind::kCall;
    if (alone) {
      Call(*literal.a);
      for (const Term* item : literal.a->items) Value(item);
    } else {
      Value(literal.a);
    }
    Value(literal.b);
    Value(literal.c);
    InBody(literal.body);
    for (const Body* operand : literal.operands) InBody(operand);
  }

  void Value(const Term* term) {
    if (term == nullptr) return;
    if (term->kind == TermKind::kCall) {
      const Builtin* builtin = BuiltinOf(*term);
      if (builtin && !builtin->signature.has_result) {
        findings_.Type(
            Step::kVoidCalls,
            std::string(module_.TextOf(term->span)) + " used as value", module_,
            term->span);
      }
      Call(*term);
    }
    for (const Term* item : term->items) Value(item);
    if (term->body) InBody(term->body);
  }

  void Call(const Term& call) {
    if (call.path.empty()) return;  // an operator
    const std::string name = CalleeText(call, tree_);
    const auto arity = ArityOf(call, tree_, host_);
    if (!arity) {
      findings_.Type(Step::kFunctions, "undefined function " + name, module_,
                     call.span);
      return;
    }
    const Builtin* builtin = BuiltinOf(call);
    if (builtin && builtin->deprecated && deprecated_) {
      findings_.Type(
          Step::kDeprecated,
          "deprecated built-in function calls in expression: " + name, module_,
          call.span);
    }
    if (*arity == call.items.size() || *arity == kAnyArity) return;
    Diagnostic finding = Finding(
        "rego_type_error",
        builtin ? name + ": arity mismatch"
                : "function " + name + " has arity " + std::to_string(*arity) +
                      ", got " + Plural(call.items.size()),
        module_, call.span);
    if (builtin) {
      finding.details.push_back("have: " + Plural(call.items.size()));
      finding.details.push_back("want: " + ArgsText(builtin->signature));
    }
    findings_.Add(Step::kFunctions, std::move(finding));
  }

  const Module& module_;
  const Tree& tree_;
  const bool deprecated_;
  const std::vector<HostFunction>& host_;
  Findings& findings_;
};

std::optional<WithFault> BuiltinFault(const Builtin& builtin) {
  const std::string start = "with keyword replacing built-in function: ";
  const std::string name = json::Quote(builtin.name);
  const auto fault = [&](const std::string& text) {
    return WithFault{"rego_compile_error", start + text};
  };
  if (builtin.name == "eq" || builtin.name.starts_with("rego.metadata.")) {
    return fault("replacement of " + name + " invalid");
  }
  if (builtin.name.starts_with("internal.")) {
    return fault("replacement of internal function " + name + " invalid");
  }
  if (builtin.relation) return fault("target must not be a relation");
  if (!builtin.signature.has_result) {
    return fault("target must not be a void function");
  }
  return std::nullopt;
}

std::optional<WithFault> DocumentFault(const Term& target, const Tree& tree) {
  const WithFault bad{"rego_type_error",
                      "with keyword target must reference existing input, "
                      "data, or a function"};
  const bool keyed = target.kind == TermKind::kRef;
  const Term* root = keyed ? target.items[0] : &target;
  if (root->kind != TermKind::kVar || root->local >= 0) return bad;
  uint32_t node = root->text == "data" ? 0 : Tree::kNone;
  for (size_t i = 1; keyed && i < target.items.size(); ++i) {
    const Term* key = target.items[i];
    if (key->kind != TermKind::kScalar || !key->scalar.is_string()) return bad;
    if (node == Tree::kNone) continue;
    node = tree.Child(node, key->scalar.text());
    const bool last = i + 1 == target.items.size();
    if (node == Tree::kNone || last || !tree.nodes[node].has_rule()) continue;
    return WithFault{"rego_compile_error",
                     "with keyword cannot partially replace virtual "
                     "document(s)"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<size_t> ArityOf(const Term& call, const Tree& tree,
                              const std::vector<HostFunction>& host) {
  switch (call.callee) {
    case Callee::kBuiltin:
      return StandardBuiltins().at(call.target).arity;
    case Callee::kHost:
      return host[call.target].arity;
    case Callee::kUser: {
      const Node& node = tree.nodes[call.target];
      return node.definitions.empty() ? node.fallback.rule->args.size()
                                      : node.definitions[0].rule->args.size();
    }
    default:
      return std::nullopt;
  }
}

std::string CalleeText(const Term& call, const Tree& tree) {
  if (call.callee == Callee::kUser) return tree.nodes[call.target].path;
  return std::string(call.text);
}

std::optional<WithFault> FaultOf(const With& with, const Tree& tree,
                                 const std::vector<HostFunction>& host) {
  const Term& target = *with.target;
  if (target.kind != TermKind::kCall) return DocumentFault(target, tree);
  if (const Builtin* builtin = BuiltinOf(target)) {
    if (auto fault = BuiltinFault(*builtin)) return fault;
  }
  if (!with.value->named) return std::nullopt;
  if (ArityOf(target, tree, host) == ArityOf(*with.value, tree, host)) {
    return std::nullopt;
  }
  return WithFault{"rego_type_error",
                   CalleeText(target, tree) + ": arity mismatch"};
}

void CheckCalls(const std::vector<std::unique_ptr<Module>>& modules,
                const Tree& tree, const CompileOptions& options,
                const std::vector<HostFunction>& host, Findings* findings) {
  for (const auto& module : modules) {
    Checker checker(*module, tree, options, host, findings);
    for (const Rule& rule : module->rules) checker.Run(rule);
  }
}

}  // namespace vouchsafe::rego
