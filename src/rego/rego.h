#pragma once

// The Rego policy engine: compile a policy once, then answer many questions
// from many threads. It knows nothing of attestation.
//
//   Builtins builtins = *Builtins::WithHost({{"query_reference_value", 1,
//   ...}}); CompileResult compiled = Compile({{"policy.rego", text}}, builtins,
//   {}); if (!compiled.program) -> compiled.diagnostics Document input =
//   TRY(Document::FromJson(text)); Request request; request.input = &input;
//   request.entries = {compiled.program->Find("data.policy.allow")};
//   Outcome outcome = Evaluate(*compiled.program, request);
//   if (outcome.error) -> refuse
//   outcome.answers[0].state is kAbsent, kUndefined or kDefined.
//
// Program, Document and Builtins are immutable, cheap to copy or share, and
// safe to use from any number of threads at once. No exceptions.

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "json/parse.h"
#include "json/value.h"

namespace vouchsafe::rego {

// Every limit is in force always; none can be switched off by a policy.
struct Limits {
  // Compile.
  size_t source_bytes = size_t{1} << 20;
  size_t source_lines = 20'000;
  size_t nesting = 128;  // brackets in source
  size_t rules = 50'000;
  size_t expressions = 500'000;
  std::chrono::milliseconds compile_time{2'000};
  // Evaluate.
  size_t input_bytes = size_t{16} << 20;  // of input and of data, as JSON
  uint64_t steps = 20'000'000;
  std::chrono::milliseconds time{1'000};  // without host time
  std::chrono::milliseconds host_time{30'000};
  size_t host_calls = 1'000;
  size_t memory_bytes = size_t{64} << 20;
  size_t call_depth = 512;
  size_t result_bytes = size_t{4} << 20;  // of JSON, all answers together
  size_t number_digits = 4'096;
};

enum class Severity { kWarning, kError };

// A finding of Compile. Codes are OPA's: rego_parse_error,
// rego_compile_error, rego_unsafe_var_error, rego_recursion_error,
// rego_type_error; and those of Lint, which are always warnings.
struct Diagnostic {
  Severity severity = Severity::kError;
  std::string code;
  std::string message;
  std::vector<std::string> details;  // further lines: "have: ...", "want: ..."
  std::string file;
  int row = 0;  // from 1
  int col = 0;  // from 1, in bytes

  std::string Text() const;  // "file:row:col: code: message"
};

struct Location {
  std::string file;
  int row = 0;
  int col = 0;
};

// Handed to a host function with each call.
struct HostCall {
  std::string_view function;
  Location location;
  std::chrono::steady_clock::time_point deadline;
  std::stop_token stop;
};

// What the policy calls outside itself. May be called from many threads. An
// Error ends the evaluation with eval_host_error, in every mode.
using HostFunctionCall =
    std::function<Result<json::Value>(HostCall&, std::span<const json::Value>)>;

enum class Purity {
  kStable,    // same answer within one evaluation; asked once per arguments
  kVolatile,  // asked every time
  kPure,      // same answer always: may be asked while compiling
};

struct HostFunction {
  std::string name;  // dots allowed
  size_t arity = 1;
  Purity purity = Purity::kStable;
  // May be empty: then Request::host answers. An argument count that is not
  // `arity` is a fault of the policy, raised when the call is reached.
  HostFunctionCall call;
};

struct BuiltinSupply;  // builtin_table.h

// The functions a policy may call: the standard ones and the host's.
class Builtins {
 public:
  static Builtins Standard();
  // kConflict when two host functions have one name.
  static Result<Builtins> WithHost(std::vector<HostFunction> functions);

  // The same, and what another library does for names that this one declares
  // and does not offer.
  Builtins With(std::shared_ptr<const BuiltinSupply> supply) const;

  const std::vector<HostFunction>& host() const { return *host_; }
  const BuiltinSupply* supply() const { return supply_.get(); }

 private:
  explicit Builtins(std::shared_ptr<const std::vector<HostFunction>> host)
      : host_(std::move(host)) {}
  std::shared_ptr<const std::vector<HostFunction>> host_;
  std::shared_ptr<const BuiltinSupply> supply_;
};

struct Source {
  std::string name;  // for messages; may be empty
  std::string text;
};

enum class Version {
  kV1,
  kV0,
  kV0CompatV1,  // v0 words until imported, and held to the rules of v1
};
enum class Level {
  // What analysis finds beyond syntax is a warning; such faults end the
  // evaluation that reaches them (an unsafe variable: every evaluation).
  kLenient,
  // They refuse the program.
  kStrict,
};

// What the user of the engine knows, for warnings beyond the language's own.
// Their codes are stable:
//   lint_default_allow     a default lets everything through
//   lint_never_asked       no entry needs this rule
//   lint_not_unequal       `!=` on what may be missing, used under `not`
//   lint_null_order        an order with a host's answer that null passes
//   lint_early_host_call   the host is asked before the input is looked at
//   lint_unknown_claim     a path of the input that is not in the table
struct Lint {
  // Paths that evaluations ask for ("data.policy.allow"). Empty: not checked.
  std::vector<std::string> entries;
  // Paths of the input that exist ("input.snp.measurement"); one covers what
  // is below it. Only paths below a prefix ("input.snp") are held to them.
  std::vector<std::string> claim_prefixes;
  std::vector<std::string> claims;
};

struct CompileOptions {
  Version version = Version::kV1;
  Level level = Level::kLenient;
  // `import future.keywords.and` and `.or` are allowed.
  bool experimental_keywords = false;
  // Also finds unused imports, arguments and assigned variables, and holds v0
  // modules to the rules of v1 about names.
  bool strict_unused = false;
  // Operands of `print` are looked at; without, its calls are dropped first.
  bool keep_print = false;
  Lint lint;
  Limits limits;
};

// What the host answered to one call.
struct HostAnswer {
  std::string function;
  json::Array arguments;
  json::Value answer;
};

// Answers of the host by call: fetched ahead (Request::known), or recorded to
// repeat an evaluation without the host (Request::record, Request::replay).
// Once filled it may serve many evaluations on many threads, which read it
// without copying.
class HostAnswers {
 public:
  HostAnswers();
  HostAnswers(const HostAnswers&);
  HostAnswers(HostAnswers&&) noexcept;
  HostAnswers& operator=(const HostAnswers&);
  HostAnswers& operator=(HostAnswers&&) noexcept;
  ~HostAnswers();

  // A later answer to the same call replaces the earlier one.
  void Add(HostAnswer answer);
  const HostAnswer* Find(std::string_view function,
                         const json::Array& arguments) const;
  // In the order in which they were added.
  const std::vector<HostAnswer>& list() const { return list_; }

  // [{"function": ..., "arguments": [...], "answer": ...}]
  json::Value ToJson() const;
  static Result<HostAnswers> FromJson(const json::Value& value);

  struct Ready;  // host_answers.h

 private:
  friend struct HostAnswersAccess;
  std::vector<HostAnswer> list_;
  std::map<std::string, size_t, std::less<>> index_;
  std::unique_ptr<Ready> ready_;  // null when there are none
};

class Program;

struct CompileResult {
  std::shared_ptr<const Program> program;  // null when refused
  std::vector<Diagnostic> diagnostics;     // errors and warnings, in order
};

// Pure and thread-safe. Modules are one program; their order never matters.
CompileResult Compile(std::span<const Source> sources, const Builtins& builtins,
                      const CompileOptions& options = {});
CompileResult Compile(const Source& source, const Builtins& builtins,
                      const CompileOptions& options = {});
// Only the parser: what Trustee does on upload. Empty when it is well formed.
std::vector<Diagnostic> CheckSyntax(const Source& source,
                                    const CompileOptions& options = {});

// A rule or package of a program by its path. One that the program does not
// have is absent: legal in a request, answered kAbsent.
class Entry {
 public:
  bool absent() const { return function_ == kNone; }
  const std::string& path() const { return path_; }

 private:
  friend class Program;
  friend struct EntryAccess;
  static constexpr uint32_t kNone = 0xffffffff;
  std::string path_;
  uint32_t function_ = kNone;
};

struct ProgramData;  // program.h

class Program {
 public:
  // "data.policy.allow".
  Entry Find(std::string_view path) const;
  // Paths of all rules that are not functions, sorted.
  std::vector<std::string> Entries() const;
  // Constant strings that occur as the first argument of this host function:
  // what a service can fetch ahead.
  std::vector<std::string> HostCallConstants(std::string_view function) const;
  // The function is also called with an argument known only while evaluating.
  bool HostCallsOpen(std::string_view function) const;
  // SHA-384 over the text of the first source alone when there is one, else
  // over all, each with its length before it.
  const std::array<uint8_t, 48>& SourceSha384() const;
  // Bytes that this program holds, about.
  size_t MemoryBytes() const;
  std::string DumpIr() const;  // for tests and tools

  const ProgramData& data() const { return *data_; }
  explicit Program(std::unique_ptr<const ProgramData> data);
  ~Program();

 private:
  std::unique_ptr<const ProgramData> data_;
};

// A parsed JSON document. Cheap to copy; may outlive its text.
class Document {
 public:
  // Strict JSON (json/parse.h). Of equal keys the last wins by default.
  static Result<Document> FromJson(
      std::string_view text,
      const json::ParseOptions& options = DefaultParseOptions());
  static Result<Document> FromValue(const json::Value& value);
  // A constant in Rego syntax, which may hold sets and keys of any kind:
  // `{"a": {1, 2}, 3: null}`.
  static Result<Document> FromTerm(std::string_view text);
  static json::ParseOptions DefaultParseOptions();
  size_t bytes() const;  // of its JSON text

  struct Data;  // document.h
  const Data& data() const { return *data_; }

 private:
  explicit Document(std::shared_ptr<const Data> data)
      : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

// Codes: eval_conflict_error, eval_type_error, eval_builtin_error,
// eval_with_merge_error, eval_cancel_error, eval_host_error,
// eval_internal_error, and those of Diagnostic for faults that kLenient let
// through.
struct EvalError {
  std::string code;
  // For eval_cancel_error: limit_steps, limit_time, limit_memory, limit_depth,
  // limit_input, limit_result, limit_number, limit_host_calls,
  // limit_host_time, cancelled.
  std::string detail;
  std::string message;
  Location location;

  // "FILE:ROW: CODE: MESSAGE".
  std::string Text() const;
  // kExhausted or kDeadline for limits, kUnavailable for the host, otherwise
  // kInternal for ours and kInvalidInput for the policy's.
  Error ToError() const;
};

// One definition of a rule that was tried (Request::explain).
struct Tried {
  std::string rule;  // "data.policy.allow"
  Location location;
  bool succeeded = false;
  // The furthest expression that failed, when none succeeded: its place, its
  // source text, and what was wrong with it ("is false", "is undefined").
  Location failed_at;
  std::string failed_text;
  std::string reason;
};

enum class State { kAbsent, kUndefined, kDefined };

struct Answer {
  enum class From { kNothing, kDefinition, kElse, kDefault, kPackage };

  State state = State::kAbsent;
  json::Value value;  // null unless kDefined; sets are arrays in order
  std::string path;
  // Where the value came from: the head of that definition or default. For a
  // rule that collects (contains, keys): its first definition.
  From from = From::kNothing;
  Location location;

  bool defined() const { return state == State::kDefined; }
  const json::Value& ToJson() const { return value; }
  // "data.policy.allow is false (default, line 5)".
  std::string Why() const;
};

struct Stats {
  uint64_t steps = 0;
  size_t arena_bytes = 0;
  size_t host_calls = 0;
  std::chrono::nanoseconds host_time{0};
};

// Base data at the path of a rule.
enum class BaseAtRule {
  kRefuse,  // eval_conflict_error: data must never stand in for a rule
  // A reference to the path finds the rule; reading an enclosing object shows
  // the base data. For conformance with OPA alone.
  kShow,
};

class Coverage;

struct Request {
  const Document* input = nullptr;  // absent: input is undefined
  const Document* data = nullptr;   // absent: {}
  std::vector<Entry> entries;       // share one evaluation
  // A built-in that fails ends the evaluation (Trustee's way); otherwise the
  // call is undefined (OPA's default).
  bool strict_errors = true;
  BaseAtRule base_at_rule = BaseAtRule::kRefuse;
  Limits limits;
  std::stop_token stop;
  const Clock* clock = nullptr;   // null: the system's
  uint64_t seed = 0;              // of rand.intn and uuid.rfc4122
  std::optional<int64_t> now_ns;  // instead of the clock
  HostFunctionCall host;          // for host functions without a call
  // Looked at before the host is asked. Outlives the evaluation.
  const HostAnswers* known = nullptr;
  bool replay = false;  // the host is never asked: what is not known fails
  HostAnswers* record = nullptr;  // gets every answer used, in order
  Coverage* coverage = nullptr;   // counts what was reached
  // False tries every definition in turn, as if there were no index; the
  // answers are the same.
  bool index = true;
  bool explain = false;
};

struct Outcome {
  std::optional<EvalError> error;
  std::vector<Answer> answers;  // one per entry, in order; empty on error
  std::vector<Tried> tried;     // in order; only with Request::explain
  Stats stats;
};

// Re-entrant; blocks only in host functions. Leaves nothing behind.
Outcome Evaluate(const Program& program, const Request& request);

struct WhyOptions {
  size_t depth = 4;           // of rules that are referred to
  size_t value_length = 120;  // bytes of a value that are shown
  bool show_values = true;    // false: type and size alone
  // Paths of which only type and size are shown: "input.init_data". What is
  // computed from them is shown.
  std::vector<std::string> redact;
};

// Why an entry has its answer. `tree` is an object:
//   rule, state ("defined", "undefined", "absent", "error"), value, from
//   ("definition", "else", "default", "package", "nothing"), file, line,
//   error; tried: [{file, line, outcome ("succeeded", "failed", "not
//   applicable"), at: {line, column, expression}, reason ("missing", "false",
//   "undefined", "mismatch", "empty", "not iterable", "holds"), message,
//   missing, left, right, variables, elements, reached, asked: [{call,
//   answer}], rules: [the same as the tree]}]
// Members without a value are left out. Values are Rego text, shortened.
struct Explanation {
  Outcome outcome;  // of Request::entries
  json::Value tree;
  std::string text;  // the tree for people, several lines
};

// Evaluates again with tracing on; the answers are those of Evaluate.
Explanation Why(const Program& program, const Request& request,
                const Entry& entry, const WhyOptions& options = {});
// The most telling facts of a tree, one a line, for a record that must stay
// small: "p.rego:149: data.policy.hardware: EXPRESSION: left 1, right 2".
std::vector<std::string> WhyLines(const json::Value& tree, size_t most);

// How often each expression of a program was reached, over many evaluations.
// One thread at a time; Merge joins those of several.
class Coverage {
 public:
  explicit Coverage(const Program& program);
  void Merge(const Coverage& other);  // of the same program

  struct Expression {
    std::string file;
    int row = 0;
    int col = 0;
    std::string text;
    uint64_t reached = 0;
  };
  // In the order of the source.
  std::vector<Expression> Expressions() const;
  // {"files": {NAME: {"covered": [rows], "not_covered": [rows]}},
  //  "expressions": N, "covered": N, "percent": P}. A row is covered when
  // every expression that begins on it was reached.
  json::Value ToJson() const;

  void Count(uint32_t place) {
    if (place < reached_.size()) ++reached_[place];
  }

 private:
  struct Site {
    Expression expression;
    uint32_t place;
  };
  std::vector<Site> sites_;
  std::vector<uint64_t> reached_;  // by place
};

// One solution of a query: its variables by name, each once, in no order to
// rely on. Sets are arrays in order.
struct Binding {
  std::string name;
  json::Value value;
};
using Bindings = std::vector<Binding>;

struct QueryOutcome {
  // What is wrong with the query itself (file "query"); then nothing ran.
  std::vector<Diagnostic> diagnostics;
  std::optional<EvalError> error;
  // Each solution once, in value order. None: the query is undefined. A query
  // without variables that succeeds has one empty solution.
  std::vector<Bindings> solutions;
  Stats stats;

  bool ok() const { return diagnostics.empty() && !error; }
};

// The solutions of a body of expressions over a program, read with v1 rules:
// `data.policy.p[x] = y; y > 1`. Request::entries and explain are not used.
// For tools: compiles the sources of the program again, together with the
// query. Thread-safe. For no program at all: Compile({}, builtins).
QueryOutcome Query(const Program& program, std::string_view text,
                   const Request& request);

// Programs by digest of sources and options, least recently used dropped
// beyond the bound. Concurrent requests for one digest compile once. The
// built-ins are those of the cache. Refused programs are remembered too.
class ProgramCache {
 public:
  explicit ProgramCache(Builtins builtins, size_t max_bytes = size_t{64} << 20);
  ~ProgramCache();
  ProgramCache(const ProgramCache&) = delete;
  ProgramCache& operator=(const ProgramCache&) = delete;

  std::shared_ptr<const CompileResult> Get(const Source& source,
                                           const CompileOptions& options = {});
  size_t bytes() const;
  uint64_t compiled() const;  // how often Compile ran

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vouchsafe::rego
