// The policy engine on real policies: compile, read claims, evaluate, and the
// whole from text to text; then one feature at a time. The policies and claims
// are read from the folder in VOUCHSAFE_SHARED (conformance/trustee-policies
// below it); without it those rows are left out.
//
// Counters: arena = bytes of the evaluation's arena; allocs = allocations
// from the heap for each iteration, results included.

#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <new>
#include <sstream>

#include "json/write.h"
#include "rego/rego.h"

namespace {
std::atomic<uint64_t> allocations{0};
}  // namespace

// Not inlined: g++ would see a block of new freed by free.
[[gnu::noinline]] void* operator new(size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* out = std::malloc(size == 0 ? 1 : size)) return out;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}

namespace vouchsafe::rego {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

Builtins HostOf(const json::Value& stored) {
  HostFunction function;
  function.name = "query_reference_value";
  function.call =
      [stored](HostCall&,
               std::span<const json::Value> args) -> Result<json::Value> {
    const json::Value* found = stored.Find(*args[0].if_string());
    return found ? *found : json::Value();
  };
  return *Builtins::WithHost({function});
}

// A policy with what it is asked.
struct Workload {
  std::string policy;
  std::string input;
  std::string data = "{}";
  json::Value stored{json::Object()};
  std::vector<std::string> entries;
};

class Counted {
 public:
  explicit Counted(benchmark::State& state)
      : state_(state), before_(allocations.load()) {}
  ~Counted() {
    state_.counters["allocs"] =
        benchmark::Counter(static_cast<double>(allocations.load() - before_),
                           benchmark::Counter::kAvgIterations);
  }

 private:
  benchmark::State& state_;
  const uint64_t before_;
};

void CompileIt(benchmark::State& state, const Workload& work) {
  const Source source{"", work.policy};
  const Builtins builtins = HostOf(work.stored);
  const Counted counted(state);
  for (auto _ : state) {
    const CompileResult compiled = Compile(source, builtins);
    if (!compiled.program) state.SkipWithError("does not compile");
  }
  state.SetBytesProcessed(static_cast<int64_t>(source.text.size()) *
                          state.iterations());
}

void ReadIt(benchmark::State& state, const Workload& work) {
  const Counted counted(state);
  for (auto _ : state) benchmark::DoNotOptimize(Document::FromJson(work.input));
  state.SetBytesProcessed(static_cast<int64_t>(work.input.size()) *
                          state.iterations());
}

struct Ready {
  explicit Ready(const Workload& work)
      : program(Compile(Source{"", work.policy}, HostOf(work.stored)).program),
        input(*Document::FromJson(work.input)),
        data(*Document::FromJson(work.data)) {
    request.input = &input;
    request.data = &data;
    for (const std::string& entry : work.entries) {
      request.entries.push_back(program->Find(entry));
    }
  }
  std::shared_ptr<const Program> program;
  Document input, data;
  Request request;
};

// How an evaluation is made, for comparison.
enum class How { kPlain, kUnindexed, kExplained, kCovered, kKnown };

void EvaluateIt(benchmark::State& state, const Workload& work, How how) {
  Ready ready(work);
  Coverage coverage(*ready.program);
  HostAnswers answers;
  ready.request.index = how != How::kUnindexed;
  ready.request.explain = how == How::kExplained;
  if (how == How::kCovered) ready.request.coverage = &coverage;
  if (how == How::kKnown) {
    ready.request.record = &answers;
    Evaluate(*ready.program, ready.request);
    ready.request.record = nullptr;
    ready.request.known = &answers;
  }
  Stats stats;
  const Counted counted(state);
  for (auto _ : state) {
    const Outcome outcome = Evaluate(*ready.program, ready.request);
    if (outcome.error) state.SkipWithError(outcome.error->message.c_str());
    stats = outcome.stats;
  }
  state.counters["steps"] = static_cast<double>(stats.steps);
  state.counters["arena"] = static_cast<double>(stats.arena_bytes);
}

void WholeIt(benchmark::State& state, const Workload& work, bool cached) {
  ProgramCache cache(HostOf(work.stored));
  const Builtins builtins = HostOf(work.stored);
  const Source source{"", work.policy};
  for (auto _ : state) {
    const auto compiled =
        cached
            ? cache.Get(source)
            : std::make_shared<const CompileResult>(Compile(source, builtins));
    const Document input = *Document::FromJson(work.input);
    Request request;
    request.input = &input;
    for (const std::string& entry : work.entries) {
      request.entries.push_back(compiled->program->Find(entry));
    }
    const Outcome outcome = Evaluate(*compiled->program, request);
    for (const Answer& answer : outcome.answers) {
      benchmark::DoNotOptimize(json::Write(answer.value));
    }
  }
}

void OnThreads(benchmark::State& state, const Workload& work) {
  static std::unique_ptr<Ready> ready;
  if (state.thread_index() == 0) ready = std::make_unique<Ready>(work);
  for (auto _ : state) {
    benchmark::DoNotOptimize(Evaluate(*ready->program, ready->request));
  }
  state.SetItemsProcessed(state.iterations());
}

void WhyIt(benchmark::State& state, const Workload& work) {
  const Ready ready(work);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        Why(*ready.program, ready.request, ready.request.entries[0]));
  }
}

