#pragma once

// An evaluation that was made once and can be repeated to say why it ended so
// (rego.md section 16): same program, same input, same time, and the host's
// answers as they were given, so nobody is asked again. Kept in decision
// records, hence small: the input is a part of a text that exists anyway.

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "decision/record.h"
#include "policy/policy_store.h"

namespace vouchsafe::policy {

// Answers of the one host function, by its argument.
using HostAnswers = std::map<std::string, json::Value, std::less<>>;

struct RecordedQuestion {
  std::shared_ptr<const Policy> policy;
  std::shared_ptr<const std::string> text;  // JSON
  std::string input_at;                     // RFC 6901 pointer into it
  std::shared_ptr<const HostAnswers> answers;
  int64_t time_unix_us = 0;
};

// Immutable and thread-safe. Lines() takes as long as one evaluation, and is
// one line that says so when the evaluation cannot be repeated.
class RecordedEvaluation final : public PolicyExplanation {
 public:
  explicit RecordedEvaluation(RecordedQuestion question)
      : question_(std::move(question)) {}
  std::vector<std::string> Lines() const override;

 private:
  Result<std::vector<std::string>> Repeat() const;
  const RecordedQuestion question_;
};

}  // namespace vouchsafe::policy
