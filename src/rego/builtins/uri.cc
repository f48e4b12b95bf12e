// urlquery.*, uri.*.

#include <map>

#include "rego/builtins/families.h"
#include "rego/builtins/url.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

// A string, charged three times over: escapes may triple it.
bool Text(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return false;
  call.budget.Bytes(args[0].size());
  call.arena.Need(args[0].size() * size_t{3});
  return true;
}

Value Encode(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  return call.Text(QueryEscape(args[0].text()));
}

Value Decode(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  std::string why;
  const auto out = QueryUnescape(args[0].text(), &why);
  return out ? call.Text(*out) : call.Fail(why);
}

Value BadValues(BuiltinCall& call) {
  return call.Operand(1,
                      "values must be string, array[string], or set[string]");
}

Value EncodeObject(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kObject)) return {};
  const size_t size = JsonSize(args[0]);
  call.budget.Bytes(size);
  call.arena.Need(size * 3);
  std::map<std::string, std::vector<std::string_view>> query;
  for (size_t i = 0; i < args[0].size(); ++i) {
    const Value& value = args[0].values()[i];
    std::vector<std::string_view>& list = query[JsonKey(args[0].keys()[i])];
    if (value.is_string()) {
      list.push_back(value.text());
    } else if (value.is_array() || value.is_set()) {
      for (const Value& item : value.items()) {
        if (!item.is_string()) return BadValues(call);
        list.push_back(item.text());
      }
    } else {
      return BadValues(call);
    }
  }
  std::string out;
  for (const auto& [key, list] : query) {
    for (const std::string_view value : list) {
      if (!out.empty()) out.push_back('&');
      call.budget.Bytes(key.size() + value.size());
      call.arena.Need(out.size() + 3 * (key.size() + value.size()));
      out += QueryEscape(key) + "=" + QueryEscape(value);
    }
  }
  return call.Text(out);
}

Value DecodeObject(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  std::map<std::string, std::vector<Value>> query;
  std::string_view rest = args[0].text();
  call.arena.Need(rest.size() * sizeof(Value));
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.find(';') != std::string_view::npos) {
      return call.Fail("invalid semicolon separator in query");
    }
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    std::string why;
    const auto key = QueryUnescape(pair.substr(0, equals), &why);
    if (!key) return call.Fail(why);
    const auto value =
        QueryUnescape(pair.substr(std::min(equals + 1, pair.size())), &why);
    if (!value) return call.Fail(why);
    call.budget.Step();
    query[*key].push_back(call.Text(*value));
  }
  std::vector<Pair> out;
  for (const auto& [key, values] : query) {
    out.push_back({call.Text(key), MakeArray(call.arena, values)});
  }
  return MakeObject(call.arena, std::move(out));
}

Value ParseUri(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  std::string why;
  const auto url = ParseUrl(args[0].text(), &why);
  if (!url) return call.Fail(why);
  std::vector<Pair> out;
  const auto put = [&](std::string_view key, std::string_view value) {
    if (!value.empty()) out.push_back({call.Text(key), call.Text(value)});
  };
  put("scheme", url->scheme);
  put("hostname", url->Hostname());
  put("port", url->Port());
  put("path", url->path);
  if (!url->path.empty()) {
    put("raw_path", url->raw_path.empty() ? url->path : url->raw_path);
  }
  put("raw_query", url->raw_query);
  put("fragment", url->fragment);
  return MakeObject(call.arena, std::move(out));
}

Value IsValid(BuiltinCall& call, Args args) {
  if (!args[0].is_string() || args[0].size() == 0) return Value::Bool(false);
  call.budget.Bytes(args[0].size());
  std::string why;
  return Value::Bool(ParseUrl(args[0].text(), &why).has_value());
}

}  // namespace

void RegisterUri(BuiltinTable& table) {
  table.Offer("urlquery.encode", Encode);
  table.Offer("urlquery.decode", Decode);
  table.Offer("urlquery.encode_object", EncodeObject);
  table.Offer("urlquery.decode_object", DecodeObject);
  table.Offer("uri.parse", ParseUri);
  table.Offer("uri.is_valid", IsValid);
}

}  // namespace vouchsafe::rego
