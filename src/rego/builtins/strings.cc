// Strings, counted and cut by code point.

#include <string>

#include "rego/builtins/families.h"
#include "rego/builtins/go_text.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

bool Strings(BuiltinCall& call, Args args) {
  size_t size = 0;
  for (size_t i = 0; i < args.size(); ++i) {
    if (!call.Is(args, i, Kind::kString)) return false;
    size += args[i].size();
  }
  call.budget.Bytes(size);
  return true;
}

// Strings of an array or set.
bool ListOfStrings(BuiltinCall& call, const Value& list, size_t operand,
                   std::vector<std::string_view>* out) {
  if (!list.is_array() && !list.is_set()) {
    call.WrongTypes(operand, "set, array", list);
    return false;
  }
  const std::string kind(KindName(list.kind()));
  for (const Value& item : list.items()) {
    if (!item.is_string()) {
      call.Wrong(operand, kind + " of strings",
                 kind + " containing " + std::string(KindName(item.kind())));
      return false;
    }
    out->push_back(item.text());
    call.budget.Bytes(item.size());
  }
  return true;
}

Value Concat(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  std::vector<std::string_view> parts;
  if (!ListOfStrings(call, args[1], 2, &parts)) return {};
  size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  size += parts.size() * args[0].size();
  call.arena.Need(size);
  call.budget.Bytes(size);
  std::string out;
  out.reserve(size);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += args[0].text();
    out += parts[i];
  }
  return call.Text(out);
}

std::string MapCase(BuiltinCall& call, std::string_view text,
                    uint32_t (*map)(uint32_t)) {
  call.arena.Need(text.size() * size_t{3});
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t length = 0;
    const uint32_t point = DecodePoint(text, at, &length);
    AppendUtf8(out, map(point));
    at += length;
  }
  return out;
}

Value Lower(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  return call.Text(MapCase(call, args[0].text(), ToLower));
}
Value Upper(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  return call.Text(MapCase(call, args[0].text(), ToUpper));
}

Value StartsWith(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  return Value::Bool(args[0].text().starts_with(args[1].text()));
}
Value EndsWith(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  return Value::Bool(args[0].text().ends_with(args[1].text()));
}

std::string ReplaceAll(BuiltinCall& call, std::string_view text,
                       std::string_view from, std::string_view to) {
  std::string out;
  const auto put = [&](std::string_view part) {
    call.budget.Bytes(part.size());
    call.arena.Need(out.size() + part.size());
    out += part;
  };
  if (from.empty()) {
    put(to);
    for (size_t at = 0; at < text.size();) {
      const size_t length = CodePointLength(text, at);
      put(text.substr(at, length));
      put(to);
      at += length;
    }
    return out;
  }
  size_t at = 0;
  for (size_t hit; (hit = text.find(from, at)) != std::string_view::npos;) {
    put(text.substr(at, hit - at));
    put(to);
    at = hit + from.size();
  }
  put(text.substr(at));
  return out;
}

Value Replace(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  return call.Text(
      ReplaceAll(call, args[0].text(), args[1].text(), args[2].text()));
}

// Pairs are tried in key order at each position, as Go's Replacer does.
Value ReplaceN(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kObject) || !call.Is(args, 1, Kind::kString)) {
    return {};
  }
  for (size_t i = 0; i < args[0].size(); ++i) {
    const bool key = !args[0].keys()[i].is_string();
    if (!key && args[0].values()[i].is_string()) continue;
    return call.Operand(1, std::string("non-string ") +
                               (key ? "key" : "value") +
                               " found in pattern object");
  }
  const std::string_view text = args[1].text();
  std::string out;
  bool matched_empty = false;
  for (size_t at = 0; at <= text.size();) {
    call.budget.Step(1 + args[0].size());
    bool hit = false;
    for (size_t i = 0; i < args[0].size() && !hit; ++i) {
      const std::string_view from = args[0].keys()[i].text();
      if (!text.substr(at).starts_with(from)) continue;
      if (from.empty() && matched_empty) continue;
      const std::string_view to = args[0].values()[i].text();
      call.budget.Bytes(to.size());
      call.arena.Need(out.size() + to.size());
      out += to;
      at += from.size();
      hit = true;
      matched_empty = from.empty();
    }
    if (hit && !matched_empty) continue;
    if (at >= text.size()) break;
    out.push_back(text[at++]);
    matched_empty = false;
  }
  return call.Text(out);
}

