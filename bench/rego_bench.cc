// A policy the size of a default one: compile it, read a claims document,
// evaluate both entries, and the whole from text to result.

#include <benchmark/benchmark.h>

#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

// Twelve platforms of three rules with their reference values.
std::string PolicyText() {
  std::string out = R"(package policy
import rego.v1

default executables := 33
default hardware := 97
default configuration := 36

trust_claims := {
  "executables": executables,
  "hardware": hardware,
  "configuration": configuration,
}
)";
  for (int i = 0; i < 12; ++i) {
    const std::string tee = "input.tee" + std::to_string(i);
    const std::string id = "tee" + std::to_string(i) + "_";
    out += "\nexecutables := 3 if {\n  " + tee + "\n  " + tee +
           ".measurement in ask(\"" + id + "measurement\")\n}\n";
    out += "\nhardware := 2 if {\n  " + tee + "\n";
    for (const char* part : {"bootloader", "microcode", "snp", "tee"}) {
      out +=
          "  " + tee + ".reported_" + part + " in ask(\"" + id + part + "\")\n";
    }
    out += "}\n\nconfiguration := 2 if {\n  " + tee + "\n  " + tee +
           ".debug == false\n  " + tee + ".smt == ask(\"" + id +
           "smt\")\n} else := 3 if {\n  " + tee + "\n  " + tee +
           ".debug == false\n}\n";
  }
  return out;
}

std::string InputText() {
  std::string out = R"({"tee11": {"measurement": "aa", "reported_bootloader": 3,
    "reported_microcode": 115, "reported_snp": 8, "reported_tee": 0,
    "debug": false, "smt": true, "log": [)";
  for (int i = 0; i < 100; ++i) {
    out += std::string(i ? "," : "") +
           R"({"type": "EV_EVENT_TAG", "digest": "0123456789abcdef", "n": )" +
           std::to_string(i) + "}";
  }
  return out + "]}}";
}

Builtins Host() {
  HostFunction ask;
  ask.name = "ask";
  ask.call = [](HostCall&,
                std::span<const json::Value> args) -> Result<json::Value> {
    const std::string& id = *args[0].if_string();
    if (id.ends_with("measurement")) return json::Value(json::Array{"aa"});
    if (id.ends_with("smt")) return json::Value(true);
    return json::Value(json::Array{0, 3, 8, 115});
  };
  return *Builtins::WithHost({ask});
}

void CompilePolicy(benchmark::State& state) {
  const Source source{"", PolicyText()};
  const Builtins builtins = Host();
  for (auto _ : state) {
    benchmark::DoNotOptimize(Compile(source, builtins).program);
  }
  state.SetBytesProcessed(static_cast<int64_t>(source.text.size()) *
                          state.iterations());
}
BENCHMARK(CompilePolicy);

void ReadInput(benchmark::State& state) {
  const std::string text = InputText();
  for (auto _ : state) benchmark::DoNotOptimize(Document::FromJson(text));
  state.SetBytesProcessed(static_cast<int64_t>(text.size()) *
                          state.iterations());
}
BENCHMARK(ReadInput);

void EvaluatePolicy(benchmark::State& state) {
  const auto program = Compile({"", PolicyText()}, Host()).program;
  const Document input = *Document::FromJson(InputText());
  Request request;
  request.input = &input;
  request.entries = {program->Find("data.policy.trust_claims")};
  request.explain = state.range(0) != 0;
  for (auto _ : state) {
    const Outcome outcome = Evaluate(*program, request);
    if (outcome.error) state.SkipWithError(outcome.error->message.c_str());
  }
}
BENCHMARK(EvaluatePolicy)->Arg(0)->Arg(1)->ArgName("explain");

void Whole(benchmark::State& state) {
  ProgramCache cache(Host());
  const Source source{"", PolicyText()};
  const std::string text = InputText();
  for (auto _ : state) {
    const auto compiled = cache.Get(source);
    const Document input = *Document::FromJson(text);
    Request request;
    request.input = &input;
    request.entries = {compiled->program->Find("data.policy.trust_claims")};
    benchmark::DoNotOptimize(Evaluate(*compiled->program, request));
  }
}
BENCHMARK(Whole)->ThreadRange(1, 2);

void Loop(benchmark::State& state) {
  const auto program = Compile({"",
                                "package p\nx := count([v | some v in "
                                "numbers.range(1, 10000); v % 3 == 0])"},
                               Builtins::Standard())
                           .program;
  Request request;
  request.entries = {program->Find("data.p.x")};
  for (auto _ : state) benchmark::DoNotOptimize(Evaluate(*program, request));
  state.SetItemsProcessed(10'000 * state.iterations());
}
BENCHMARK(Loop);

}  // namespace
}  // namespace vouchsafe::rego
