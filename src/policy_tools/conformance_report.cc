#include <map>
#include <tuple>

#include "policy_tools/conformance.h"

namespace vouchsafe::policy_tools {
namespace {

struct Counts {
  size_t passed = 0;
  size_t failed = 0;
  size_t skipped = 0;

  void Add(Verdict verdict) {
    if (verdict == Verdict::kPassed) ++passed;
    if (verdict == Verdict::kFailed) ++failed;
    if (verdict == Verdict::kSkipped) ++skipped;
  }
  json::Object ToJson() const {
    json::Object out;
    out.Set("passed", static_cast<uint64_t>(passed));
    out.Set("failed", static_cast<uint64_t>(failed));
    out.Set("skipped", static_cast<uint64_t>(skipped));
    return out;
  }
};

// category, suite, tier
using CategoryKey = std::tuple<std::string, std::string, Tier>;
using TierKey = std::pair<std::string, Tier>;  // suite, tier

struct Summary {
  Counts all;
  std::map<CategoryKey, Counts> categories;
  std::map<TierKey, Counts> tiers;
};

Summary Summarise(const std::vector<CaseResult>& results) {
  Summary out;
  for (const CaseResult& result : results) {
    out.all.Add(result.verdict);
    out.categories[{result.category, result.suite, result.tier}].Add(
        result.verdict);
    out.tiers[{result.suite, result.tier}].Add(result.verdict);
  }
  return out;
}

std::string Left(std::string text, size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text + "  ";
}

std::string Right(size_t number, size_t width) {
  const std::string text = std::to_string(number);
  return std::string(width - std::min(width, text.size()), ' ') + text + "  ";
}

constexpr size_t kNameWidth = 38;

std::string Row(const std::string& name, std::string_view tier,
                const std::string& suite, const Counts& counts) {
  std::string out = Left(name, kNameWidth) + Left(std::string(tier), 8) +
                    Left(suite, 8) + Right(counts.passed, 7) +
                    Right(counts.failed, 7) + Right(counts.skipped, 7);
  out.erase(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

std::string Indented(const std::string& text) {
  std::string out = "      ";
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "      ";
  }
  return out + "\n";
}

std::string ListText(const std::vector<CaseResult>& results, Verdict verdict,
                     Detail detail) {
  std::string out;
  for (const CaseResult& result : results) {
    if (result.verdict != verdict) continue;
    out += "  " + result.id + "  " + result.note + "\n";
    if (detail == Detail::kBrief) continue;
    if (verdict == Verdict::kFailed) {
      out += "    wanted\n" + Indented(result.wanted) + "    got\n";
    }
    out += Indented(result.got);
  }
  return out;
}

json::Object ToJson(const CaseResult& result) {
  json::Object out;
  out.Set("id", result.id);
  out.Set("note", result.note);
  out.Set("suite", result.suite);
  out.Set("category", result.category);
  out.Set("tier", TierName(result.tier));
  return out;
}

}  // namespace

std::string ConformanceText(const std::vector<CaseResult>& results,
                            Detail detail) {
  const Summary summary = Summarise(results);
  std::string out = Left("category", kNameWidth) + Left("tier", 8) +
                    Left("suite", 8) + " passed   failed  skipped\n";
  for (const auto& [key, counts] : summary.categories) {
    const auto& [category, suite, tier] = key;
    out += Row(category, TierName(tier), suite, counts);
  }
  out += "\n";
  for (const auto& [key, counts] : summary.tiers) {
    out += Row("all", TierName(key.second), key.first, counts);
  }
  if (summary.all.failed > 0) {
    out += "\nfailed\n" + ListText(results, Verdict::kFailed, detail);
  }
  if (summary.all.skipped > 0 && detail == Detail::kFull) {
    out += "\nskipped\n" + ListText(results, Verdict::kSkipped, detail);
  }
  return out + "\n" + std::to_string(summary.all.passed) + " passed, " +
         std::to_string(summary.all.failed) + " failed, " +
         std::to_string(summary.all.skipped) + " skipped\n";
}

json::Value ConformanceJson(const std::vector<CaseResult>& results) {
  const Summary summary = Summarise(results);
  json::Object out = summary.all.ToJson();
  json::Array tiers;
  for (const auto& [key, counts] : summary.tiers) {
    json::Object tier = counts.ToJson();
    tier.Set("suite", key.first);
    tier.Set("tier", TierName(key.second));
    tiers.push_back(std::move(tier));
  }
  out.Set("tiers", std::move(tiers));
  json::Array categories;
  for (const auto& [key, counts] : summary.categories) {
    json::Object category = counts.ToJson();
    category.Set("category", std::get<0>(key));
    category.Set("suite", std::get<1>(key));
    category.Set("tier", TierName(std::get<2>(key)));
    categories.push_back(std::move(category));
  }
  out.Set("categories", std::move(categories));
  json::Array failures;
  json::Array skips;
  for (const CaseResult& result : results) {
    json::Object entry = ToJson(result);
    if (result.verdict == Verdict::kFailed) {
      entry.Set("wanted", result.wanted);
      entry.Set("got", result.got);
      failures.push_back(std::move(entry));
    } else if (result.verdict == Verdict::kSkipped) {
      entry.Set("reason", result.got);
      skips.push_back(std::move(entry));
    }
  }
  out.Set("failures", std::move(failures));
  out.Set("skips", std::move(skips));
  return out;
}

}  // namespace vouchsafe::policy_tools