Value Reverse(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  const std::string_view text = args[0].text();
  std::string out(text.size(), '\0');
  size_t end = text.size();
  for (size_t at = 0; at < text.size();) {
    const size_t length = CodePointLength(text, at);
    end -= length;
    out.replace(end, length, text.substr(at, length));
    at += length;
  }
  return call.Text(out);
}

Value MakeParts(BuiltinCall& call, std::string_view text,
                std::string_view separator) {
  std::vector<Value> out;
  const auto put = [&](std::string_view part) {
    call.budget.Step();
    call.arena.Need((out.size() + 1) * sizeof(Value));
    out.push_back(Value::Text(part));
  };
  size_t at = 0;
  if (separator.empty()) {
    while (at < text.size()) {
      const size_t length = CodePointLength(text, at);
      put(text.substr(at, length));
      at += length;
    }
    return MakeArray(call.arena, out);
  }
  for (size_t hit;
       (hit = text.find(separator, at)) != std::string_view::npos;) {
    put(text.substr(at, hit - at));
    at = hit + separator.size();
  }
  put(text.substr(at));
  return MakeArray(call.arena, out);
}

Value Split(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  return MakeParts(call, args[0].text(), args[1].text());
}

// The first n parts, or with a negative n the last.
Value SplitN(BuiltinCall& call, Args args) {
  if (!Strings(call, args.first(2)) || !call.Is(args, 2, Kind::kNumber)) {
    return {};
  }
  const auto most = AsInt64(args[2]);
  if (!most) return call.Wrong(3, "integer number", "floating-point number");
  const Value all = MakeParts(call, args[0].text(), args[1].text());
  const auto size = static_cast<int64_t>(all.size());
  if (*most >= size || *most <= -size) return all;
  const auto items = all.items();
  return MakeArray(call.arena, *most >= 0
                                   ? items.first(static_cast<size_t>(*most))
                                   : items.last(static_cast<size_t>(-*most)));
}

// Byte position of the code point `count` after `at`; the end when past it.
size_t Forward(std::string_view text, size_t at, int64_t count) {
  for (; count > 0 && at < text.size(); --count) {
    at += CodePointLength(text, at);
  }
  return at;
}

Value Substring(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString) || !call.Is(args, 1, Kind::kNumber) ||
      !call.Is(args, 2, Kind::kNumber)) {
    return {};
  }
  const auto offset = AsInt64(args[1]), length = AsInt64(args[2]);
  if (!offset) return call.Wrong(2, "integer number", "floating-point number");
  if (!length) return call.Wrong(3, "integer number", "floating-point number");
  if (*offset < 0) return call.Fail("negative offset");
  const std::string_view text = args[0].text();
  call.budget.Bytes(text.size());
  const size_t begin = Forward(text, 0, *offset);
  const size_t end = *length < 0 ? text.size() : Forward(text, begin, *length);
  return Value::Text(text.substr(begin, end - begin));
}

bool InSet(std::string_view cutset, std::string_view point) {
  for (size_t at = 0; at < cutset.size();) {
    const size_t length = CodePointLength(cutset, at);
    if (cutset.substr(at, length) == point) return true;
    at += length;
  }
  return false;
}

std::string_view TrimBy(std::string_view text, std::string_view cutset,
                        bool left, bool right) {
  while (left && !text.empty()) {
    const size_t length = CodePointLength(text, 0);
    if (!InSet(cutset, text.substr(0, length))) break;
    text.remove_prefix(length);
  }
  while (right && !text.empty()) {
    size_t start = text.size() - 1;
    while (start > 0 && text.size() - start < 4 &&
           (static_cast<unsigned char>(text[start]) & 0xc0) == 0x80) {
      --start;
    }
    if (start + CodePointLength(text, start) != text.size()) {
      start = text.size() - 1;
    }
    if (!InSet(cutset, text.substr(start))) break;
    text.remove_suffix(text.size() - start);
  }
  return text;
}

