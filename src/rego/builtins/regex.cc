// regex.*: RE2, linear time. Patterns are compiled once per evaluation.

#include "rego/builtins/families.h"
#include "rego/builtins/go_text.h"
#include "rego/builtins/patterns.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

// The pattern of `args[index]`, or an error was noted.
std::shared_ptr<const Pattern> PatternOf(BuiltinCall& call, Args args,
                                         size_t index) {
  if (!call.Is(args, index, Kind::kString)) return nullptr;
  auto pattern = CompilePattern(call, args[index].text());
  if (pattern->ok()) return pattern;
  call.Fail(pattern->error);
  return nullptr;
}

Value Match(BuiltinCall& call, Args args) {
  if (!call.Is(args, 1, Kind::kString)) return {};
  const auto pattern = PatternOf(call, args, 0);
  if (!pattern) return {};
  ChargeMatch(call, *pattern->regex, args[1].size());
  return Value::Bool(
      re2::RE2::PartialMatch(Piece(args[1].text()), *pattern->regex));
}

Value IsValid(BuiltinCall& call, Args args) {
  return Value::Bool(args[0].is_string() &&
                     CompilePattern(call, args[0].text())->ok());
}

using Groups = std::vector<re2::StringPiece>;

// Every match, left to right, as Go finds them: an empty one right after the
// last match does not count. `found` answers whether to go on.
template <class Found>
void EachMatch(BuiltinCall& call, const re2::RE2& pattern,
               std::string_view text, Found found) {
  Groups groups(static_cast<size_t>(pattern.NumberOfCapturingGroups()) + 1);
  size_t last_end = std::string_view::npos;
  for (size_t at = 0; at <= text.size();) {
    ChargeMatch(call, pattern, text.size() - at);
    if (!pattern.Match(Piece(text), at, text.size(), re2::RE2::UNANCHORED,
                       groups.data(), static_cast<int>(groups.size()))) {
      return;
    }
    const auto begin = static_cast<size_t>(groups[0].data() - text.data());
    const size_t end = begin + groups[0].size();
    const bool empty = groups[0].empty();
    if (!empty || end != last_end) {
      if (!found(groups, begin, end)) return;
    }
    last_end = end;
    if (!empty) {
      at = end;
    } else {
      at = end + (end < text.size() ? CodePointLength(text, end) : 1);
    }
  }
}

std::string_view View(const re2::StringPiece& piece) {
  return piece.data() ? std::string_view(piece.data(), piece.size())
                      : std::string_view();
}

// Undefined when the count is no integer.
std::optional<int64_t> CountOf(BuiltinCall& call, Args args, size_t index) {
  if (!call.Is(args, index, Kind::kNumber)) return std::nullopt;
  const auto count = AsInt64(args[index]);
  if (!count) {
    call.Wrong(index + 1, "integer number", "floating-point number");
  }
  return count;
}

Value FindN(BuiltinCall& call, Args args) {
  if (!call.Is(args, 1, Kind::kString)) return {};
  const auto pattern = PatternOf(call, args, 0);
  if (!pattern) return {};
  const auto most = CountOf(call, args, 2);
  if (!most) return {};
  std::vector<Value> out;
  if (*most == 0) return Value::EmptyArray();
  EachMatch(call, *pattern->regex, args[1].text(),
            [&](const Groups& groups, size_t, size_t) {
              call.arena.Need((out.size() + 1) * sizeof(Value));
              out.push_back(Value::Text(View(groups[0])));
              return *most < 0 || out.size() < static_cast<size_t>(*most);
            });
  return MakeArray(call.arena, out);
}

Value FindAllSubmatch(BuiltinCall& call, Args args) {
  if (!call.Is(args, 1, Kind::kString)) return {};
  const auto pattern = PatternOf(call, args, 0);
  if (!pattern) return {};
  const auto most = CountOf(call, args, 2);
  if (!most) return {};
  if (*most == 0) return Value::EmptyArray();
  std::vector<Value> out;
  EachMatch(call, *pattern->regex, args[1].text(),
            [&](const Groups& groups, size_t, size_t) {
              std::vector<Value> one;
              for (const auto& group : groups) {
                one.push_back(Value::Text(View(group)));
              }
              out.push_back(MakeArray(call.arena, one));
              return *most < 0 || out.size() < static_cast<size_t>(*most);
            });
  return MakeArray(call.arena, out);
}

