#include "tests/goldens/differences.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "tests/support/shared_data.h"

namespace vouchsafe::goldens {
namespace {

constexpr std::string_view kPage =
    VOUCHSAFE_SOURCE_DIR "/docs/compatibility.md";
constexpr std::string_view kDifferences =
    "## Differences in the recorded answers";
constexpr std::string_view kNotReplayed =
    "## Recorded answers that are not replayed";
constexpr size_t kDifferenceCells = 8;
constexpr size_t kNotReplayedCells = 4;
constexpr std::string_view kOr = " ;; ";

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The cells of "| a | b |", raw, split at bars that no backslash stands before.
std::vector<std::string> Cells(std::string_view line) {
  std::vector<std::string> cells;
  std::string cell;
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      cell += line[i++];
      cell += line[i];
    } else if (line[i] == '|') {
      cells.emplace_back(Trim(cell));
      cell.clear();
    } else {
      cell += line[i];
    }
  }
  return cells;
}

std::string_view WithoutBackticks(std::string_view cell) {
  // One or two, as Markdown has it for text that holds backticks itself.
  for (const std::string_view fence : {"``", "`"}) {
    if (cell.size() > 2 * fence.size() && cell.starts_with(fence) &&
        cell.ends_with(fence)) {
      return cell.substr(fence.size(), cell.size() - 2 * fence.size());
    }
  }
  return cell == "``" ? std::string_view() : cell;
}

// One pattern, split at its stars, with the escapes undone.
std::vector<std::string> Pieces(std::string_view pattern) {
  std::vector<std::string> pieces(1);
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '*') {
      pieces.emplace_back();
    } else if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      const char next = pattern[++i];
      pieces.back() += next == 'n' ? '\n' : next;
    } else {
      pieces.back() += pattern[i];
    }
  }
  return pieces;
}

bool MatchesOne(std::string_view pattern, std::string_view text) {
  const std::vector<std::string> pieces = Pieces(pattern);
  if (pieces.size() == 1) return text == pieces[0];
  if (!text.starts_with(pieces.front())) return false;
  text.remove_prefix(pieces.front().size());
  for (size_t i = 1; i + 1 < pieces.size(); ++i) {
    const size_t at = text.find(pieces[i]);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + pieces[i].size());
  }
  return text.ends_with(pieces.back());
}

// A cell that matches exactly `text`, cut where it is long.
std::string ToCell(std::string_view text) {
  constexpr size_t kLongest = 160;
  std::string cell = "`";
  for (const char c : text.substr(0, kLongest)) {
    if (c == '\n') {
      cell += "\\n";
      continue;
    }
    if (c == '|' || c == '*' || c == '\\') cell += '\\';
    cell += c;
  }
  if (text.size() > kLongest) cell += '*';
  return cell + '`';
}

std::string ToRow(const Difference& d) {
  return "| " + ToCell(d.file) + " | " + ToCell(d.step) + " | " + d.mode +
         " | " + ToCell(d.part) + " | " + ToCell(d.recorded) + " | " +
         ToCell(d.here) + " | 1 | |";
}

bool InScope(const Row& row, const std::vector<std::string>& scopes) {
  return std::any_of(
      scopes.begin(), scopes.end(),
      [&](const std::string& scope) { return row.file.starts_with(scope); });
}

// "(decision 20)" at the end of a reason.
bool HasGround(std::string_view reason) {
  const size_t open = reason.rfind('(');
  if (open == std::string_view::npos || !reason.ends_with(')')) return false;
  const std::string_view ground = reason.substr(open + 1);
  for (const char* word :
       {"decision ", "weak spot ", "better)", "[V])", "not built)", "tests/"}) {
    if (ground.starts_with(word)) return true;
  }
  return false;
}

Result<Row> ParseRow(const std::vector<std::string>& cells, int line) {
  const std::string where = "docs/compatibility.md:" + std::to_string(line);
  const bool differs = cells.size() == kDifferenceCells;
  if (!differs && cells.size() != kNotReplayedCells) {
    return Fail(ErrorCode::kInvalidInput,
                where + ": " + std::to_string(cells.size()) +
                    " cells, want 8 (differences) or 4 (not replayed)");
  }
  const auto text = [&](size_t i) {
    return std::string(WithoutBackticks(cells[i]));
  };
  Row row;
  row.line = line;
  row.file = text(0);
  row.steps = text(1);
  if (differs) {
    row.mode = text(2);
    row.part = text(3);
    row.recorded = text(4);
    row.here = text(5);
  }
  const std::string& times = cells[cells.size() - 2];
  const auto read =
      std::from_chars(times.data(), times.data() + times.size(), row.times);
  if (read.ec != std::errc() || read.ptr != times.data() + times.size() ||
      row.times <= 0) {
    return Fail(ErrorCode::kInvalidInput,
                where + ": times: want a positive number, got " + times);
  }
  row.reason = cells.back();
  if (!HasGround(row.reason)) {
    return Fail(ErrorCode::kInvalidInput,
                where +
                    ": reason: want its ground at the end, such as "
                    "(decision 20), got " +
                    row.reason);
  }
  return row;
}

}  // namespace

