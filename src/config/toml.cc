#include "config/toml.h"

#include <charconv>
#include <cmath>
#include <exception>
#include <sstream>
#include <utility>
#include <vector>

#include "json/parse.h"

// With exceptions: without them toml++ goes on after some errors.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#define TOML_ENABLE_UNRELEASED_FEATURES 0
#include <toml++/impl/preprocessor.h>

// toml++ 3.3 asserts what some texts break ("[|]", "2024-05-06Tx"), and with
// NDEBUG lets the compiler assume it. Here that refuses the text.
namespace vouchsafe::config {
namespace {
struct BrokenAssumption : std::exception {};
constexpr void Demand(bool holds) {
  if (!holds) throw BrokenAssumption();
}
}  // namespace
}  // namespace vouchsafe::config
#undef TOML_ASSERT
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT(x) ::vouchsafe::config::Demand(static_cast<bool>(x))
#define TOML_ASSERT_ASSUME(x) TOML_ASSERT(x)
#include <toml++/toml.h>

namespace vouchsafe::config {
namespace {

// toml++ bounds the depth of brackets but not that of dotted keys, and drops
// its tables by recursion. This walks over strings and comments and bounds
// both together, before anything is built. Text that is no TOML may be walked
// wrongly, but only behind the place at which the parser stops.
class DepthScan {
 public:
  explicit DepthScan(std::string_view text) : text_(text) {}

  bool IsWithin(size_t max_depth) {
    while (at_ < text_.size()) {
      Step();
      if (base_ + dots_ > max_depth) return false;
    }
    return true;
  }

 private:
  void Step() {
    const char c = text_[at_];
    if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '"' || c == '\'') {
      SkipString(c);
    } else {
      ++at_;
      Count(c);
    }
  }

  void Count(char c) {
    if (c == '.') {
      ++dots_;
    } else if (c == ',' || c == '\n') {
      dots_ = 0;
    } else if (c == '[' || c == '{') {
      open_.push_back(dots_ + 1);
      base_ += dots_ + 1;
      dots_ = 0;
    } else if ((c == ']' || c == '}') && !open_.empty()) {
      base_ -= open_.back();
      open_.pop_back();
      dots_ = 0;
    }
  }

  void SkipString(char quote) {
    const std::string three(3, quote);
    if (text_.substr(at_, 3) != three) {
      for (++at_; at_ < text_.size(); ++at_) {
        if (text_[at_] == quote) break;
        if (text_[at_] == '\n') return;  // not TOML
        if (text_[at_] == '\\' && quote == '"') ++at_;
      }
      ++at_;
      return;
    }
    for (at_ += 3; at_ < text_.size(); ++at_) {
      if (text_.substr(at_, 3) == three) break;
      if (text_[at_] == '\\' && quote == '"') ++at_;
    }
    at_ += 3;
    // One or two quotes may stand before the closing three.
    for (int i = 0; i < 2 && at_ < text_.size(); ++i) {
      if (text_[at_] == quote) ++at_;
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<size_t> open_;  // levels that each open bracket added
  size_t base_ = 0;           // their sum
  size_t dots_ = 0;           // since the last bracket, comma or line
};

// As Rust's ryu prints a double, which is what Trustee's tokens hold: "1.0",
// "0.1", "1e-7", "1e16".
std::string FloatText(double value) {
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  if (value < 0) return "-" + FloatText(-value);
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value,
                                 std::chars_format::scientific)
                       .ptr;
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  const size_t e = text.find('e');
  std::string digits(text.substr(0, 1));
  if (e > 2) digits += text.substr(2, e - 2);
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), end,
                  exponent);
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;
  if (count <= point && point <= 16) {
    return digits.append(static_cast<size_t>(point - count), '0') + ".0";
  }
  if (0 < point && point <= 16) {
    return digits.insert(static_cast<size_t>(point), 1, '.');
  }
  if (-5 < point && point <= 0) {
    return "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  }
  if (count > 1) digits.insert(1, 1, '.');
  return digits + "e" + std::to_string(exponent);
}

class Converter {
 public:
  Converter(std::string_view text, Source& out, size_t max_depth)
      : text_(text), out_(out), max_depth_(max_depth) {}

  Result<json::Value> Convert(const toml::node& node, const std::string& path,
                              size_t depth) {
    if (const toml::table* table = node.as_table()) {
      return ConvertTable(*table, path, depth + 1);
    }
    if (const toml::array* array = node.as_array()) {
      return ConvertArray(*array, path, depth + 1);
    }
    if (const auto* text = node.as_string()) return json::Value(text->get());
    if (const auto* number = node.as_integer()) {
      return json::Value(int64_t{number->get()});
    }
    if (const auto* number = node.as_floating_point()) {
      if (!std::isfinite(number->get())) return json::Value();
      return json::Value(json::Decimal{FloatText(number->get())});
    }
    if (const auto* truth = node.as_boolean()) {
      return json::Value(bool{truth->get()});
    }
    return Moment(node);
  }