// Go's Expand: $1, ${1}, $name, ${name}, $$.
void Expand(const re2::RE2& pattern, std::string_view with,
            const Groups& groups, std::string* out) {
  const auto word = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
  };
  for (size_t i = 0; i < with.size();) {
    if (with[i] != '$' || i + 1 >= with.size()) {
      out->push_back(with[i++]);
      continue;
    }
    if (with[i + 1] == '$') {
      out->push_back('$');
      i += 2;
      continue;
    }
    const bool braced = with[i + 1] == '{';
    size_t end = i + (braced ? 2 : 1);
    const size_t begin = end;
    while (end < with.size() && word(with[end])) ++end;
    if (end == begin || (braced && (end >= with.size() || with[end] != '}'))) {
      out->push_back(with[i++]);
      continue;
    }
    const std::string name(with.substr(begin, end - begin));
    i = end + (braced ? 1 : 0);
    const bool number =
        name.find_first_not_of("0123456789") == std::string::npos &&
        name.size() < 6;
    size_t group = SIZE_MAX;
    if (number) {
      group = static_cast<size_t>(std::stoul(name));
    } else {
      const auto& names = pattern.NamedCapturingGroups();
      const auto at = names.find(name);
      if (at != names.end()) group = static_cast<size_t>(at->second);
    }
    if (group < groups.size()) *out += View(groups[group]);
  }
}

Value Replace(BuiltinCall& call, Args args) {
  for (size_t i = 0; i < 3; ++i) {
    if (!call.Is(args, i, Kind::kString)) return {};
  }
  const auto pattern = PatternOf(call, args, 1);
  if (!pattern) return {};
  const std::string_view text = args[0].text();
  std::string out;
  size_t at = 0;
  EachMatch(call, *pattern->regex, text,
            [&](const Groups& groups, size_t begin, size_t end) {
              out += text.substr(at, begin - at);
              Expand(*pattern->regex, args[2].text(), groups, &out);
              call.budget.Bytes(args[2].size());
              call.arena.Need(out.size());
              at = end;
              return true;
            });
  out += text.substr(at);
  return call.Text(out);
}

Value Split(BuiltinCall& call, Args args) {
  if (!call.Is(args, 1, Kind::kString)) return {};
  const auto pattern = PatternOf(call, args, 0);
  if (!pattern) return {};
  const std::string_view text = args[1].text();
  std::vector<Value> out;
  size_t at = 0;
  EachMatch(call, *pattern->regex, text,
            [&](const Groups&, size_t begin, size_t end) {
              if (end == 0) return true;
              if (begin == end && end == text.size()) return true;
              call.arena.Need((out.size() + 1) * sizeof(Value));
              out.push_back(Value::Text(text.substr(at, begin - at)));
              at = end;
              return true;
            });
  out.push_back(Value::Text(text.substr(at)));
  return MakeArray(call.arena, out);
}

// Text outside the delimiters is literal, inside it is a pattern.
Value TemplateMatch(BuiltinCall& call, Args args) {
  for (size_t i = 0; i < 4; ++i) {
    if (!call.Is(args, i, Kind::kString)) return {};
  }
  const std::string_view pattern = args[0].text();
  for (size_t i = 2; i < 4; ++i) {
    if (args[i].size() == 1) continue;
    return call.Fail(std::string(i == 2 ? "start" : "end") +
                     " delimiter has to be exactly one character long but is " +
                     std::to_string(args[i].size()) + " long");
  }
  const char open = args[2].text()[0], close = args[3].text()[0];
  std::string built = "^";
  size_t at = 0;
  int depth = 0;
  size_t start = 0;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == open) {
      if (depth++ == 0) {
        built += re2::RE2::QuoteMeta(Piece(pattern.substr(at, i - at)));
        start = i + 1;
      }
    } else if (pattern[i] == close) {
      if (--depth < 0)
        return call.Fail("unbalanced braces in " + GoQuote(pattern));
      if (depth == 0) {
        const std::string part(pattern.substr(start, i - start));
        const auto alone = CompilePattern(call, "^" + part + "$");
        if (!alone->ok()) return call.Fail(alone->error);
        built += "(" + part + ")";
        at = i + 1;
      }
    }
  }
  if (depth != 0) return call.Fail("unbalanced braces in " + GoQuote(pattern));
  built += re2::RE2::QuoteMeta(Piece(pattern.substr(at))) + "$";
  const auto compiled = CompilePattern(call, built);
  if (!compiled->ok()) return call.Fail(compiled->error);
  ChargeMatch(call, *compiled->regex, args[1].size());
  return Value::Bool(
      re2::RE2::PartialMatch(Piece(args[1].text()), *compiled->regex));
}

}  // namespace

void RegisterRegex(BuiltinTable& table) {
  table.Offer("regex.match", Match);
  table.Offer("re_match", Match);
  table.Offer("regex.is_valid", IsValid);
  table.Offer("regex.find_n", FindN);
  table.Offer("regex.find_all_string_submatch_n", FindAllSubmatch);
  table.Offer("regex.replace", Replace);
  table.Offer("regex.split", Split);
  table.Offer("regex.template_match", TemplateMatch);
}

}  // namespace vouchsafe::rego
