// semver.*: versions as https://semver.org orders them; a leading "v" is
// allowed.

#include <charconv>

#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

struct Version {
  int64_t numbers[3] = {};
  std::string_view pre_release;
};

// What stands before `mark`; the rest stays in `text`.
std::string_view CutAt(std::string_view& text, char mark) {
  const size_t at = text.find(mark);
  const std::string_view before = text.substr(0, at);
  text =
      at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return before;
}

// Identifiers of letters, digits and hyphens, with dots between them.
bool Identifiers(std::string_view text) {
  bool any = false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '-';
    if (!letter && (c != '.' || !any)) return false;
    any = letter;
  }
  return any;
}

// Go's ParseInt: a sign is allowed.
bool Number(std::string_view text, int64_t* out) {
  if (text.starts_with("+")) {
    text.remove_prefix(1);
    if (text.starts_with("-")) return false;
  }
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *out);
  return error == std::errc() && stop == end && !text.empty();
}

std::optional<Version> Parse(std::string_view text) {
  if (text.starts_with("v")) text.remove_prefix(1);
  std::string_view metadata = text;
  text = CutAt(metadata, '+');
  if (!metadata.empty() && !Identifiers(metadata)) return std::nullopt;
  Version out;
  out.pre_release = text;
  text = CutAt(out.pre_release, '-');
  if (!out.pre_release.empty() && !Identifiers(out.pre_release)) {
    return std::nullopt;
  }
  if (std::count(text.begin(), text.end(), '.') != 2) return std::nullopt;
  for (int64_t& number : out.numbers) {
    if (!Number(CutAt(text, '.'), &number)) return std::nullopt;
  }
  return out;
}

bool Decimal(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// By value, of any length.
int CompareDigits(std::string_view a, std::string_view b) {
  while (a.size() > 1 && a[0] == '0') a.remove_prefix(1);
  while (b.size() > 1 && b[0] == '0') b.remove_prefix(1);
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

int CompareIdentifiers(std::string_view a, std::string_view b) {
  if (a.empty() != b.empty()) return a.empty() ? -1 : 1;
  if (Decimal(a) != Decimal(b)) return Decimal(a) ? -1 : 1;
  return Decimal(a) ? CompareDigits(a, b) : a.compare(b);
}

int ComparePreReleases(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  if (a.empty() != b.empty()) return a.empty() ? 1 : -1;
  while (!a.empty() || !b.empty()) {
    const int order = CompareIdentifiers(CutAt(a, '.'), CutAt(b, '.'));
    if (order != 0) return order;
    if (a.empty() != b.empty()) return a.empty() ? -1 : 1;
  }
  return 0;
}

Value CompareVersions(BuiltinCall& call, Args args) {
  std::optional<Version> versions[2];
  for (size_t i = 0; i < 2; ++i) {
    if (!call.Is(args, i, Kind::kString)) return {};
    call.budget.Bytes(args[i].size());
  }
  for (size_t i = 0; i < 2; ++i) {
    versions[i] = Parse(args[i].text());
    if (versions[i]) continue;
    return call.Fail("operand " + std::to_string(i + 1) + ": string " +
                     RegoText(args[i]) + " is not a valid SemVer");
  }
  for (size_t i = 0; i < 3; ++i) {
    const int64_t a = versions[0]->numbers[i], b = versions[1]->numbers[i];
    if (a != b) return Value::Int(a < b ? -1 : 1);
  }
  const int order =
      ComparePreReleases(versions[0]->pre_release, versions[1]->pre_release);
  return Value::Int(order < 0 ? -1 : order > 0);
}

Value IsValid(BuiltinCall& call, Args args) {
  if (!args[0].is_string()) return Value::Bool(false);
  call.budget.Bytes(args[0].size());
  return Value::Bool(Parse(args[0].text()).has_value());
}

}  // namespace

void RegisterSemver(BuiltinTable& table) {
  table.Offer("semver.compare", CompareVersions);
  table.Offer("semver.is_valid", IsValid);
}

}  // namespace vouchsafe::rego