 private:
  Result<> CheckDepth(size_t depth, const toml::source_position& at) const {
    if (depth <= max_depth_) return {};
    return Fail(ErrorCode::kInvalidInput,
                out_.name + ":" + std::to_string(at.line) +
                    ": nested deeper than " + std::to_string(max_depth_) +
                    " levels");
  }

  Result<json::Value> ConvertTable(const toml::table& table,
                                   const std::string& path, size_t depth) {
    TRY(CheckDepth(depth, table.source().begin));
    json::Object object;
    for (const auto& [key, node] : table) {
      std::string below = path.empty() ? "" : path + ".";
      below += key.str();
      const toml::source_position at = key.source().begin;
      out_.positions.emplace(below, Position{at.line, at.column});
      json::Value value = TRY(Convert(node, below, depth));
      object.Set(key.str(), std::move(value));
    }
    return json::Value(std::move(object));
  }

  Result<json::Value> ConvertArray(const toml::array& array,
                                   const std::string& path, size_t depth) {
    TRY(CheckDepth(depth, array.source().begin));
    json::Array values;
    for (const toml::node& node : array) {
      std::string below = path + "[" + std::to_string(values.size()) + "]";
      const toml::source_position at = node.source().begin;
      out_.positions.emplace(below, Position{at.line, at.column});
      json::Value value = TRY(Convert(node, below, depth));
      values.push_back(std::move(value));
    }
    return json::Value(std::move(values));
  }

  Result<json::Value> Moment(const toml::node& node) const {
    std::ostringstream text;
    if (const auto* date = node.as_date()) {
      text << date->get();
    } else if (const auto* time = node.as_time()) {
      text << time->get();
    } else if (const auto* both = node.as_date_time()) {
      toml::date_time moment = both->get();
      const bool zero = moment.offset && moment.offset->minutes == 0;
      moment.offset = zero ? std::nullopt : moment.offset;
      text << moment;
      if (zero) text << (IsWrittenZ(node.source().begin) ? "Z" : "+00:00");
    }
    json::Object object;
    object.Set("$__toml_private_datetime", text.str());
    return json::Value(std::move(object));
  }

  // Whether the date and time at `at` ends in Z rather than in digits; toml++
  // keeps no difference. It ends where neither digit nor punctuation of its
  // own follows.
  bool IsWrittenZ(const toml::source_position& at) const {
    size_t offset = 0;
    for (size_t line = 1; line < at.line; ++line) {
      offset = text_.find('\n', offset);
      if (offset == text_.npos) return true;
      ++offset;
    }
    // Columns count code points.
    for (size_t column = 1; column < at.column && offset < text_.size();) {
      ++offset;
      while (offset < text_.size() && (text_[offset] & 0xC0) == 0x80) ++offset;
      ++column;
    }
    const size_t end = text_.find_first_not_of("0123456789.:", offset + 11);
    return end == text_.npos || text_[end] == 'Z' || text_[end] == 'z';
  }

  std::string_view text_;
  Source& out_;
  size_t max_depth_;
};

Result<Source> ReadChecked(std::string_view text, std::string name,
                           size_t max_depth) {
  Source source;
  source.name = std::move(name);
  // Twice: a header's levels and those of the lines below it add up.
  if (!DepthScan(text).IsWithin(2 * max_depth)) {
    return Fail(ErrorCode::kInvalidInput,
                source.name + ": nested deeper than " +
                    std::to_string(max_depth) + " levels");
  }
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    return Fail(ErrorCode::kInvalidInput, source.name + ":" +
                                              std::to_string(at.line) + ":" +
                                              std::to_string(at.column) + ": " +
                                              std::string(error.description()));
  } catch (const BrokenAssumption&) {
    return Fail(ErrorCode::kInvalidInput, source.name + ": not TOML");
  }
  Converter converter(text, source, max_depth);
  source.value = TRY(converter.Convert(table, "", 0));
  return source;
}

}  // namespace

Result<Source> ReadToml(std::string_view text, std::string name,
                        size_t max_depth) {
  try {
    return ReadChecked(text, std::move(name), max_depth);
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kInternal, std::string("toml: ") + error.what());
  }
}

}  // namespace vouchsafe::config
