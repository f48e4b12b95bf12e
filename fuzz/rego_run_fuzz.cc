// Generated policies, run in every way that must make no difference: with and
// without the rule index, fresh and from the cache, explained and not. The
// bytes choose rules and terms, and the last of them the input.

#include <cstdint>
#include <string>

#include "json/write.h"
#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

class Maker {
 public:
  Maker(const uint8_t* bytes, size_t size) : bytes_(bytes), size_(size) {}

  std::string Policy() {
    std::string out = "package p\n";
    if (Pick(2)) out += "default x := 0\n";
    const size_t rules = 1 + Pick(12);
    for (size_t i = 0; i < rules; ++i) out += Rule();
    return out;
  }
  std::string Input() {
    return "{\"a\": " + Json(2) + ", \"b\": " + Json(2) +
           ", \"c\": " + Json(1) + "}";
  }

 private:
  size_t Pick(size_t below) {
    return (at_ < size_ ? bytes_[at_++] : 0) % below;
  }
  std::string Json(int depth) {
    switch (Pick(depth > 0 ? 8 : 5)) {
      case 0:
        return std::to_string(Pick(5));
      case 1:
        return "\"" + std::string(1, "abck"[Pick(4)]) + "\"";
      case 2:
        return Pick(2) ? "true" : "false";
      case 3:
        return "null";
      case 4:
        return "1.0";
      case 5:
        return "[" + Json(depth - 1) + ", " + Json(depth - 1) + "]";
      case 6:
        return "{\"a\": " + Json(depth - 1) + ", \"k\": " + Json(depth - 1) +
               "}";
      default:
        return "[]";
    }
  }
  std::string Path() {
    std::string out = "input." + std::string(1, "abc"[Pick(3)]);
    if (Pick(2)) out += "." + std::string(1, "ak"[Pick(2)]);
    return out;
  }
  // Of a rule that others add to.
  std::string Part() {
    std::string out = "q." + std::string(1, "abk"[Pick(3)]);
    if (Pick(3) == 0) out += "." + std::string(1, "ak"[Pick(2)]);
    return out;
  }
  std::string Term(int depth = 2) {
    switch (Pick(depth > 0 ? 11 : 3)) {
      case 0:
        return Json(1);
      case 1:
        return Path();
      case 2:
        return Pick(3) ? "data.p." + std::string(1, "yzs"[Pick(3)])
                       : "data.p." + Part();
      case 3:
        return "f(" + Term(depth - 1) + ")";
      case 4:
        return "count(" + Term(depth - 1) + ")";
      case 5:
        return "(" + Term(depth - 1) + " + " + Term(depth - 1) + ")";
      case 6:
        return "[v | some v in " + Term(depth - 1) + "; " + Test(depth - 1) +
               "]";
      case 7:
        return "{v | some v in " + Term(depth - 1) + "}";
      case 8:
        return "{\"a\": " + Term(depth - 1) + "}";
      case 9:
        return "{1, 2, \"a\"}";
      default:
        return "time.now_ns()";
    }
  }
  std::string Test(int depth = 2) {
    switch (Pick(9)) {
      case 0:
        return Path() + " == " + Json(1);
      case 1:
        return Path();
      case 2:
        return Path() + " in {1, \"a\", null}";
      case 3:
        return Term(depth) + " != " + Term(depth);
      case 4:
        return "not " + Path();
      case 5:
        return "every e in " + Term(depth) + " { e == 1 }";
      case 6:
        return Term(depth) + " < " + Term(depth);
      case 7:
        return "data.p.y == " + Json(1) + " with input.a as " + Json(1);
      default:
        return Term(depth);
    }
  }
  std::string Body() {
    std::string out = " if {\n";
    const size_t tests = 1 + Pick(3);
    for (size_t i = 0; i < tests; ++i) out += "  " + Test() + "\n";
    return out + "}";
  }
  std::string Rule() {
    switch (Pick(9)) {
      case 7:
        return Part() + " := " + Term() + Body() + "\n";
      case 8:
        return "q[k] := " + Term() + " if some k in [\"a\", " + Json(0) + "]\n";
      case 0:
      case 1:
      case 2: {
        std::string out = "x := " + Json(1) + Body();
        if (Pick(4) == 0) out += " else := " + Json(1) + Body();
        return out + "\n";
      }
      case 3:
        return "y := " + Term() + Body() + "\n";
      case 4:
        return "z := " + Term() + "\n";
      case 5:
        return "s contains " + Term() + Body() + "\n";
      default:
        return "f(" + (Pick(2) ? Json(0) : std::string("n")) +
               ") := " + Json(1) + Body() + "\n";
    }
  }

