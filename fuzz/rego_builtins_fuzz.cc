// One call of a built-in. The first line names it, each further line is an
// argument: JSON, or else the line as text. Numbers, patterns, layouts,
// formats and encodings are held to what must be true of them besides.

#include <cstdint>
#include <string>
#include <vector>

#include "json/parse.h"
#include "json/write.h"
#include "rego/builtin_call.h"
#include "rego/document.h"
#include "rego/number.h"

namespace vouchsafe::rego {
namespace {

Limits SmallLimits() {
  Limits limits;
  limits.steps = 200'000;
  limits.memory_bytes = size_t{8} << 20;
  return limits;
}

void Require(bool holds) {
  if (!holds) __builtin_trap();
}

// Calls of one evaluation.
class Caller {
 public:
  Caller() : budget_(SmallLimits(), {}) { state_.now_ns = 1; }

  Budget& budget() { return budget_; }
  // Undefined when refused; *failed says whether with an error.
  Value Call(std::string_view name, const std::vector<Value>& args,
             bool* failed = nullptr) {
    const int index = StandardBuiltins().Find(name);
    const Builtin& builtin = StandardBuiltins().at(static_cast<size_t>(index));
    BuiltinCall call(builtin.name, budget_, state_);
    const Value out = builtin.function(call, args);
    Require(!out.defined() || !call.error);
    if (failed) *failed = call.error.has_value();
    return out;
  }

 private:
  Budget budget_;
  BuiltinState state_;
};

void CheckNumber(std::string_view text) {
  Arena arena(size_t{8} << 20);
  const Value number = MakeNumber(arena, text);
  if (!IsJsonNumber(text)) return Require(!number.defined());
  if (!number.defined()) return;
  const std::string written = NumberText(number);
  const Value again = MakeNumber(arena, written);
  Require(again.defined() && CompareNumbers(number, again) == 0 &&
          HashOf(number) == HashOf(again) && NumberText(again) == written);
  Require(CompareNumbers(Negate(arena, Negate(arena, number)), number) == 0);
  const Value down = Round(arena, number, Rounding::kFloor);
  const Value up = Round(arena, number, Rounding::kCeil);
  Require(CompareNumbers(down, number) <= 0 && CompareNumbers(number, up) <= 0);
  Require((CompareNumbers(down, up) == 0) == IsInteger(number));
  if (!IsInteger(number)) return;
  Require(BigInt::Of(number).ToValue(arena) == number);
  const Value more = Add(arena, number, Value::Int(7));
  Require(Subtract(arena, more, Value::Int(7)) == number);
}

// What is encoded decodes to itself.
void CheckText(Caller& caller, const Value& text) {
  // Of bytes that are no text not all can be kept.
  if (!json::Parse(json::Quote(text.text()))) return;
  constexpr std::string_view kPairs[][2] = {
      {"base64.encode", "base64.decode"},
      {"base64url.encode", "base64url.decode"},
      {"base64url.encode_no_pad", "base64url.decode"},
      {"hex.encode", "hex.decode"},
      {"urlquery.encode", "urlquery.decode"},
      {"json.marshal", "json.unmarshal"},
  };
  for (const auto& pair : kPairs) {
    const Value there = caller.Call(pair[0], {text});
    Require(caller.Call(pair[1], {there}) == text);
  }
  const Value quoted = caller.Call("glob.quote_meta", {text});
  const Value matched =
      caller.Call("glob.match", {quoted, Value::Null(), text});
  Require(!matched.defined() || !matched.is_false());
  // A pattern is valid when it can be used.
  bool failed = false;
  caller.Call("regex.match", {text, Value::Text("aab")}, &failed);
  Require(failed == caller.Call("regex.is_valid", {text}).is_false());
  caller.Call("sprintf", {text, MakeArray(caller.budget().arena, {})});
  const Value stamp = caller.Call("time.parse_rfc3339_ns", {text});
  if (!stamp.defined()) return;
  const Value shown = caller.Call("time.format", {stamp});
  Require(caller.Call("time.parse_rfc3339_ns", {shown}) == stamp);
}

Value ArgumentOf(Caller& caller, const std::string& line,
                 std::vector<Document>* kept) {
  const auto document = Document::FromJson(line);
  if (!document) return MakeText(caller.budget().arena, line);
  kept->push_back(*document);
  return kept->back().data().root;
}

void Run(std::string_view input) {
  std::vector<std::string> lines;
  for (size_t at = 0; at <= input.size() && lines.size() < 8;) {
    const size_t end = std::min(input.find('\n', at), input.size());
    lines.emplace_back(input.substr(at, end - at));
    at = end + 1;
  }
  const int index = StandardBuiltins().Find(lines[0]);
  const size_t number = index >= 0 ? static_cast<size_t>(index)
                                   : std::hash<std::string>()(lines[0]) %
                                         StandardBuiltins().size();
  const Builtin& builtin = StandardBuiltins().at(number);
  std::vector<Document> kept;
  try {
    Caller caller;
    std::vector<Value> args;
    for (size_t i = 1; i < lines.size(); ++i) {
      CheckNumber(lines[i]);
      args.push_back(ArgumentOf(caller, lines[i], &kept));
      if (args.back().is_string()) CheckText(caller, args.back());
    }
    if (builtin.function == nullptr || args.size() != builtin.arity) return;
    const Value first = caller.Call(builtin.name, args);
    // The same again, and in another evaluation.
    Require(!(builtin.varying) || caller.Call(builtin.name, args) == first);
    Caller other;
    const Value second = other.Call(builtin.name, args);
    Require(builtin.varying || first == second);
  } catch (const Halt& halt) {
    Require(halt.code == "eval_cancel_error" ||
            halt.code == "eval_conflict_error" ||
            halt.code == "eval_builtin_error");
  }
}

}  // namespace
}  // namespace vouchsafe::rego

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size > 4096) return 0;
  vouchsafe::rego::Run({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
