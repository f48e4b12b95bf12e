// regex.globs_match: is there a text that two simple patterns both match? They
// consist of characters, "." and sets, each with "*" or "+" after it.

#include <utility>

#include "rego/builtins/families.h"
#include "rego/builtins/go_text.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;
using Interval = std::pair<uint32_t, uint32_t>;

struct Token {
  bool any = false;
  std::vector<Interval> set;
  bool repeats = false;   // may match again
  bool optional = false;  // may match nothing
};

class Reader {
 public:
  Reader(BuiltinCall& call, std::string_view text) : text_(text) {
    for (size_t at = 0; at < text.size();) {
      size_t length = 0;
      points_.push_back(DecodePoint(text, at, &length));
      at += length;
    }
    call.budget.Items(points_.size());
  }

  bool Read(std::vector<Token>* out) {
    while (at_ < points_.size()) {
      Token token;
      if (!ReadToken(token)) return false;
      if (at_ < points_.size() &&
          (points_[at_] == '*' || points_[at_] == '+')) {
        token.repeats = true;
        token.optional = points_[at_++] == '*';
      }
      out->push_back(std::move(token));
    }
    return true;
  }

  std::string why;

 private:
  bool Fail(const std::string& reason) {
    why = "input:" + std::string(text_) + ", pos:" + std::to_string(at_) +
          ", " + reason + ": the input provided is invalid";
    return false;
  }

  // The next character and whether a backslash came before it.
  bool Next(uint32_t* point, bool* escaped) {
    *escaped = points_[at_] == '\\';
    if (*escaped && ++at_ >= points_.size()) {
      --at_;
      return Fail("input ends with a \\ (escape) character");
    }
    *point = points_[at_++];
    return true;
  }

  bool ReadToken(Token& token) {
    uint32_t point = 0;
    bool escaped = false;
    if (!Next(&point, &escaped)) return false;
    if (escaped) {
      token.set = {{point, point}};
    } else if (point == '.') {
      token.any = true;
    } else if (point == ']') {
      return Fail("set-close ']' with no preceding '['");
    } else if (point == '+' || point == '*') {
      return Fail("flag '" + std::string(1, static_cast<char>(point)) +
                  "' must be preceded by a non-flag");
    } else if (point == '[') {
      return ReadSet(token);
    } else {
      token.set = {{point, point}};
    }
    return true;
  }

  bool ReadSet(Token& token) {
    bool range_may_follow = false;
    while (at_ < points_.size()) {
      uint32_t point = 0;
      bool escaped = false;
      if (!Next(&point, &escaped)) return false;
      if (!escaped && point == ']') return true;
      if (escaped || point != '-') {
        token.set.emplace_back(point, point);
        range_may_follow = true;
        continue;
      }
      if (!range_may_follow) {
        return Fail(
            "range character '-' must be preceded by a Unicode character");
      }
      if (at_ + 1 >= points_.size()) {
        return Fail(
            "range character '-' must be followed by a Unicode character");
      }
      if (!Next(&point, &escaped)) return false;
      if (!escaped && (point == ']' || point == '-')) {
        return Fail(
            "range character '-' cannot be followed by a special symbol");
      }
      if (point < token.set.back().first) {
        return Fail("range is out of order");
      }
      token.set.back().second = point;
      range_may_follow = false;
    }
    return Fail("found [ without matching ]");
  }

  std::string_view text_;
  std::vector<uint32_t> points_;
  size_t at_ = 0;
};

bool Meet(const Token& a, const Token& b) {
  if (a.any) return b.any || !b.set.empty();
  if (b.any) return !a.set.empty();
  for (const Interval& x : a.set) {
    for (const Interval& y : b.set) {
      if (x.first <= y.second && y.first <= x.second) return true;
    }
  }
  return false;
}

// Both automata in step: positions in the two patterns that some common text
// reaches.
bool Intersect(BuiltinCall& call, const std::vector<Token>& a,
               const std::vector<Token>& b) {
  const size_t width = b.size() + 1;
  const size_t states = (a.size() + 1) * width;
  call.arena.Need(states * 2 * sizeof(size_t));
  call.budget.Items(states);
  std::vector<bool> seen(states);
  std::vector<size_t> open;
  const auto visit = [&](size_t i, size_t j) {
    const size_t state = i * width + j;
    if (seen[state]) return;
    seen[state] = true;
    open.push_back(state);
  };
  visit(0, 0);
  while (!open.empty()) {
    const size_t i = open.back() / width, j = open.back() % width;
    open.pop_back();
    if (i == a.size() && j == b.size()) return true;
    if (i < a.size() && a[i].optional) visit(i + 1, j);
    if (j < b.size() && b[j].optional) visit(i, j + 1);
    if (i == a.size() || j == b.size()) continue;
    call.budget.Step(1 + a[i].set.size() * b[j].set.size() / 8);
    if (!Meet(a[i], b[j])) continue;
    for (const size_t next_i : {i, i + 1}) {
      if (next_i == i && !a[i].repeats) continue;
      for (const size_t next_j : {j, j + 1}) {
        if (next_j == j && !b[j].repeats) continue;
        visit(next_i, next_j);
      }
    }
  }
  return false;
}

Value GlobsMatch(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString) || !call.Is(args, 1, Kind::kString)) {
    return {};
  }
  call.arena.Need((args[0].size() + size_t{args[1].size()}) * sizeof(Token));
  std::vector<Token> tokens[2];
  for (size_t i = 0; i < 2; ++i) {
    Reader reader(call, args[i].text());
    if (!reader.Read(&tokens[i])) return call.Fail(reader.why);
  }
  return Value::Bool(Intersect(call, tokens[0], tokens[1]));
}

}  // namespace

void RegisterGlobsMatch(BuiltinTable& table) {
  table.Offer("regex.globs_match", GlobsMatch);
}

}  // namespace vouchsafe::rego
