#include "rego/builtins/patterns.h"

namespace vouchsafe::rego {
namespace {

constexpr size_t kMaxPattern = 10 * 1024;
constexpr size_t kMaxPatterns = 256;
constexpr size_t kShortText = 1024;
constexpr int64_t kMaxProgram = int64_t{1} << 20;
// What the patterns of one evaluation may hold beside its arena.
constexpr size_t kMaxPatternBytes = size_t{24} << 20;

std::string Says(const std::string& what) {
  return "error parsing regexp: " + what;
}

// The end of the class that opens at `at`; a "]" right after the opening is a
// member.
size_t ClassEnd(std::string_view text, size_t at) {
  size_t i = at + 1;
  if (i < text.size() && text[i] == '^') ++i;
  if (i < text.size() && text[i] == ']') ++i;
  while (i < text.size() && text[i] != ']') {
    const bool named = text.substr(i, 2) == "[:";
    const size_t close = named ? text.find(":]", i) : std::string_view::npos;
    if (close != std::string_view::npos) {
      i = close + 2;
    } else {
      i += text[i] == '\\' ? 2 : 1;
    }
  }
  return std::min(i + 1, text.size());
}

// What Go's syntax has beyond this library's: (?<name>...). And what it has
// not: \C. Empty when the pattern must be refused.
std::optional<std::string> FromGo(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    if (text[i] == '\\') {
      const std::string_view two = text.substr(i, 2);
      if (two == "\\C") return std::nullopt;
      end = i + two.size();
      if (two == "\\Q") {
        const size_t close = text.find("\\E", i);
        end = close == std::string_view::npos ? text.size() : close + 2;
      }
    } else if (text[i] == '[') {
      end = ClassEnd(text, i);
    } else if (text.substr(i, 3) == "(?<" && i + 3 < text.size() &&
               text[i + 3] != '=' && text[i + 3] != '!') {
      out += "(?P<";
      i += 3;
      continue;
    }
    out += text.substr(i, end - i);
    i = end;
  }
  return out;
}

std::string ErrorOf(const re2::RE2& pattern) {
  std::string_view what;
  std::string arg = pattern.error_arg();
  switch (pattern.error_code()) {
    case re2::RE2::ErrorBadEscape:
      what = "invalid escape sequence";
      break;
    case re2::RE2::ErrorBadCharClass:
      what = "invalid character class";
      break;
    case re2::RE2::ErrorBadCharRange:
      what = "invalid character class range";
      break;
    case re2::RE2::ErrorMissingBracket:
      what = "missing closing ]";
      break;
    case re2::RE2::ErrorMissingParen:
      what = "missing closing )";
      break;
    case re2::RE2::ErrorUnexpectedParen:
      what = "unexpected )";
      break;
    case re2::RE2::ErrorTrailingBackslash:
      what = "trailing backslash at end of expression";
      arg.clear();
      break;
    case re2::RE2::ErrorRepeatArgument:
      what = "missing argument to repetition operator";
      break;
    case re2::RE2::ErrorRepeatSize:
      what = "invalid repeat count";
      break;
    case re2::RE2::ErrorRepeatOp:
      what = "invalid nested repetition operator";
      break;
    case re2::RE2::ErrorBadPerlOp:
      what = "invalid or unsupported Perl syntax";
      break;
    case re2::RE2::ErrorBadUTF8:
      what = "invalid UTF-8";
      break;
    case re2::RE2::ErrorBadNamedCapture:
      what = "invalid named capture";
      break;
    default:
      return Says("expression too large");
  }
  return Says(std::string(what) + ": `" + arg + "`");
}

Pattern Make(std::string_view text) {
  if (text.size() > kMaxPattern) {
    return {nullptr, Says("expression too large")};
  }
  const auto translated = FromGo(text);
  if (!translated) {
    return {nullptr, Says("invalid escape sequence: `\\C`")};
  }
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(kMaxProgram);
  auto regex = std::make_unique<const re2::RE2>(*translated, options);
  if (!regex->ok()) return {nullptr, ErrorOf(*regex)};
  return {std::move(regex), ""};
}

}  // namespace

std::shared_ptr<const Pattern> CompilePattern(BuiltinCall& call,
                                              std::string_view pattern) {
  auto& patterns = call.state.patterns;
  size_t& bytes = call.state.pattern_bytes;
  if (bytes > kMaxPatternBytes) {
    patterns.clear();
    bytes = 0;
  }
  const std::string key(pattern.substr(0, kMaxPattern + 1));
  const auto known = patterns.find(key);
  if (known != patterns.end()) return known->second;
  call.budget.Step(100 + key.size() * 4);
  auto made = std::make_shared<const Pattern>(Make(key));
  const size_t size =
      made->regex ? static_cast<size_t>(made->regex->ProgramSize()) : 0;
  call.budget.Step(size * 2);
  if (patterns.size() >= kMaxPatterns) {
    patterns.clear();
    bytes = 0;
  }
  patterns.emplace(key, made);
  bytes += 2 * key.size() + 1024 + 64 * size;
  return made;
}

void ChargeMatch(BuiltinCall& call, const re2::RE2& pattern, size_t bytes) {
  // A state of the automaton for each byte at most, as far as its budget goes.
  call.state.pattern_bytes +=
      std::min(bytes * 64, static_cast<size_t>(kMaxProgram));
  const auto size = static_cast<size_t>(pattern.ProgramSize());
  call.budget.Step(1 + bytes / 16 + bytes * size / 4096);
  if (bytes <= kShortText) return;
  // Of a long text the worst: a new state of the automaton for each byte, or
  // no automaton and each instruction for each byte.
  const size_t worst = (bytes - kShortText) * (4 + size / 8);
  call.budget.Ahead(worst);
  call.budget.Step(worst);
}

bool Matches(BuiltinCall& call, const Pattern& pattern, std::string_view text) {
  ChargeMatch(call, *pattern.regex, text.size());
  return re2::RE2::PartialMatch(Piece(text), *pattern.regex);
}

}  // namespace vouchsafe::rego
