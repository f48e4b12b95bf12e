#include "policy/recorded.h"

#include "json/parse.h"

namespace vouchsafe::policy {
namespace {

// The wall clock stands where it stood; budgets run on the real one.
class ClockAt final : public Clock {
 public:
  explicit ClockAt(int64_t unix_us) : unix_us_(unix_us) {}
  int64_t UnixMicros() const override { return unix_us_; }
  std::chrono::steady_clock::time_point Steady() const override {
    return std::chrono::steady_clock::now();
  }

 private:
  const int64_t unix_us_;
};

}  // namespace

Result<std::vector<std::string>> RecordedEvaluation::Repeat() const {
  const json::Value text = TRY(json::Parse(*question_.text));
  const json::Value* input = text.At(question_.input_at);
  if (input == nullptr) {
    return Fail(ErrorCode::kInternal, "the input was not kept");
  }
  const rego::Document document = TRY(rego::Document::FromValue(*input));
  const ClockAt clock(question_.time_unix_us);
  RequestContext context;
  context.clock = &clock;

  PolicyQuestion question;
  question.input = &document;
  question.explain = true;
  question.host =
      [this](rego::HostCall&,
             std::span<const json::Value> args) -> Result<json::Value> {
    const std::string* id = args.empty() ? nullptr : args[0].if_string();
    const auto found =
        id == nullptr ? question_.answers->end() : question_.answers->find(*id);
    if (found == question_.answers->end()) {
      return Fail(ErrorCode::kInternal, "this answer was not kept");
    }
    return found->second;
  };
  PolicyAnswer answer =
      TRY(PolicyStore::Evaluate(*question_.policy, question, context));
  return std::move(answer.fact.deciding);
}

std::vector<std::string> RecordedEvaluation::Lines() const {
  Result<std::vector<std::string>> lines = Repeat();
  if (lines) return *std::move(lines);
  return {"not explained: " + lines.error().Text()};
}

}  // namespace vouchsafe::policy