bool Matches(std::string_view pattern, std::string_view text) {
  while (true) {
    const size_t bar = pattern.find(kOr);
    if (MatchesOne(pattern.substr(0, bar), text)) return true;
    if (bar == std::string_view::npos) return false;
    pattern.remove_prefix(bar + kOr.size());
  }
}

Result<Tables> ParseTables(std::string_view page) {
  Tables tables;
  std::vector<Row>* into = nullptr;
  size_t want = 0;
  int number = 0;
  int header_lines = 0;
  while (!page.empty()) {
    const size_t end = std::min(page.find('\n'), page.size());
    const std::string_view line = page.substr(0, end);
    page.remove_prefix(std::min(end + 1, page.size()));
    ++number;
    if (line.starts_with("## ")) {
      into = line == kDifferences   ? &tables.differences
             : line == kNotReplayed ? &tables.not_replayed
                                    : nullptr;
      want = line == kDifferences ? kDifferenceCells : kNotReplayedCells;
    }
    if (into == nullptr || !line.starts_with('|')) {
      header_lines = 0;  // each table starts with two lines of its own
      continue;
    }
    if (++header_lines <= 2) continue;
    const std::vector<std::string> cells = Cells(line);
    if (cells.size() != want) {
      return Fail(ErrorCode::kInvalidInput,
                  "docs/compatibility.md:" + std::to_string(number) + ": " +
                      std::to_string(cells.size()) + " cells, want " +
                      std::to_string(want));
    }
    into->push_back(TRY(ParseRow(cells, number)));
  }
  return tables;
}

Differences::Differences(const std::vector<std::string>& scopes,
                         const std::vector<std::string>& others)
    : Differences(
          [] {
            auto tables =
                ParseTables(vouchsafe::testing::ReadFile(std::string(kPage)));
            EXPECT_TRUE(tables) << tables.error().Text();
            return tables ? *std::move(tables) : Tables();
          }(),
          scopes, others) {}

Differences::Differences(Tables tables, const std::vector<std::string>& scopes,
                         const std::vector<std::string>& others)
    : tables_(std::move(tables)) {
  const auto other = [&](const Row& row) {
    return !InScope(row, scopes) || InScope(row, others);
  };
  std::erase_if(tables_.differences, other);
  std::erase_if(tables_.not_replayed, other);
}

bool Differences::NotReplayed(const std::string& file,
                              const std::string& step) {
  for (Row& row : tables_.not_replayed) {
    if (!Matches(row.file, file) || !Matches(row.steps, step)) continue;
    ++row.seen;
    ++counts_[file].not_replayed;
    return true;
  }
  return false;
}

void Differences::Step(const std::string& file, const std::string& step,
                       const std::string& mode) {
  now_ = {file, step, mode, "", "", ""};
  now_differs_ = false;
  ++counts_[mode.empty() ? file : file + " (" + mode + ")"].steps;
}

void Differences::Record(const std::string& part, const std::string& recorded,
                         const std::string& here) {
  Difference d = now_;
  d.part = part;
  d.recorded = recorded;
  d.here = here;
  if (!now_differs_) {
    now_differs_ = true;
    ++counts_[d.mode.empty() ? d.file : d.file + " (" + d.mode + ")"].differing;
  }
  for (Row& row : tables_.differences) {
    if (Matches(row.file, d.file) && Matches(row.steps, d.step) &&
        Matches(row.mode, d.mode) && Matches(row.part, d.part) &&
        Matches(row.recorded, d.recorded) && Matches(row.here, d.here)) {
      ++row.seen;
      return;
    }
  }
  unlisted_.push_back(std::move(d));
}

void Differences::Compare(const std::string& part, const std::string& recorded,
                          const std::string& here) {
  if (recorded != here) Record(part, recorded, here);
}

std::vector<std::string> Differences::Problems() const {
  std::vector<std::string> problems;
  for (const Difference& d : unlisted_) {
    problems.push_back("not listed in docs/compatibility.md:\n" + ToRow(d));
  }
  for (const auto* rows : {&tables_.differences, &tables_.not_replayed}) {
    for (const Row& row : *rows) {
      if (row.seen == row.times) continue;
      problems.push_back("docs/compatibility.md:" + std::to_string(row.line) +
                         ": listed " + std::to_string(row.times) +
                         " times, seen " + std::to_string(row.seen) + ": " +
                         row.file + " " + row.steps + " " + row.part);
    }
  }
  return problems;
}

void Differences::Finish() const {
  for (const auto& [name, count] : counts_) {
    std::printf(
        "%-44s %4ld steps, %4ld equal, %4ld differ, %4ld not replayed\n",
        name.c_str(), count.steps, count.steps - count.differing,
        count.differing, count.not_replayed);
  }
  for (const std::string& problem : Problems()) ADD_FAILURE() << problem;
}

}  // namespace vouchsafe::goldens