void AddEvaluations(const std::string& name, const Workload& work) {
  const auto add = [&](const std::string& kind, How how) {
    benchmark::RegisterBenchmark(
        (kind + "/" + name).c_str(),
        [work, how](benchmark::State& state) { EvaluateIt(state, work, how); });
  };
  add("evaluate", How::kPlain);
  add("evaluate_unindexed", How::kUnindexed);
  add("evaluate_explained", How::kExplained);
  add("evaluate_covered", How::kCovered);
  add("evaluate_known_answers", How::kKnown);
}

void AddAll(const std::string& name, const Workload& work) {
  AddEvaluations(name, work);
  const auto add = [&](const std::string& kind, auto run) {
    return benchmark::RegisterBenchmark(
        (kind + "/" + name).c_str(),
        [work, run](benchmark::State& state) { run(state, work); });
  };
  add("compile", CompileIt);
  add("read", ReadIt);
  add("why", WhyIt);
  add("whole", [](benchmark::State& state, const Workload& w) {
    WholeIt(state, w, true);
  });
  add("whole_uncached", [](benchmark::State& state, const Workload& w) {
    WholeIt(state, w, false);
  });
  add("threads", OnThreads)->ThreadRange(1, 2)->UseRealTime();
}

void AddShared(const std::string& folder) {
  const std::string cases_text = ReadFile(folder + "/cases.json");
  if (cases_text.empty()) return;
  json::ParseOptions options;
  options.duplicates = json::DuplicateKeys::kLastWins;
  const json::Value cases = *json::Parse(cases_text, options);
  const std::string cpu =
      "files/attestation-service/src/ear_token/ear_default_policy_cpu.rego";
  const auto cpu_case = [&](const std::string& input, const std::string& name) {
    Workload work;
    work.policy = ReadFile(folder + "/" + cpu);
    work.input = ReadFile(folder + "/inputs/" + input + ".json");
    work.entries = {"data.policy.trust_claims", "data.policy.extensions"};
    for (const json::Value& test : *cases.Find("cases")->if_array()) {
      const json::Value* file = test.Find("input_file");
      const json::Value* stored = test.Find("reference_values");
      if (!file || *file->if_string() != "inputs/" + input + ".json") continue;
      if (*test.Find("policy")->if_string() != cpu || !stored) continue;
      if (stored->if_object()->size() == 0) continue;
      work.stored = *stored;
      break;
    }
    AddAll("cpu_" + name + "_all", work);
    work.stored = json::Value(json::Object());
    AddEvaluations("cpu_" + name + "_none", work);
  };
  cpu_case("snp", "snp");
  cpu_case("tdx_ovmf", "tdx_ovmf");
  cpu_case("tdx_grub_gke", "tdx_grub");
  Workload kbs;
  kbs.input =
      R"({"submods": {"cpu0": {"ear.status": "affirming", "ear.trustworthiness-vector": {"hardware": 2}}}})";
  kbs.data =
      R"({"plugin": "resource", "resource-path": ["default", "key", "1"], "query": {}})";
  kbs.entries = {"data.policy.allow"};
  for (const char* name : {"default", "affirming"}) {
    kbs.policy =
        ReadFile(folder + "/files/kbs/sample_policies/" + name + ".rego");
    AddAll(std::string("kbs_") + name, kbs);
  }
  Workload agent;
  agent.policy = ReadFile(folder + "/agent/kata_agent_policy_genpolicy.rego");
  agent.input = "{}";
  benchmark::RegisterBenchmark(
      "compile/agent",
      [agent](benchmark::State& state) { CompileIt(state, agent); });
}

