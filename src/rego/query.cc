#include "rego/query.h"

#include <algorithm>

#include "rego/document.h"
#include "rego/parser.h"
#include "rego/plan_impl.h"
#include "rego/vm.h"

namespace vouchsafe::rego {
namespace {

// No name of a policy can be the same.
constexpr std::string_view kNowhere = "<query>";

Term* NewTerm(Module* module, TermKind kind) {
  Term& term = module->terms.emplace_back();
  term.kind = kind;
  return &term;
}

// Locals of closures: they belong to the body of a comprehension, `every` or
// a negated block.
class ClosureFinder {
 public:
  explicit ClosureFinder(size_t locals) : inside(locals) {}

  void Walk(const Body& body) {
    for (const Literal* literal : body.literals) {
      for (const Term* term : {literal->a, literal->b, literal->c}) {
        if (term) Walk(*term);
      }
      for (const With& with : literal->with) Walk(*with.value);
      if (literal->body == nullptr) continue;
      if (literal->kind == LiteralKind::kEvery || literal->block) {
        Mark(*literal->body);
      }
      Walk(*literal->body);
    }
  }

  std::vector<bool> inside;

 private:
  void Walk(const Term& term) {
    if (term.body) Mark(*term.body);
    for (const Term* item : term.items) Walk(*item);
  }
  void Mark(const Body& body) {
    for (int i = body.locals_begin; i < body.locals_end; ++i) {
      inside[static_cast<size_t>(i)] = true;
    }
  }
};

// `some x` alone binds nothing: x is no answer unless it is used.
void MarkUsed(const Term& term, std::vector<bool>& used);
void MarkUsed(const Body& body, std::vector<bool>& used) {
  for (const Literal* literal : body.literals) {
    for (const Term* term : {literal->a, literal->b, literal->c}) {
      if (term) MarkUsed(*term, used);
    }
    if (literal->body) MarkUsed(*literal->body, used);
    for (const With& with : literal->with) MarkUsed(*with.value, used);
  }
}
void MarkUsed(const Term& term, std::vector<bool>& used) {
  if (term.local >= 0) used[static_cast<size_t>(term.local)] = true;
  for (const Term* item : term.items) MarkUsed(*item, used);
  if (term.body) MarkUsed(*term.body, used);
}

}  // namespace

void PlaceQuery(Module* query, Tree* tree) {
  query->package = {kNowhere};
  Rule rule;
  rule.kind = RuleKind::kSet;
  rule.head = NewTerm(query, TermKind::kVar);
  rule.head->text = kNowhere;
  rule.body = &query->bodies.front();
  rule.span = rule.body->span;
  query->rules.push_back(std::move(rule));
  Node node;
  node.path = kQueryFile;
  node.definitions.push_back({query, &query->rules.back(), {}});
  tree->nodes.push_back(std::move(node));
}

std::vector<std::string> CollectVariables(Module* query) {
  Rule& rule = query->rules.back();
  ClosureFinder closures(rule.locals.size());
  closures.Walk(*rule.body);
  std::vector<bool> used(rule.locals.size());
  MarkUsed(*rule.body, used);
  std::vector<std::string> names;
  rule.key = NewTerm(query, TermKind::kArray);
  rule.key->span = rule.span;
  for (size_t i = 0; i < rule.locals.size(); ++i) {
    if (closures.inside[i] || !used[i] || rule.locals[i] == "_") continue;
    names.emplace_back(rule.locals[i]);
    Term* variable = NewTerm(query, TermKind::kVar);
    variable->text = rule.locals[i];
    variable->local = static_cast<int>(i);
    variable->span = rule.span;
    rule.key->items.push_back(variable);
  }
  return names;
}

bool TakeFindings(const Module* query, CompiledData* out) {
  if (query == nullptr) return false;
  std::vector<Diagnostic>& all = out->diagnostics;
  const auto mine = std::stable_partition(
      all.begin(), all.end(),
      [&](const Diagnostic& finding) { return finding.file != query->file; });
  std::move(mine, all.end(), std::back_inserter(out->query_diagnostics));
  all.erase(mine, all.end());
  return !out->query_diagnostics.empty();
}

QueryOutcome Query(const Program& program, std::string_view text,
                   const Request& request) {
  QueryOutcome out;
  const ProgramData& known = program.data();
  const Source query{std::string(kQueryFile), std::string(text)};
  CompiledData compiled =
      CompileData(known.sources, known.builtins, known.options, &query);
  out.diagnostics = std::move(compiled.query_diagnostics);
  if (!out.diagnostics.empty()) return out;
  if (!compiled.data) {  // only the time to compile can differ
    out.diagnostics = std::move(compiled.diagnostics);
    return out;
  }
  Request ask = request;
  ask.explain = false;
  ask.entries = {
      EntryAccess::Make(std::string(kQueryFile), compiled.query_function)};
  const Program joined(std::move(compiled.data));
  Outcome outcome = Evaluate(joined, ask);
  out.error = std::move(outcome.error);
  out.stats = outcome.stats;
  if (out.error) return out;
  for (const json::Value& row : *outcome.answers.at(0).value.if_array()) {
    Bindings solution;
    for (size_t i = 0; i < compiled.variables.size(); ++i) {
      solution.push_back({compiled.variables[i], (*row.if_array())[i]});
    }
    out.solutions.push_back(std::move(solution));
  }
  return out;
}

Result<Document> Document::FromTerm(std::string_view text) {
  const Source source{"term", std::string(text)};
  const Parsed parsed = ParseQuery(source, Version::kV1, Limits());
  if (parsed.error) {
    return Fail(ErrorCode::kInvalidInput, "rego term: " + parsed.error->Text());
  }
  const Body& body = parsed.module->bodies.front();
  const Literal& only = *body.literals.front();
  if (body.literals.size() != 1 || only.kind != LiteralKind::kExpr ||
      !only.with.empty() || !IsConstant(only.a)) {
    return Fail(ErrorCode::kInvalidInput, "rego term: not one constant");
  }
  auto data = std::make_shared<Data>();
  try {
    data->root = CopyInto(data->arena, ConstantOf(data->arena, only.a));
  } catch (const Halt& halt) {
    return Fail(ErrorCode::kTooLarge, "rego term: " + halt.message);
  }
  return Document(std::move(data));
}

}  // namespace vouchsafe::rego
