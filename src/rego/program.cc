// Compile, and what a Program answers about itself.

#include "rego/program.h"

#include <algorithm>

#include "crypto/hash.h"
#include "rego/analysis.h"
#include "rego/annotations.h"
#include "rego/fold.h"
#include "rego/index.h"
#include "rego/parser.h"
#include "rego/query.h"
#include "rego/resolve.h"

namespace vouchsafe::rego {

std::string Diagnostic::Text() const {
  return file + ":" + std::to_string(row) + ":" + std::to_string(col) + ": " +
         code + ": " + message;
}

Builtins Builtins::Standard() {
  return Builtins(std::make_shared<const std::vector<HostFunction>>());
}

Result<Builtins> Builtins::WithHost(std::vector<HostFunction> functions) {
  for (size_t i = 0; i < functions.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (functions[i].name == functions[j].name) {
        return Fail(ErrorCode::kConflict,
                    "rego: two host functions are called " + functions[i].name);
      }
    }
  }
  return Builtins(
      std::make_shared<const std::vector<HostFunction>>(std::move(functions)));
}

Builtins Builtins::With(std::shared_ptr<const BuiltinSupply> supply) const {
  Builtins out = *this;
  out.supply_ = std::move(supply);
  return out;
}

Location LocationOf(const Ir& ir, uint32_t place) {
  if (place >= ir.places.size() || ir.files.empty()) return {};
  const Place& at = ir.places[place];
  return {ir.files[at.file], at.row, at.col};
}

Program::Program(std::unique_ptr<const ProgramData> data)
    : data_(std::move(data)) {}
Program::~Program() = default;

Entry Program::Find(std::string_view path) const {
  Entry out;
  out.path_ = std::string(path);
  for (const IrNode& node : data_->ir.nodes) {
    if (node.path == path && node.kind != FunctionKind::kFunction) {
      out.function_ = node.function;
    }
  }
  return out;
}

