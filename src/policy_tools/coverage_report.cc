#include "policy_tools/coverage_report.h"

#include <map>
#include <set>
#include <utility>

namespace vouchsafe::policy_tools {
namespace {

int Hundredths(size_t covered, size_t not_covered) {
  const size_t all = covered + not_covered;
  if (all == 0) return 100 * 100;
  return static_cast<int>((covered * 100 * 100 + all / 2) / all);
}

// "83.33", "75": without zeros behind.
std::string PercentText(int hundredths) {
  std::string out = std::to_string(hundredths / 100);
  const int rest = hundredths % 100;
  if (rest == 0) return out;
  out += rest < 10 ? ".0" : ".";
  return out + std::to_string(rest % 10 == 0 ? rest / 10 : rest);
}

json::Value PercentJson(int hundredths) {
  if (hundredths % 100 == 0) return json::Value(hundredths / 100);
  return json::Value(json::Decimal{PercentText(hundredths)});
}

// Rows that follow each other are one range.
std::vector<std::pair<int, int>> Ranges(const std::vector<int>& rows) {
  std::vector<std::pair<int, int>> out;
  for (const int row : rows) {
    if (!out.empty() && out.back().second + 1 == row) {
      out.back().second = row;
    } else {
      out.emplace_back(row, row);
    }
  }
  return out;
}

std::string RangesText(const std::vector<int>& rows) {
  std::string out;
  for (const auto& [first, last] : Ranges(rows)) {
    out += (out.empty() ? "" : ", ") + std::to_string(first);
    if (last != first) out += "-" + std::to_string(last);
  }
  return out;
}

json::Object Row(int row) {
  json::Object out;
  out.Set("row", row);
  return out;
}

void SetRanges(json::Object& object, const char* name,
               const std::vector<int>& rows) {
  if (rows.empty()) return;
  json::Array out;
  for (const auto& [first, last] : Ranges(rows)) {
    json::Object range;
    range.Set("start", Row(first));
    range.Set("end", Row(last));
    out.push_back(std::move(range));
  }
  object.Set(name, std::move(out));
}

void SetFigures(json::Object& object, size_t covered, size_t not_covered) {
  object.Set("covered_lines", static_cast<uint64_t>(covered));
  object.Set("not_covered_lines", static_cast<uint64_t>(not_covered));
  object.Set("coverage", PercentJson(Hundredths(covered, not_covered)));
}

std::string FiguresText(size_t covered, size_t not_covered) {
  return PercentText(Hundredths(covered, not_covered)) + "% (" +
         std::to_string(covered) + " of " +
         std::to_string(covered + not_covered) + " lines)";
}

}  // namespace

CoverageReport MakeCoverageReport(const rego::Coverage& coverage) {
  struct Rows {
    std::set<int> all, missed;
  };
  std::map<std::string, Rows> files;
  for (const rego::Coverage::Expression& one : coverage.Expressions()) {
    Rows& rows = files[one.file];
    rows.all.insert(one.row);
    if (one.reached == 0) rows.missed.insert(one.row);
  }
  CoverageReport out;
  for (const auto& [file, rows] : files) {
    FileCoverage one;
    one.file = file;
    for (const int row : rows.all) {
      (rows.missed.contains(row) ? one.not_covered : one.covered)
          .push_back(row);
    }
    out.covered += one.covered.size();
    out.not_covered += one.not_covered.size();
    out.files.push_back(std::move(one));
  }
  return out;
}

std::string CoverageText(const CoverageReport& report) {
  std::string out;
  for (const FileCoverage& file : report.files) {
    out += file.file + ": " +
           FiguresText(file.covered.size(), file.not_covered.size());
    if (!file.not_covered.empty()) {
      out += ", not covered: " + RangesText(file.not_covered);
    }
    out += "\n";
  }
  return out + "COVERAGE: " + FiguresText(report.covered, report.not_covered) +
         "\n";
}

json::Value CoverageJson(const CoverageReport& report) {
  json::Object files;
  for (const FileCoverage& file : report.files) {
    json::Object one;
    SetRanges(one, "covered", file.covered);
    SetRanges(one, "not_covered", file.not_covered);
    SetFigures(one, file.covered.size(), file.not_covered.size());
    files.Set(file.file, std::move(one));
  }
  json::Object out;
  out.Set("files", std::move(files));
  SetFigures(out, report.covered, report.not_covered);
  return out;
}

}  // namespace vouchsafe::policy_tools
