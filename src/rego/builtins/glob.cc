// glob.*: shell-like patterns over texts with delimiters, turned into a regular
// expression.

#include "rego/builtins/families.h"
#include "rego/builtins/go_text.h"
#include "rego/builtins/patterns.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

class Translator {
 public:
  Translator(std::string_view glob, std::string_view delimiters) : glob_(glob) {
    any_ = ".";
    if (!delimiters.empty()) {
      any_ = "[^" + Class(delimiters) + "]";
    }
  }

  // False with a reason.
  bool Run() {
    while (at_ < glob_.size()) {
      const char c = glob_[at_];
      if (c == '{') {
        ++depth_;
        Take("(?:");
      } else if (c == ',' && depth_ > 0) {
        Take("|");
      } else if (c == '}' && depth_ > 0) {
        --depth_;
        Take(")");
      } else if (c == '[') {
        if (!Range()) return false;
      } else if (c == '?') {
        Take(any_);
      } else if (c == '*') {
        const bool two = glob_.substr(at_, 2) == "**";
        Take(two ? ".*" : any_ + "*");
        if (two) ++at_;
      } else {
        out += re2::RE2::QuoteMeta(Piece(Text(depth_ > 0 ? "?*[{}," : "?*[{")));
      }
    }
    out.append(static_cast<size_t>(depth_), ')');
    return true;
  }

  std::string out = "(?s)";
  std::string why;

 private:
  void Take(std::string_view regex) {
    ++at_;
    out += regex;
  }
  bool Fail(std::string_view reason) {
    why = std::string(reason);
    return false;
  }

  static std::string Class(std::string_view members) {
    std::string out;
    for (size_t i = 0; i < members.size();) {
      size_t length = 0;
      const uint32_t point = DecodePoint(members, i, &length);
      if (point < 0x80) out.push_back('\\');
      // Letters and digits mean something after a backslash.
      const bool word = (point >= '0' && point <= '9') || point == '_' ||
                        ((point | 32) >= 'a' && (point | 32) <= 'z');
      if (point < 0x80 && (word || point < 0x20)) out.pop_back();
      AppendUtf8(out, point);
      i += length;
    }
    return out;
  }

  // Up to one of `breakers`; a backslash takes the next character as it is.
  std::string Text(std::string_view breakers) {
    std::string text;
    bool escaped = false;
    for (; at_ < glob_.size(); ++at_) {
      const char c = glob_[at_];
      if (!escaped && c == '\\') {
        escaped = true;
        continue;
      }
      if (!escaped && breakers.find(c) != std::string_view::npos) break;
      escaped = false;
      text.push_back(c);
    }
    return text;
  }

  std::string Point() {
    const size_t length = CodePointLength(glob_, at_);
    const std::string point(glob_.substr(at_, length));
    at_ += length;
    return point;
  }

  // [abc], [a-z], and with "!" first those that are not.
  bool Range() {
    ++at_;
    bool negated = false;
    if (at_ < glob_.size() && glob_[at_] == '!') {
      negated = true;
      ++at_;
    }
    if (at_ >= glob_.size()) return Fail("unexpected end of input");
    std::string members;
    const size_t after = at_ + CodePointLength(glob_, at_);
    if (after < glob_.size() && glob_[after] == '-') {
      const std::string low = Point();
      ++at_;
      if (at_ >= glob_.size()) return Fail("unexpected end of input");
      const std::string high = Point();
      if (high < low) {
        return Fail("hi character '" + high + "' should be greater than lo '" +
                    low + "'");
      }
      members = Class(low) + "-" + Class(high);
    } else {
      members = Class(Text("]"));
    }
    if (at_ >= glob_.size()) return Fail("unexpected end of input");
    if (glob_[at_] != ']') return Fail("expecting close range character");
    ++at_;
    if (members.empty()) return Fail("could not parse range");
    out += (negated ? "[^" : "[") + members + "]";
    return true;
  }

  std::string_view glob_;
  std::string any_;
  size_t at_ = 0;
  int depth_ = 0;
};

// One character each. Undefined, with an error noted, when they are not.
std::optional<std::string> Delimiters(BuiltinCall& call, const Value& value) {
  if (value.kind() == Kind::kNull) return "";
  if (!value.is_array()) {
    call.WrongTypes(2, "array, null", value);
    return std::nullopt;
  }
  if (value.size() == 0) return ".";
  std::string out;
  for (const Value& item : value.items()) {
    if (!item.is_string() || CountCodePoints(item.text()) != 1) {
      const std::string want = item.is_string() ? "runes" : "strings";
      call.Wrong(2, "array of " + want,
                 "array containing " + std::string(KindName(item.kind())));
      return std::nullopt;
    }
    out += item.text();
  }
  return out;
}

Value Match(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  const auto delimiters = Delimiters(call, args[1]);
  if (!delimiters || !call.Is(args, 2, Kind::kString)) return {};
  call.budget.Bytes(args[0].size() + args[2].size());
  Translator translator(args[0].text(), *delimiters);
  if (!translator.Run()) return call.Fail(translator.why);
  const auto pattern = CompilePattern(call, translator.out);
  if (!pattern->ok()) return call.Fail("the pattern is too large");
  ChargeMatch(call, *pattern->regex, args[2].size());
  return Value::Bool(
      re2::RE2::FullMatch(Piece(args[2].text()), *pattern->regex));
}

Value QuoteMeta(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  call.arena.Need(args[0].size() * size_t{2});
  std::string out;
  for (const char c : args[0].text()) {
    constexpr std::string_view kSpecial = "*?\\[]{}";
    if (kSpecial.find(c) != std::string_view::npos) out.push_back('\\');
    out.push_back(c);
  }
  return call.Text(out);
}

}  // namespace

void RegisterGlob(BuiltinTable& table) {
  table.Offer("glob.match", Match);
  table.Offer("glob.quote_meta", QuoteMeta);
}

}  // namespace vouchsafe::rego