template <bool kLeft, bool kRight>
Value Trim(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  call.budget.Step(args[1].size());
  return Value::Text(TrimBy(args[0].text(), args[1].text(), kLeft, kRight));
}

Value TrimPrefix(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  std::string_view text = args[0].text();
  if (text.starts_with(args[1].text())) text.remove_prefix(args[1].size());
  return Value::Text(text);
}
Value TrimSuffix(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  std::string_view text = args[0].text();
  if (text.ends_with(args[1].text())) text.remove_suffix(args[1].size());
  return Value::Text(text);
}

Value TrimSpace(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  constexpr std::string_view kSpace =
      " \t\n\v\f\r\xc2\x85\xc2\xa0\xe1\x9a\x80\xe2\x80\x80\xe2\x80\x81"
      "\xe2\x80\x82\xe2\x80\x83\xe2\x80\x84\xe2\x80\x85\xe2\x80\x86"
      "\xe2\x80\x87\xe2\x80\x88\xe2\x80\x89\xe2\x80\x8a\xe2\x80\xa8"
      "\xe2\x80\xa9\xe2\x80\xaf\xe2\x81\x9f\xe3\x80\x80";
  return Value::Text(TrimBy(args[0].text(), kSpace, true, true));
}

// One string, or an array or set of them.
bool OneOrMore(BuiltinCall& call, const Value& value, size_t operand,
               std::vector<std::string_view>* out) {
  if (value.is_string()) {
    out->push_back(value.text());
    return true;
  }
  if (!value.is_array() && !value.is_set()) {
    call.WrongTypes(operand, "string, set, array", value);
    return false;
  }
  return ListOfStrings(call, value, operand, out);
}

template <bool kPrefix>
Value AnyMatch(BuiltinCall& call, Args args) {
  std::vector<std::string_view> texts, parts;
  if (!OneOrMore(call, args[0], 1, &texts) ||
      !OneOrMore(call, args[1], 2, &parts)) {
    return {};
  }
  for (const std::string_view text : texts) {
    for (const std::string_view part : parts) {
      call.budget.Step();
      if (kPrefix ? text.starts_with(part) : text.ends_with(part)) {
        return Value::Bool(true);
      }
    }
  }
  return Value::Bool(false);
}

Value FormatInt(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kNumber) || !call.Is(args, 1, Kind::kNumber)) {
    return {};
  }
  const auto base = AsInt64(args[1]);
  if (!base || (*base != 2 && *base != 8 && *base != 10 && *base != 16)) {
    return call.Operand(2, "must be one of {2, 8, 10, 16}");
  }
  const Value whole = Round(call.arena, args[0], Rounding::kTruncate);
  call.budget.Bytes(NumberText(whole).size() * 8);
  return call.Text(BigInt::Of(whole).Digits(static_cast<unsigned>(*base)));
}

}  // namespace

void RegisterStrings(BuiltinTable& table) {
  table.Offer("concat", Concat);
  table.Offer("lower", Lower);
  table.Offer("upper", Upper);
  table.Offer("startswith", StartsWith);
  table.Offer("endswith", EndsWith);
  table.Offer("replace", Replace);
  table.Offer("strings.replace_n", ReplaceN);
  table.Offer("strings.reverse", Reverse);
  table.Offer("strings.any_prefix_match", AnyMatch<true>);
  table.Offer("strings.any_suffix_match", AnyMatch<false>);
  table.Offer("strings.split_n", SplitN);
  table.Offer("split", Split);
  table.Offer("substring", Substring);
  table.Offer("trim", Trim<true, true>);
  table.Offer("trim_left", Trim<true, false>);
  table.Offer("trim_right", Trim<false, true>);
  table.Offer("trim_prefix", TrimPrefix);
  table.Offer("trim_suffix", TrimSuffix);
  table.Offer("trim_space", TrimSpace);
  table.Offer("format_int", FormatInt);
}

}  // namespace vouchsafe::rego