void AddMicro(const std::string& name, const std::string& policy,
              const std::string& input = "{}") {
  Workload work;
  work.policy = "package p\n" + policy;
  work.input = input;
  work.entries = {"data.p.x"};
  benchmark::RegisterBenchmark(("micro/" + name).c_str(),
                               [work](benchmark::State& state) {
                                 EvaluateIt(state, work, How::kPlain);
                               });
  benchmark::RegisterBenchmark(("micro_explained/" + name).c_str(),
                               [work](benchmark::State& state) {
                                 EvaluateIt(state, work, How::kExplained);
                               });
}

std::string Numbers(int count) {
  std::string out = "{\"n\": 5, \"xs\": [";
  for (int i = 0; i < count; ++i) {
    out += (i ? "," : "") + std::to_string(i);
  }
  return out + "]}";
}

void AddMicros() {
  AddMicro("iterate_10000", "x := count([v | some v in input.xs; v % 3 == 0])",
           Numbers(10'000));
  AddMicro("group_by_1000",
           "x := {k: vs | some a in input.xs; k := a % 10\n"
           "  vs := [b | some b in input.xs; b % 10 == k; b < 100]}",
           Numbers(100));
  AddMicro("regex_100",
           "x := count([v | some v in input.xs\n"
           "  regex.match(`^[0-9]+$`, sprintf(\"%d\", [v]))])",
           Numbers(100));
  AddMicro("strings_1000",
           "x := count(concat(\",\", [s | some v in input.xs\n"
           "  s := sprintf(\"item-%d\", [v])]))",
           Numbers(1'000));
  std::string rules = "default x := 0\n";
  for (int i = 0; i < 1'000; ++i) {
    const std::string n = std::to_string(i);
    rules += "x := " + n + " if input.role == \"role-" + n + "\"\n";
  }
  AddMicro("rules_1000", rules, R"({"role": "role-777"})");
  AddMicro("sets_1000",
           "a := {v | some v in input.xs}\nb := {v | some v in input.xs; "
           "v % 2 == 0}\nx := [count(a & b), count(a | b), count(a - b)]",
           Numbers(1'000));
  AddMicro("functions_1000",
           "f(n) := n + 1\nx := sum([f(v) | some v in input.xs])",
           Numbers(1'000));
  AddMicro("with_100",
           "y := input.n + 1\nx := sum([z | some v in input.xs\n"
           "  z := y with input.n as v])",
           Numbers(100));
}

// What attacks cost until a limit stops them.
void AddAttack(const std::string& name, const std::string& policy) {
  Workload work;
  work.policy = "package p\n" + policy;
  work.input = Numbers(10'000);
  work.entries = {"data.p.x"};
  benchmark::RegisterBenchmark(
      ("attack/" + name).c_str(),
      [work](benchmark::State& state) {
        Ready ready(work);
        Outcome outcome;
        for (auto _ : state) {
          outcome = Evaluate(*ready.program, ready.request);
        }
        if (!outcome.error) state.SkipWithError("not stopped");
        state.SetLabel(outcome.error ? outcome.error->detail : "");
        state.counters["steps"] = static_cast<double>(outcome.stats.steps);
        state.counters["arena"] =
            static_cast<double>(outcome.stats.arena_bytes);
      })
      ->Unit(benchmark::kMillisecond)
      ->Iterations(1);
}

void AddAttacks() {
  AddAttack("cross_product",
            "x := count([1 | some a in input.xs; some b in input.xs; a == b])");
  AddAttack("huge_range", "x := count(numbers.range(1, 1000000000))");
  AddAttack("shift", "x := bits.lsh(input.n, 1000000000)");
  AddAttack("nested", "x := [[a | some a in input.xs] | some b in input.xs]");
  AddAttack("cidr", "x := net.cidr_expand(\"::/0\")");
  AddAttack(
      "walk",
      "x := count([1 | some v in input.xs; walk(input, [p, w]); w == v])");
  AddAttack("with",
            "y := count(input.xs)\nx := count([1 | some v in input.xs\n"
            "  some w in input.xs; y == 1 with input.z as [v, w]])");
  AddAttack("union",
            "o := {sprintf(\"%d\", [i]): i | some i in input.xs}\n"
            "x := object.union_n([o | some i in input.xs])");
}

}  // namespace
}  // namespace vouchsafe::rego

int main(int argc, char** argv) {
  const char* shared = std::getenv("VOUCHSAFE_SHARED");
  vouchsafe::rego::AddShared(std::string(shared ? shared : "../shared") +
                             "/conformance/trustee-policies");
  vouchsafe::rego::AddMicros();
  vouchsafe::rego::AddAttacks();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
