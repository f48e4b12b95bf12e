// sprintf with Go's verbs (package fmt), as far as the language's values reach:
// integers, fractions as doubles, strings, and everything else as its text.

#include <charconv>
#include <cmath>
#include <cstdio>
#include <string>

#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

constexpr size_t kMaxWidth = 1'000'000;  // Go's own bound

struct Spec {
  bool plus = false, minus = false, sharp = false, space = false, zero = false;
  bool has_width = false, has_precision = false;
  size_t width = 0, precision = 0;
};

class Formatter {
 public:
  Formatter(BuiltinCall& call, std::string_view format,
            std::span<const Value> args)
      : call_(call), format_(format), args_(args) {}

  std::string Run() {
    while (at_ < format_.size()) {
      const size_t next = std::min(format_.find('%', at_), format_.size());
      Put(format_.substr(at_, next - at_));
      at_ = next;
      if (at_ < format_.size()) {
        ++at_;
        Directive();
      }
    }
    if (!reordered_ && next_arg_ < args_.size()) Extra();
    return std::move(out_);
  }

 private:
  void Put(std::string_view text) {
    call_.budget.Bytes(text.size());
    call_.arena.Need(out_.size() + text.size());
    out_ += text;
  }
  char Peek() const { return at_ < format_.size() ? format_[at_] : '\0'; }

  static std::string GoType(const Value& value) {
    if (value.is_number()) return IsInteger(value) ? "int" : "float64";
    return "string";
  }
  static std::string Plain(const Value& value) { return PrintText(value); }

  void Extra() {
    Put("%!(EXTRA ");
    for (size_t i = next_arg_; i < args_.size(); ++i) {
      if (i > next_arg_) Put(", ");
      Put(GoType(args_[i]) + "=" + Plain(args_[i]));
    }
    Put(")");
  }

  // Digits at the cursor; false when there are none. Too large is capped.
  bool Number(size_t* out) {
    const size_t begin = at_;
    *out = 0;
    while (Peek() >= '0' && Peek() <= '9') {
      *out = std::min(*out * 10 + static_cast<size_t>(Peek() - '0'),
                      kMaxWidth + 1);
      ++at_;
    }
    return at_ > begin;
  }

  // [n] before a verb or a star.
  void Index() {
    if (Peek() != '[') return;
    const size_t close = format_.find(']', at_);
    size_t index = 0;
    ++at_;
    const bool number = Number(&index);
    if (close == std::string_view::npos) {
      bad_index_ = true;
      return;
    }
    if (!number || at_ != close || index == 0 || index > args_.size()) {
      bad_index_ = true;
    } else {
      next_arg_ = index - 1;
      reordered_ = true;
    }
    at_ = close + 1;
  }

  // A star: the value from the arguments. Negative widths mean left-aligned.
  void Star(Spec& spec, bool width) {
    ++at_;
    const Value* value = next_arg_ < args_.size() ? &args_[next_arg_] : nullptr;
    if (value) ++next_arg_;
    const auto number = value && value->is_number() ? AsInt64(*value)
                                                    : std::optional<int64_t>();
    const int64_t most = static_cast<int64_t>(kMaxWidth);
    if (!number || *number > most || *number < -most) {
      Put(width ? "%!(BADWIDTH)" : "%!(BADPREC)");
      return;
    }
    if (width) {
      spec.has_width = true;
      if (*number < 0) spec.minus = true;
      spec.width = static_cast<size_t>(*number < 0 ? -*number : *number);
      if (*number < 0) spec.zero = false;
    } else if (*number >= 0) {
      spec.has_precision = true;
      spec.precision = static_cast<size_t>(*number);
    } else {
      Put("%!(BADPREC)");
    }
  }

  void Directive() {
    Spec spec;
    bad_index_ = false;
    for (bool flags = true; flags;) {
      switch (Peek()) {
        case '+':
          spec.plus = true;
          break;
        case '-':
          spec.minus = true;
          break;
        case '#':
          spec.sharp = true;
          break;
        case ' ':
          spec.space = true;
          break;
        case '0':
          spec.zero = true;
          break;
        default:
          flags = false;
      }
      if (flags) ++at_;
    }
    Index();
    if (Peek() == '*') {
      Star(spec, true);
    } else if (Number(&spec.width)) {
      spec.has_width = true;
    }
    if (Peek() == '.') {
      ++at_;
      Index();
      spec.has_precision = true;
      if (Peek() == '*') {
        spec.has_precision = false;
        Star(spec, false);
      } else {
        Number(&spec.precision);
      }
    }
    Index();
    if (spec.width > kMaxWidth || spec.precision > kMaxWidth) {
      Put(spec.width > kMaxWidth ? "%!(BADWIDTH)" : "%!(BADPREC)");
      spec.has_width = spec.has_precision = false;
    }
    if (at_ >= format_.size()) return Put("%!(NOVERB)");
    const size_t length = CodePointLength(format_, at_);
    const std::string_view verb = format_.substr(at_, length);
    at_ += length;
    if (verb == "%") return Put("%");
    if (bad_index_) return Put("%!" + std::string(verb) + "(BADINDEX)");
    if (next_arg_ >= args_.size()) {
      return Put("%!" + std::string(verb) + "(MISSING)");
    }
    Verb(verb, spec, args_[next_arg_++]);
  }

