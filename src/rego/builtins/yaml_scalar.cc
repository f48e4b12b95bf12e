// The types of plain scalars: those of YAML 1.1, as Go's yaml.v2 reads them.

#include <charconv>
#include <cmath>

#include "rego/builtins/go_float.h"
#include "rego/builtins/time_layout.h"
#include "rego/builtins/yaml_read.h"

namespace vouchsafe::rego {
namespace {

using Is = YamlScalar::Is;

bool OneOf(std::string_view text, std::string_view words) {
  for (size_t at = 0; at < words.size();) {
    const size_t end = std::min(words.find(' ', at), words.size());
    if (words.substr(at, end - at) == text) return true;
    at = end + 1;
  }
  return false;
}

// Go's ParseInt with base 0: 0x, 0o, 0b, and 0 alone for octal.
bool Integer(std::string_view text, std::string* out) {
  const bool negative = text.starts_with("-");
  if (negative || text.starts_with("+")) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char kind = static_cast<char>(text[1] | 0x20);
    base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
    text.remove_prefix(base == 8 && kind != 'o' ? 1 : 2);
  }
  uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || stop != end || text.empty()) return false;
  if (negative && value > uint64_t{1} << 63) return false;
  *out = (negative && value != 0 ? "-" : "") + std::to_string(value);
  return true;
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool FloatForm(std::string_view text) {
  size_t at = 0;
  const auto digits = [&] {
    const size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at > begin;
  };
  const auto take = [&](std::string_view set) {
    const bool there =
        at < text.size() && set.find(text[at]) != std::string_view::npos;
    if (there) ++at;
    return there;
  };
  take("+-");
  const bool whole = digits();
  const bool fraction = take(".") && digits();
  if (!whole && !fraction) return false;
  if (take("eE")) {
    take("+-");
    if (!digits()) return false;
  }
  return at == text.size();
}

bool Float(std::string_view text, std::string* out) {
  if (!FloatForm(text)) return false;
  if (text.starts_with("+")) text.remove_prefix(1);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) {
    return false;
  }
  *out = (std::signbit(value) && value != 0 ? "-" : "") +
         FormatFloat(value, 'g', -1);
  return true;
}

bool Timestamp(std::string_view text) {
  if (text.size() < 8 || text[4] != '-' ||
      text.substr(0, 4).find_first_not_of("0123456789") !=
          std::string_view::npos) {
    return false;
  }
  std::string why;
  for (const std::string_view layout :
       {"2006-1-2T15:4:5.999999999Z07:00", "2006-1-2t15:4:5.999999999Z07:00",
        "2006-1-2 15:4:5.999999999", "2006-1-2"}) {
    if (ParseTime(layout, text, &why)) return true;
  }
  return false;
}

}  // namespace

YamlScalar ResolvePlain(std::string_view text) {
  YamlScalar out;
  if (OneOf(text, "~ null Null NULL") || text.empty()) {
    out.is = Is::kNull;
    return out;
  }
  if (OneOf(text, "y Y yes Yes YES true True TRUE on On ON")) {
    out.is = Is::kBool;
    out.flag = true;
    return out;
  }
  if (OneOf(text, "n N no No NO false False FALSE off Off OFF")) {
    out.is = Is::kBool;
    return out;
  }
  if (text == "<<") {
    out.is = Is::kMerge;
    return out;
  }
  if (OneOf(text,
            ".nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf "
            "-.INF")) {
    out.is = Is::kFloat;
    return out;
  }
  const char first = text[0];
  const bool digit = first >= '0' && first <= '9';
  if (!digit && first != '+' && first != '-' && first != '.') return out;
  if (Timestamp(text)) {
    out.is = Is::kTimestamp;
    return out;
  }
  std::string plain(text);
  std::erase(plain, '_');
  if (first != '.' && Integer(plain, &out.number)) {
    out.is = Is::kInteger;
  } else if (Float(plain, &out.number)) {
    out.is = Is::kFloat;
  }
  return out;
}

}  // namespace vouchsafe::rego
