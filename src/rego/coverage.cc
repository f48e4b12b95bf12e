#include <algorithm>
#include <set>

#include "rego/program.h"

namespace vouchsafe::rego {

// Expressions that have code. Several places may stand for one expression.
Coverage::Coverage(const Program& program) {
  const Ir& ir = program.data().ir;
  reached_.resize(ir.places.size());
  std::set<uint32_t> used;
  for (const Function& function : ir.functions) {
    if (function.folded) continue;  // computed once, while compiling
    for (const Instruction& at : function.code) used.insert(at.place);
  }
  used.erase(0);
  for (const uint32_t place : used) {
    if (place >= ir.places.size()) continue;
    const Place& at = ir.places[place];
    sites_.push_back(
        {{ir.files[at.file], at.row, at.col, std::string(at.text), 0}, place});
  }
  std::stable_sort(
      sites_.begin(), sites_.end(), [](const Site& a, const Site& b) {
        return std::tie(a.expression.file, a.expression.row, a.expression.col) <
               std::tie(b.expression.file, b.expression.row, b.expression.col);
      });
}

void Coverage::Merge(const Coverage& other) {
  const size_t both = std::min(reached_.size(), other.reached_.size());
  for (size_t i = 0; i < both; ++i) reached_[i] += other.reached_[i];
}

std::vector<Coverage::Expression> Coverage::Expressions() const {
  std::vector<Expression> out;
  for (const Site& site : sites_) {
    Expression next = site.expression;
    next.reached = reached_[site.place];
    if (!out.empty() && out.back().file == next.file &&
        out.back().row == next.row && out.back().col == next.col &&
        out.back().text == next.text) {
      out.back().reached += next.reached;
    } else {
      out.push_back(std::move(next));
    }
  }
  return out;
}

json::Value Coverage::ToJson() const {
  struct Rows {
    std::set<int> seen, missed;
  };
  std::map<std::string, Rows> files;
  int64_t covered = 0, all = 0;
  for (const Expression& expression : Expressions()) {
    Rows& rows = files[expression.file];
    (expression.reached ? rows.seen : rows.missed).insert(expression.row);
    ++all;
    covered += expression.reached > 0;
  }
  json::Object out, by_file;
  for (const auto& [file, rows] : files) {
    json::Array seen, missed;
    for (const int row : rows.seen) {
      if (!rows.missed.contains(row)) seen.push_back(json::Value(row));
    }
    for (const int row : rows.missed) missed.push_back(json::Value(row));
    json::Object one;
    one.Set("covered", std::move(seen));
    one.Set("not_covered", std::move(missed));
    by_file.Set(file, std::move(one));
  }
  out.Set("files", std::move(by_file));
  out.Set("expressions", json::Value(all));
  out.Set("covered", json::Value(covered));
  out.Set("percent",
          json::Value(all == 0 ? int64_t{100} : covered * 100 / all));
  return json::Value(std::move(out));
}

}  // namespace vouchsafe::rego