  void Verb(std::string_view verb, const Spec& spec, const Value& value) {
    const char c = verb.size() == 1 ? verb[0] : '\0';
    if (c == 'T') return Pad(spec, GoType(value));
    if (value.is_number()) {
      if (IsInteger(value)) return Integer(c, verb, spec, value);
      return Fraction(c, verb, spec, value);
    }
    const bool go_bool = value.kind() == Kind::kBool && c == 't';
    if (go_bool) return Pad(spec, Plain(value));
    Text(c, verb, spec, Plain(value));
  }

  void Bad(std::string_view verb, const Value& value) {
    Put("%!" + std::string(verb) + "(" + GoType(value) + "=" + Plain(value) +
        ")");
  }

  // By code points, with blanks (or zeros for numbers, see PadNumber).
  void Pad(const Spec& spec, std::string_view text) {
    const size_t size = CountCodePoints(text);
    const size_t fill =
        spec.has_width && spec.width > size ? spec.width - size : 0;
    call_.arena.Need(out_.size() + text.size() + fill);
    call_.budget.Bytes(fill);
    if (!spec.minus) {
      out_.append(fill, spec.zero ? '0' : ' ');
    }
    Put(text);
    if (spec.minus) out_.append(fill, ' ');
  }

  void PadNumber(const Spec& spec, std::string digits, bool negative) {
    const std::string sign = negative     ? "-"
                             : spec.plus  ? "+"
                             : spec.space ? " "
                                          : "";
    Spec plain = spec;
    if (spec.zero && !spec.minus && spec.has_width) {
      const size_t size = sign.size() + digits.size();
      if (spec.width > size) {
        call_.arena.Need(out_.size() + spec.width);
        digits.insert(0, spec.width - size, '0');
      }
    }
    plain.zero = false;
    Pad(plain, sign + digits);
  }

  void Integer(char c, std::string_view verb, const Spec& spec,
               const Value& value) {
    const BigInt big = BigInt::Of(value);
    switch (c) {
      case 'v':
      case 's':
        if (c == 's' && AsInt64(value)) return Bad(verb, value);
        if (!AsInt64(value)) return Pad(spec, NumberText(value));
        [[fallthrough]];
      case 'd':
        return Digits(spec, big, 10, "");
      case 'b':
        return Digits(spec, big, 2, spec.sharp ? "0b" : "");
      case 'o':
        return Digits(spec, big, 8, spec.sharp ? "0" : "");
      case 'O':
        return Digits(spec, big, 8, "0o");
      case 'x':
        return Digits(spec, big, 16, spec.sharp ? "0x" : "");
      case 'X':
        return Digits(spec, big, 16, spec.sharp ? "0X" : "", true);
      case 'c':
      case 'q':
      case 'U': {
        const auto code = AsInt64(value);
        if (!code) return Bad(verb, value);
        return CodePoint(c, spec, *code);
      }
      default:
        return Bad(verb, value);
    }
  }

  void Digits(const Spec& spec, const BigInt& value, unsigned base,
              std::string_view prefix, bool upper = false) {
    call_.budget.Bytes(value.BitLength());
    std::string digits = value.Digits(base);
    if (value.negative()) digits.erase(0, 1);
    for (char& c : digits) {
      if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    }
    Spec plain = spec;
    if (spec.has_precision) {
      plain.zero = false;
      if (spec.precision > digits.size()) {
        call_.arena.Need(out_.size() + spec.precision);
        digits.insert(0, spec.precision - digits.size(), '0');
      }
    }
    PadNumber(plain, std::string(prefix) + digits, value.negative());
  }

