#pragma once

// What a run came to, for people and as JSON.

#include <cstdint>
#include <string>
#include <vector>

#include "json/value.h"

namespace vouchsafe::chaos {

struct Summary {
  std::string storage;
  uint64_t seed = 0;
  uint64_t kills = 0;
  uint64_t kills_at_start = 0;  // of these, before the server answered
  uint64_t writes_sent = 0;
  uint64_t writes_answered = 0;  // with 200
  uint64_t writes_refused = 0;   // with something else
  uint64_t writes_kept_unanswered = 0;
  uint64_t values_read = 0;
  uint64_t sessions_looked_up = 0;
  uint64_t lost = 0;
  uint64_t torn = 0;
  uint64_t restarts_failed = 0;
  uint64_t died = 0;                  // before it was killed
  uint64_t most_temporary_files = 0;  // in one folder, after any kill
  uint64_t temporary_files_left = 0;  // after the last
  double seconds = 0;
  std::vector<double> start_ms;       // spawn to first answer
  std::vector<std::string> failures;  // the first few, in words

  bool Good() const;
};

// Keeps the first few words only.
void AddFailure(Summary& summary, std::string text);

std::string ToText(const Summary& summary);
json::Value ToJson(const Summary& summary);

}  // namespace vouchsafe::chaos
