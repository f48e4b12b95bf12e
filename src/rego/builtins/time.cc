// time.*: nanoseconds since 1970 UTC, Go's reference-time layouts, zones UTC
// and by fixed offset. Named zones are not offered and say so.

#include <chrono>
#include <cmath>
#include <string>

#include "rego/builtins/families.h"
#include "rego/builtins/time_layout.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

constexpr int64_t kNsPerDay = int64_t{86'400} * kNsPerSecond;

Value Now(BuiltinCall& call, Args) { return Value::Int(call.state.now_ns); }

Value OfNs(BuiltinCall& call, const std::optional<int64_t>& ns) {
  if (!ns) return call.Fail("time outside of valid range");
  return Value::Int(*ns);
}

Value ParseRfc3339Ns(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  std::string why;
  const auto time =
      ParseTime("2006-01-02T15:04:05Z07:00", args[0].text(), &why);
  if (!time) return call.Fail(why);
  return OfNs(call, ToNs(*time));
}

Value ParseNs(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString) || !call.Is(args, 1, Kind::kString)) {
    return {};
  }
  call.budget.Bytes(args[0].size() + args[1].size());
  std::string why;
  const auto time =
      ParseTime(NamedLayout(args[0].text()), args[1].text(), &why);
  if (!time) return call.Fail(why);
  return OfNs(call, ToNs(*time));
}

// ns, [ns, zone], and for format [ns, zone, layout].
struct Moment {
  CivilTime time;
  std::string layout = "2006-01-02T15:04:05.999999999Z07:00";
};

std::optional<Moment> MomentOf(BuiltinCall& call, const Value& arg, size_t most,
                               size_t operand = 1) {
  Value ns = arg;
  std::string_view zone;
  Moment out;
  if (arg.is_array()) {
    if (arg.size() == 0 || arg.size() > most) {
      call.Wrong(operand, "either number (ns) or [number (ns), string (tz)]",
                 "array");
      return std::nullopt;
    }
    ns = arg.items()[0];
    for (size_t i = 1; i < arg.size(); ++i) {
      if (!arg.items()[i].is_string()) {
        call.Wrong(operand, "string", KindName(arg.items()[i].kind()));
        return std::nullopt;
      }
    }
    if (arg.size() > 1) zone = arg.items()[1].text();
    if (arg.size() > 2) out.layout = NamedLayout(arg.items()[2].text());
  }
  if (!ns.is_number()) {
    call.WrongTypes(operand, "array, number", ns);
    return std::nullopt;
  }
  const auto value = AsInt64(ns);
  if (!value) {
    if (IsInteger(ns)) {
      call.Fail("timestamp too big");
    } else {
      call.Wrong(operand, "integer number", "floating-point number");
    }
    return std::nullopt;
  }
  if (!zone.empty() && zone != "UTC" && zone != "Local") {
    call.Fail("the time zone " + std::string(zone) + " is not offered");
    return std::nullopt;
  }
  out.time = FromNs(*value);
  return out;
}

Value Array(BuiltinCall& call, std::initializer_list<int64_t> items) {
  std::vector<Value> out;
  for (const int64_t item : items) out.push_back(Value::Int(item));
  return MakeArray(call.arena, out);
}

Value Date(BuiltinCall& call, Args args) {
  const auto moment = MomentOf(call, args[0], 2);
  if (!moment) return {};
  const CivilTime& time = moment->time;
  return Array(call, {time.year, time.month, time.day});
}

Value ClockOf(BuiltinCall& call, Args args) {
  const auto moment = MomentOf(call, args[0], 2);
  if (!moment) return {};
  const CivilTime& time = moment->time;
  return Array(call, {time.hour, time.minute, time.second});
}

Value Weekday(BuiltinCall& call, Args args) {
  const auto moment = MomentOf(call, args[0], 2);
  if (!moment) return {};
  return call.Text(WeekdayName(moment->time));
}

Value Format(BuiltinCall& call, Args args) {
  const auto moment = MomentOf(call, args[0], 3);
  if (!moment) return {};
  call.budget.Bytes(moment->layout.size() * 4);
  return call.Text(FormatTime(moment->layout, moment->time));
}