  void CodePoint(char c, const Spec& spec, int64_t code) {
    const bool valid =
        code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
    if (c == 'U') {
      char buffer[32];
      std::snprintf(buffer, sizeof buffer, "U+%04llX",
                    static_cast<unsigned long long>(code));
      return Pad(spec, buffer);
    }
    const auto point = static_cast<uint32_t>(valid ? code : 0xfffd);
    std::string text;
    const auto push = [&](uint32_t byte) {
      text.push_back(static_cast<char>(byte));
    };
    if (point < 0x80) {
      push(point);
    } else if (point < 0x800) {
      push(0xc0 | (point >> 6));
      push(0x80 | (point & 63));
    } else if (point < 0x10000) {
      push(0xe0 | (point >> 12));
      push(0x80 | ((point >> 6) & 63));
      push(0x80 | (point & 63));
    } else {
      push(0xf0 | (point >> 18));
      push(0x80 | ((point >> 12) & 63));
      push(0x80 | ((point >> 6) & 63));
      push(0x80 | (point & 63));
    }
    Pad(spec, c == 'q' ? "'" + text + "'" : text);
  }

  void Fraction(char c, std::string_view verb, const Spec& spec,
                const Value& value) {
    const double number = AsDouble(value);
    if (!std::isfinite(number)) return Pad(spec, NumberText(value));
    const double size = std::fabs(number);
    const bool negative = std::signbit(number);
    const int precision =
        spec.has_precision
            ? static_cast<int>(std::min<size_t>(spec.precision, 4096))
            : 6;
    std::string buffer(5000, '\0');
    std::to_chars_result made{};
    char* const end = buffer.data() + buffer.size();
    switch (c) {
      case 'v':
      case 'g':
      case 'G':
        if (spec.has_precision) {
          made = std::to_chars(buffer.data(), end, size,
                               std::chars_format::general, precision);
        } else {
          // Shortest; the exponent form from 1e21 on, as Go's %v.
          const bool big = size >= 1e21 || (size != 0 && size < 1e-4);
          made = std::to_chars(
              buffer.data(), end, size,
              big ? std::chars_format::scientific : std::chars_format::fixed);
        }
        break;
      case 'e':
      case 'E':
        made = std::to_chars(buffer.data(), end, size,
                             std::chars_format::scientific, precision);
        break;
      case 'f':
      case 'F':
        made = std::to_chars(buffer.data(), end, size, std::chars_format::fixed,
                             precision);
        break;
      default:
        return Bad(verb, value);
    }
    buffer.resize(static_cast<size_t>(made.ptr - buffer.data()));
    if (c == 'E' || c == 'G') {
      for (char& letter : buffer) {
        if (letter == 'e') letter = 'E';
      }
    }
    PadNumber(spec, buffer, negative);
  }

  void Text(char c, std::string_view verb, const Spec& spec, std::string text) {
    if (spec.has_precision && (c == 's' || c == 'v' || c == 'q')) {
      size_t end = 0;
      for (size_t i = 0; i < spec.precision && end < text.size(); ++i) {
        end += CodePointLength(text, end);
      }
      text.resize(end);
    }
    switch (c) {
      case 's':
      case 'v':
        if (c == 'v' && spec.sharp) {
          return Pad(spec, RegoText(Value::Text(text)));
        }
        return Pad(spec, text);
      case 'q':
        return Pad(spec, RegoText(Value::Text(text)));
      case 'x':
      case 'X':
        return Pad(spec, Hex(text, c == 'X'));
      default:
        Put("%!" + std::string(verb) + "(string=" + text + ")");
    }
  }

  static std::string Hex(std::string_view text, bool upper) {
    const std::string_view digits =
        upper ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string out;
    for (const char byte : text) {
      const auto code = static_cast<unsigned char>(byte);
      out.push_back(digits[code >> 4]);
      out.push_back(digits[code & 15]);
    }
    return out;
  }

  BuiltinCall& call_;
  std::string_view format_;
  std::span<const Value> args_;
  size_t at_ = 0;
  size_t next_arg_ = 0;
  bool reordered_ = false;
  bool bad_index_ = false;
  std::string out_;
};

Value Sprintf(BuiltinCall& call, std::span<const Value> args) {
  if (!call.Is(args, 0, Kind::kString) || !call.Is(args, 1, Kind::kArray)) {
    return {};
  }
  for (const Value& item : args[1].items()) {
    call.budget.Bytes(JsonSize(item));
  }
  return call.Text(Formatter(call, args[0].text(), args[1].items()).Run());
}

}  // namespace

void RegisterSprintf(BuiltinTable& table) { table.Offer("sprintf", Sprintf); }

}  // namespace vouchsafe::rego