std::vector<std::string> Program::Entries() const {
  std::vector<std::string> out;
  for (const IrNode& node : data_->ir.nodes) {
    if (node.kind == FunctionKind::kRule) out.push_back(node.path);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> Program::HostCallConstants(
    std::string_view function) const {
  const auto at = data_->host_use.find(function);
  if (at == data_->host_use.end()) return {};
  return {at->second.constants.begin(), at->second.constants.end()};
}

bool Program::HostCallsOpen(std::string_view function) const {
  const auto at = data_->host_use.find(function);
  return at != data_->host_use.end() && at->second.open;
}

const std::array<uint8_t, 48>& Program::SourceSha384() const {
  return data_->sha384;
}

size_t Program::MemoryBytes() const {
  const Ir& ir = data_->ir;
  size_t size = sizeof(ProgramData) + data_->arena.used();
  for (const Source& source : data_->sources) size += source.text.size();
  for (const Function& function : ir.functions) {
    size += sizeof(Function) + function.code.size() * sizeof(Instruction);
  }
  return size + ir.constants.size() * sizeof(Value) +
         ir.args.size() * sizeof(uint32_t) + ir.places.size() * sizeof(Place) +
         ir.nodes.size() * (sizeof(IrNode) + 128);
}

std::string Program::DumpIr() const { return Dump(data_->ir); }

namespace {

std::array<uint8_t, 48> DigestOf(std::span<const Source> sources) {
  if (sources.size() == 1) return crypto::Sha384(AsBytes(sources[0].text));
  std::string all;
  for (const Source& source : sources) {
    all += std::to_string(source.text.size()) + ":" + source.text;
  }
  return crypto::Sha384(AsBytes(all));
}

// The findings of all steps, or at the strict level those of the first step
// that has some. A variable that nothing binds ends every evaluation; other
// faults only where reached. False: refused.
bool Report(Findings& findings, ProgramData& data,
            std::vector<Diagnostic>* out) {
  const bool strict = data.options.level == Level::kStrict;
  for (size_t i = 0; i < kSteps; ++i) {
    const auto step = static_cast<Step>(i);
    const bool warning = !strict || step == Step::kLint;
    for (Diagnostic& finding : findings.at(step)) {
      finding.severity = warning ? Severity::kWarning : Severity::kError;
      const bool fatal = step == Step::kSafety || step == Step::kUndeclared;
      if (fatal && !data.always) {
        EvalError error;
        error.code = finding.code;
        error.message = finding.message;
        error.location = {finding.file, finding.row, finding.col};
        data.always = std::move(error);
      }
      out->push_back(std::move(finding));
    }
    if (!warning && !findings.at(step).empty()) return false;
  }
  return true;
}

// No evaluation will reach the code: keep what Find needs.
void KeepPaths(const Tree& tree, Ir* ir) {
  for (const Node& node : tree.nodes) {
    IrNode kept;
    kept.path = node.path;
    kept.keys = node.keys;
    kept.function = 0;
    kept.has_rule = node.has_rule();
    kept.kind = !node.has_rule()     ? FunctionKind::kPackage
                : node.is_function() ? FunctionKind::kFunction
                                     : FunctionKind::kRule;
    ir->nodes.push_back(std::move(kept));
  }
}

// The modules of all sources, or what is wrong with the first bad one.
std::optional<Diagnostic> ParseAll(const ProgramData& data, Modules* modules) {
  size_t rules = 0, expressions = 0;
  const Limits& limits = data.options.limits;
  for (const Source& source : data.sources) {
    Parsed parsed =
        Parse(source, data.options.version, limits,
              data.options.experimental_keywords ? Keywords::kExperimental
                                                 : Keywords::kStable);
    if (parsed.error) return std::move(*parsed.error);
    rules += parsed.module->rules.size();
    expressions += parsed.module->expressions;
    modules->push_back(std::move(parsed.module));
  }
  if (rules <= limits.rules && expressions <= limits.expressions) return {};
  Diagnostic error;
  error.code = "rego_compile_error";
  error.message = "the program has more rules or expressions than allowed";
  error.file = data.sources[0].name;
  return error;
}

// From modules to code. Throws Halt.
void Build(Modules& modules, ProgramData& data, CompiledData* out) {
  CompileClock clock(data.options.limits.compile_time);
  Findings findings;
  const std::vector<HostFunction>& host = data.builtins.host();
  Tree tree = BuildTree(modules, &findings);
  AnalyseNames(modules, tree, data.options, &findings);
  Module* query = nullptr;
  if (modules.size() > data.sources.size()) {
    query = modules.back().get();
    PlaceQuery(query, &tree);
  }
  Resolve(modules, tree, host);
  if (query) out->variables = CollectVariables(query);
  Analyse(modules, tree, data.options, host, query, &clock, &findings);
  const Annotations annotations(modules, &findings);
  const bool accepted = Report(findings, data, &out->diagnostics);
  const bool bad_query = TakeFindings(query, out);
  if (!accepted || bad_query) return;
  if (data.always) {
    KeepPaths(tree, &data.ir);
  } else {
    Plan plan = MakePlan(modules, tree, host, annotations, data.arena, &clock);
    data.ir = std::move(plan.ir);
    data.host_use = std::move(plan.host_use);
    FoldConstants(&data);
    BuildIndex(&data.ir);
    if (query) out->query_function = tree.nodes.back().function;
  }
  data.sha384 = DigestOf(data.sources);
}

}  // namespace

CompiledData CompileData(std::span<const Source> sources,
                         const Builtins& builtins,
                         const CompileOptions& options, const Source* query) {
  CompiledData out;
  auto data = std::make_unique<ProgramData>();
  data->sources.assign(sources.begin(), sources.end());
  data->builtins = builtins;
  data->options = options;
  Modules modules;
  if (auto error = ParseAll(*data, &modules)) {
    out.diagnostics.push_back(std::move(*error));
    return out;
  }
  if (query) {
    Parsed parsed = ParseQuery(*query, Version::kV1, options.limits);
    if (parsed.error) {
      out.query_diagnostics.push_back(std::move(*parsed.error));
      return out;
    }
    modules.push_back(std::move(parsed.module));
  }
  try {
    Build(modules, *data, &out);
  } catch (const Halt& halt) {
    Diagnostic error;
    error.code = "rego_compile_error";
    error.message = halt.message;
    error.file = sources.empty() ? "" : sources[0].name;
    out.diagnostics.push_back(std::move(error));
    return out;
  }
  const auto is_error = [](const Diagnostic& finding) {
    return finding.severity == Severity::kError;
  };
  if (std::none_of(out.diagnostics.begin(), out.diagnostics.end(), is_error) &&
      out.query_diagnostics.empty()) {
    out.data = std::move(data);
  }
  return out;
}

CompileResult Compile(std::span<const Source> sources, const Builtins& builtins,
                      const CompileOptions& options) {
  CompiledData compiled = CompileData(sources, builtins, options);
  CompileResult out;
  out.diagnostics = std::move(compiled.diagnostics);
  if (compiled.data) {
    out.program = std::make_shared<const Program>(std::move(compiled.data));
  }
  return out;
}

CompileResult Compile(const Source& source, const Builtins& builtins,
                      const CompileOptions& options) {
  return Compile(std::span(&source, 1), builtins, options);
}

std::vector<Diagnostic> CheckSyntax(const Source& source,
                                    const CompileOptions& options) {
  Parsed parsed = Parse(source, options.version, options.limits);
  if (!parsed.error) return {};
  return {std::move(*parsed.error)};
}

}  // namespace vouchsafe::rego