  const uint8_t* bytes_;
  size_t size_;
  size_t at_ = 0;
};

// Errors of limits differ with the work that was saved.
std::string Show(const Outcome& outcome) {
  if (outcome.error) {
    if (outcome.error->code == "eval_internal_error") __builtin_trap();
    return outcome.error->code == "eval_cancel_error" ? ""
                                                      : outcome.error->Text();
  }
  std::string out;
  for (const Answer& answer : outcome.answers) {
    out += answer.Why() + json::Write(answer.value) + ";";
  }
  return out;
}

void Same(const std::string& a, const std::string& b) {
  if (!a.empty() && !b.empty() && a != b) __builtin_trap();
}

// A part of a rule is what the whole has there, unless the whole fails, or
// the rule is made of its own parts.
void CheckParts(const Program& program, const Document& input) {
  Request request;
  request.input = &input;
  request.now_ns = 1;
  request.limits.steps = 20'000;
  request.limits.memory_bytes = size_t{4} << 20;
  request.entries = {program.Find("data.p.q")};
  const Outcome whole = Evaluate(program, request);
  if (whole.error || whole.answers[0].state != State::kDefined) return;
  for (const std::string key : {"a", "b", "k"}) {
    request.entries = {program.Find("data.p.q." + key)};
    const Outcome part = Evaluate(program, request);
    if (part.error || part.answers[0].state == State::kAbsent) continue;
    const json::Value* there = whole.answers[0].value.Find(key);
    const bool defined = part.answers[0].state == State::kDefined;
    if (defined != (there != nullptr)) __builtin_trap();
    if (defined &&
        !(json::Write(*there) == json::Write(part.answers[0].value))) {
      __builtin_trap();
    }
  }
}

void Run(const uint8_t* bytes, size_t size) {
  Maker maker(bytes, size);
  const Source source{"p", maker.Policy()};
  const std::string input_text = maker.Input();
  static ProgramCache cache(Builtins::Standard(), size_t{1} << 20);
  const CompileResult fresh = Compile(source, Builtins::Standard());
  const auto cached = cache.Get(source);
  if ((fresh.program != nullptr) != (cached->program != nullptr)) {
    __builtin_trap();
  }
  if (!fresh.program) return;
  const Document input = *Document::FromJson(input_text);
  Request request;
  request.input = &input;
  request.now_ns = 1;
  CheckParts(*fresh.program, input);
  request.limits.steps = 20'000;
  request.limits.memory_bytes = size_t{4} << 20;
  for (const char* path : {"data.p.x", "data.p.y", "data.p.s", "data.p"}) {
    request.entries.push_back(fresh.program->Find(path));
  }
  for (const bool strict : {true, false}) {
    request.strict_errors = strict;
    const std::string plain = Show(Evaluate(*fresh.program, request));
    Same(plain, Show(Evaluate(*cached->program, request)));
    request.index = false;
    Same(plain, Show(Evaluate(*fresh.program, request)));
    request.index = true;
    Explanation why = Why(*fresh.program, request, request.entries[0]);
    Same(plain, Show(why.outcome));
    (void)WhyLines(why.tree, 5);
    Coverage coverage(*fresh.program);
    request.coverage = &coverage;
    Same(plain, Show(Evaluate(*fresh.program, request)));
    request.coverage = nullptr;
  }
}

}  // namespace
}  // namespace vouchsafe::rego

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  vouchsafe::rego::Run(bytes, size);
  return 0;
}
