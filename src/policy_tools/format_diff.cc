#include <algorithm>
#include <string_view>
#include <vector>

#include "policy_tools/format.h"

namespace vouchsafe::policy_tools {
namespace {

constexpr size_t kAround = 3;
constexpr size_t kMostCells = size_t{16} << 20;

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

struct Edit {
  char mark;  // ' ', '-', '+'
  std::string_view line;
};

using LineList = std::vector<std::string_view>;

// Of what lies between a common begin and end: the longest common subsequence,
// or, when that would be too much, one block for the other.
void EditMiddle(const LineList& a, const LineList& b, std::vector<Edit>& out) {
  const size_t width = b.size() + 1;
  const bool small = a.empty() || b.empty() || a.size() < kMostCells / width;
  std::vector<uint32_t> longest;
  if (small) longest.assign((a.size() + 1) * width, 0);
  for (size_t i = small ? a.size() : 0; i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      longest[i * width + j] = a[i] == b[j]
                                   ? longest[(i + 1) * width + j + 1] + 1
                                   : std::max(longest[(i + 1) * width + j],
                                              longest[i * width + j + 1]);
    }
  }
  size_t i = 0, j = 0;
  while (small && i < a.size() && j < b.size()) {
    if (a[i] == b[j]) {
      out.push_back({' ', a[i++]});
      ++j;
    } else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
      out.push_back({'-', a[i++]});
    } else {
      out.push_back({'+', b[j++]});
    }
  }
  while (i < a.size()) out.push_back({'-', a[i++]});
  while (j < b.size()) out.push_back({'+', b[j++]});
}

std::vector<Edit> Edits(LineList a, LineList b) {
  size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
    ++tail;
  }
  std::vector<Edit> out;
  for (size_t i = 0; i < head; ++i) out.push_back({' ', a[i]});
  const auto from = static_cast<ptrdiff_t>(head);
  const auto back = static_cast<ptrdiff_t>(tail);
  EditMiddle(LineList(a.begin() + from, a.end() - back),
             LineList(b.begin() + from, b.end() - back), out);
  for (size_t i = a.size() - tail; i < a.size(); ++i) {
    out.push_back({' ', a[i]});
  }
  return out;
}

struct Hunk {
  size_t begin;  // indices of edits
  size_t end;
};

std::vector<Hunk> Hunks(const std::vector<Edit>& edits) {
  std::vector<Hunk> out;
  for (size_t i = 0; i < edits.size(); ++i) {
    if (edits[i].mark == ' ') continue;
    const size_t begin = i > kAround ? i - kAround : 0;
    const size_t end = std::min(edits.size(), i + kAround + 1);
    if (!out.empty() && begin <= out.back().end) {
      out.back().end = end;
    } else {
      out.push_back({begin, end});
    }
  }
  return out;
}

std::string Range(size_t lines_before, size_t count) {
  const size_t first = count == 0 ? lines_before : lines_before + 1;
  return std::to_string(first) +
         (count == 1 ? "" : "," + std::to_string(count));
}

}  // namespace

std::string UnifiedDiff(const std::string& name, const std::string& before,
                        const std::string& after) {
  if (before == after) return {};
  const LineList a = Lines(before);
  const LineList b = Lines(after);
  const std::vector<Edit> edits = Edits(a, b);
  std::string out = "--- " + name + "\n+++ " + name + "\n";
  size_t at = 0, line_a = 0, line_b = 0;
  for (const Hunk& hunk : Hunks(edits)) {
    for (; at < hunk.begin; ++at) {
      ++line_a;
      ++line_b;
    }
    size_t count_a = 0, count_b = 0;
    std::string lines;
    for (; at < hunk.end; ++at) {
      if (edits[at].mark != '+') ++count_a;
      if (edits[at].mark != '-') ++count_b;
      lines += edits[at].mark + std::string(edits[at].line) + "\n";
    }
    out += "@@ -" + Range(line_a, count_a) + " +" + Range(line_b, count_b) +
           " @@\n" + lines;
    line_a += count_a;
    line_b += count_b;
  }
  return out;
}

}  // namespace vouchsafe::policy_tools