Value AddDate(BuiltinCall& call, Args args) {
  const auto moment = MomentOf(call, args[0], 2);
  if (!moment) return {};
  int64_t by[3] = {};
  for (size_t i = 0; i < 3; ++i) {
    if (!call.Is(args, i + 1, Kind::kNumber)) return {};
    const auto value = AsInt64(args[i + 1]);
    if (!value) {
      return call.Wrong(i + 2, "integer number", "floating-point number");
    }
    if (std::abs(static_cast<double>(*value)) > 1e7) {
      return call.Fail("time outside of valid range");
    }
    by[i] = *value;
  }
  CivilTime time = moment->time;
  time.year += by[0];
  time.month += by[1];
  time.day += by[2];
  return OfNs(call, ToNs(time));
}

Value Diff(BuiltinCall& call, Args args) {
  auto first = MomentOf(call, args[0], 2);
  if (!first) return {};
  auto second = MomentOf(call, args[1], 2, 2);
  if (!second) return {};
  CivilTime a = first->time, b = second->time;
  if (*ToNs(a) > *ToNs(b)) std::swap(a, b);
  int64_t years = b.year - a.year, months = b.month - a.month,
          days = b.day - a.day, hours = b.hour - a.hour,
          minutes = b.minute - a.minute, seconds = b.second - a.second;
  if (b.nanosecond < a.nanosecond) --seconds;
  if (seconds < 0) seconds += 60, --minutes;
  if (minutes < 0) minutes += 60, --hours;
  if (hours < 0) hours += 24, --days;
  if (days < 0) {
    // Days of the month of `a`, as Go's date arithmetic counts them.
    days += DaysInMonth(a.year, a.month);
    --months;
  }
  if (months < 0) months += 12, --years;
  return Array(call, {years, months, days, hours, minutes, seconds});
}

Value ParseDuration(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  std::string_view text = args[0].text();
  const auto bad = [&] {
    return call.Fail("time: invalid duration \"" + std::string(args[0].text()) +
                     "\"");
  };
  const bool negative = text.starts_with("-");
  if (negative || text.starts_with("+")) text.remove_prefix(1);
  if (text == "0") return Value::Int(0);
  if (text.empty()) return bad();
  struct Unit {
    std::string_view name;
    int64_t ns;
  };
  constexpr Unit kUnits[] = {{"ns", 1},
                             {"us", 1'000},
                             {"\xc2\xb5s", 1'000},
                             {"\xce\xbcs", 1'000},
                             {"ms", 1'000'000},
                             {"s", kNsPerSecond},
                             {"m", 60 * kNsPerSecond},
                             {"h", 3600 * kNsPerSecond},
                             {"d", kNsPerDay},
                             {"w", 7 * kNsPerDay},
                             {"y", 365 * kNsPerDay}};
  long double total = 0;
  while (!text.empty()) {
    const size_t length =
        std::min(text.find_first_not_of("0123456789."), text.size());
    std::string number(text.substr(0, length));
    if (number.empty() || number == ".") return bad();
    if (number[0] == '.') number.insert(0, "0");
    if (number.back() == '.') number.pop_back();
    while (number.size() > 1 && number[0] == '0' && number[1] != '.') {
      number.erase(0, 1);
    }
    const Value amount = MakeNumber(call.arena, number);
    if (!amount.defined()) return bad();
    text.remove_prefix(length);
    const size_t end = std::min(text.find_first_of("0123456789."), text.size());
    const Unit* found = nullptr;
    for (const Unit& unit : kUnits) {
      if (unit.name == text.substr(0, end)) found = &unit;
    }
    if (!found) return bad();
    text.remove_prefix(end);
    total += AsLongDouble(amount) * static_cast<long double>(found->ns);
  }
  if (total > 9223372036854775807.0L) return bad();
  const auto ns = static_cast<int64_t>(total);
  return Value::Int(negative ? -ns : ns);
}

}  // namespace

void RegisterTime(BuiltinTable& table) {
  table.Offer("time.now_ns", Now);
  table.Offer("time.parse_rfc3339_ns", ParseRfc3339Ns);
  table.Offer("time.parse_ns", ParseNs);
  table.Offer("time.parse_duration_ns", ParseDuration);
  table.Offer("time.date", Date);
  table.Offer("time.clock", ClockOf);
  table.Offer("time.weekday", Weekday);
  table.Offer("time.format", Format);
  table.Offer("time.add_date", AddDate);
  table.Offer("time.diff", Diff);
}

}  // namespace vouchsafe::rego
