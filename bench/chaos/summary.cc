#include "bench/chaos/summary.h"

#include <algorithm>
#include <cstdio>

namespace vouchsafe::chaos {
namespace {

constexpr size_t kShownFailures = 20;
// One for each file of a LocalJson store that is replaced as a whole.
constexpr uint64_t kTemporaryInOneFolder = 16;

double Quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(q * double(values.size() - 1))];
}

struct Row {
  const char* name;
  uint64_t value;
};

std::vector<Row> RowsOf(const Summary& s) {
  return {{"kills", s.kills},
          {"kills_at_start", s.kills_at_start},
          {"writes_sent", s.writes_sent},
          {"writes_answered", s.writes_answered},
          {"writes_refused", s.writes_refused},
          {"writes_kept_unanswered", s.writes_kept_unanswered},
          {"values_read", s.values_read},
          {"sessions_looked_up", s.sessions_looked_up},
          {"lost", s.lost},
          {"torn", s.torn},
          {"restarts_failed", s.restarts_failed},
          {"died", s.died},
          {"most_temporary_files", s.most_temporary_files},
          {"temporary_files_left", s.temporary_files_left}};
}

json::Value Number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.3f", value);
  return json::Value(json::Decimal{text});
}

}  // namespace

bool Summary::Good() const {
  return lost == 0 && torn == 0 && restarts_failed == 0 &&
         writes_refused == 0 && failures.empty() &&
         most_temporary_files <= kTemporaryInOneFolder;
}

void AddFailure(Summary& summary, std::string text) {
  if (summary.failures.size() < kShownFailures) {
    summary.failures.push_back(std::move(text));
  }
}

std::string ToText(const Summary& summary) {
  char line[160];
  std::snprintf(line, sizeof line, "%-24s %s\n%-24s %llu\n", "storage",
                summary.storage.c_str(), "seed",
                static_cast<unsigned long long>(summary.seed));
  std::string text = line;
  for (const Row& row : RowsOf(summary)) {
    std::snprintf(line, sizeof line, "%-24s %llu\n", row.name,
                  static_cast<unsigned long long>(row.value));
    text += line;
  }
  std::snprintf(
      line, sizeof line, "%-24s %.1f\n%-24s p50 %.1f, p99 %.1f, most %.1f\n",
      "seconds", summary.seconds, "start_ms", Quantile(summary.start_ms, 0.5),
      Quantile(summary.start_ms, 0.99), Quantile(summary.start_ms, 1));
  text += line;
  for (const std::string& failure : summary.failures) {
    text += "failure: " + failure + "\n";
  }
  return text;
}

json::Value ToJson(const Summary& summary) {
  json::Object out;
  out.Set("storage", summary.storage);
  out.Set("seed", summary.seed);
  for (const Row& row : RowsOf(summary)) out.Set(row.name, row.value);
  out.Set("seconds", Number(summary.seconds));
  out.Set("start_ms_p50", Number(Quantile(summary.start_ms, 0.5)));
  out.Set("start_ms_p99", Number(Quantile(summary.start_ms, 0.99)));
  out.Set("start_ms_most", Number(Quantile(summary.start_ms, 1)));
  json::Array failures;
  for (const std::string& failure : summary.failures) {
    failures.emplace_back(failure);
  }
  out.Set("failures", std::move(failures));
  return out;
}

}  // namespace vouchsafe::chaos
