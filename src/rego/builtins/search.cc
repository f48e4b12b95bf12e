// contains, indexof, counting.

#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

bool Strings(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString) || !call.Is(args, 1, Kind::kString)) {
    return false;
  }
  call.budget.Bytes(args[0].size() + args[1].size());
  return true;
}

Value Contains(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  return Value::Bool(args[0].text().find(args[1].text()) !=
                     std::string_view::npos);
}

Value IndexOf(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  if (args[1].size() == 0) return call.Fail("empty search character");
  const size_t hit = args[0].text().find(args[1].text());
  if (hit == std::string_view::npos) return Value::Int(-1);
  return Value::Int(
      static_cast<int64_t>(CountCodePoints(args[0].text().substr(0, hit))));
}

Value IndexOfN(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  if (args[1].size() == 0) return call.Fail("empty search character");
  const std::string_view text = args[0].text();
  std::vector<Value> out;
  int64_t index = 0;
  for (size_t at = 0; at < text.size(); ++index) {
    if (text.substr(at).starts_with(args[1].text())) {
      call.budget.Step();
      call.arena.Need((out.size() + 1) * sizeof(Value));
      out.push_back(Value::Int(index));
    }
    at += CodePointLength(text, at);
  }
  return MakeArray(call.arena, out);
}

Value StringsCount(BuiltinCall& call, Args args) {
  if (!Strings(call, args)) return {};
  const std::string_view text = args[0].text();
  const std::string_view part = args[1].text();
  if (part.empty()) {
    return Value::Int(static_cast<int64_t>(CountCodePoints(text)) + 1);
  }
  int64_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string_view::npos;
       at += part.size()) {
    ++count;
  }
  return Value::Int(count);
}

}  // namespace

void RegisterSearch(BuiltinTable& table) {
  table.Offer("contains", Contains);
  table.Offer("indexof", IndexOf);
  table.Offer("indexof_n", IndexOfN);
  table.Offer("strings.count", StringsCount);
}

}  // namespace vouchsafe::rego
