// time.*: nanoseconds since 1970 UTC, Go's reference-time layouts, zones by
// name.

#include <cmath>
#include <string>

#include "rego/builtins/families.h"
#include "rego/builtins/go_text.h"
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

constexpr std::string_view kOperand =
    "either number (ns) or [number (ns), string (tz)]";
constexpr size_t kMaxZones = 64;

// Read once for an evaluation; an error was noted when there is none.
std::shared_ptr<const Zone> ZoneOf(BuiltinCall& call, std::string_view name) {
  if (name.empty()) name = "UTC";
  auto& zones = call.state.zones;
  const auto known = zones.find(std::string(name));
  if (known != zones.end()) return known->second;
  call.budget.Step(2000);
  auto zone = name == "UTC"     ? std::make_shared<const Zone>()
              : name == "Local" ? Zone::Local()
                                : Zone::Load(kZoneDirectory, name);
  if (!zone) {
    const bool path = name.find("..") != std::string_view::npos ||
                      name.starts_with("/") || name.starts_with("\\");
    call.Fail(path ? "time: invalid location name"
                   : "unknown time zone " + std::string(name));
    return nullptr;
  }
  if (zones.size() >= kMaxZones) zones.clear();
  zones.emplace(std::string(name), zone);
  return zone;
}

// ns, [ns, zone], and for format [ns, zone, layout].
struct Moment {
  int64_t ns = 0;
  std::shared_ptr<const Zone> zone;
  CivilTime time;
  std::string layout;  // empty: none
};

std::optional<Moment> MomentOf(BuiltinCall& call, const Value& arg) {
  Value ns = arg;
  std::string_view zone;
  Moment out;
  if (arg.is_array()) {
    if (arg.size() == 0) {
      call.WrongType(1, kOperand, arg);
      return std::nullopt;
    }
    ns = arg.items()[0];
    for (size_t i = 1; i < arg.size() && i < 3; ++i) {
      if (arg.items()[i].is_string()) continue;
      call.WrongType(1, "string", arg.items()[i]);
      return std::nullopt;
    }
    if (arg.size() > 1) zone = arg.items()[1].text();
    if (arg.size() > 2) out.layout = NamedLayout(arg.items()[2].text());
  }
  if (!ns.is_number()) {
    call.WrongType(1, arg.is_array() ? "number" : kOperand, ns);
    return std::nullopt;
  }
  const auto value = AsInt64(ns);
  if (!value) {
    call.Fail("timestamp too big");
    return std::nullopt;
  }
  out.ns = *value;
  out.zone = ZoneOf(call, zone);
  if (!out.zone) return std::nullopt;
  out.time = FromNs(out.ns, *out.zone);
  return out;
}

Value Array(BuiltinCall& call, std::initializer_list<int64_t> items) {
  std::vector<Value> out;
  for (const int64_t item : items) out.push_back(Value::Int(item));
  return MakeArray(call.arena, out);
}

Value Date(BuiltinCall& call, Args args) {
  const auto moment = MomentOf(call, args[0]);
  if (!moment) return {};
  const CivilTime& time = moment->time;
  return Array(call, {time.year, time.month, time.day});
}

Value ClockOf(BuiltinCall& call, Args args) {
  const auto moment = MomentOf(call, args[0]);
  if (!moment) return {};
  const CivilTime& time = moment->time;
  return Array(call, {time.hour, time.minute, time.second});
}

Value Weekday(BuiltinCall& call, Args args) {
  const auto moment = MomentOf(call, args[0]);
  if (!moment) return {};
  return Value::Text(kDayNames[static_cast<size_t>(WeekdayOf(moment->time))]);
}

Value Format(BuiltinCall& call, Args args) {
  const auto moment = MomentOf(call, args[0]);
  if (!moment) return {};
  constexpr std::string_view kDefault = "2006-01-02T15:04:05.999999999Z07:00";
  const std::string_view layout =
      moment->layout.empty() ? kDefault : moment->layout;
  call.budget.Bytes(layout.size() * 64);
  call.arena.Need(layout.size() * 12);
  return call.Text(FormatTime(layout, moment->time));
}

Value AddDate(BuiltinCall& call, Args args) {
  const auto moment = MomentOf(call, args[0]);
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
  return OfNs(call, ToNs(time, *moment->zone));
}

// Years to seconds between two moments, as the first one's zone shows them.
Value Diff(BuiltinCall& call, Args args) {
  const auto first = MomentOf(call, args[0]);
  if (!first) return {};
  const auto second = MomentOf(call, args[1]);
  if (!second) return {};
  CivilTime a = first->time, b = FromNs(second->ns, *first->zone);
  if (first->ns > second->ns) std::swap(a, b);
  int64_t years = b.year - a.year, months = b.month - a.month,
          days = b.day - a.day, hours = b.hour - a.hour,
          minutes = b.minute - a.minute, seconds = b.second - a.second;
  if (seconds < 0) seconds += 60, --minutes;
  if (minutes < 0) minutes += 60, --hours;
  if (hours < 0) hours += 24, --days;
  if (days < 0) days += DaysInMonth(a.year, a.month), --months;
  if (months < 0) months += 12, --years;
  return Array(call, {years, months, days, hours, minutes, seconds});
}

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
constexpr uint64_t kMaxDuration = uint64_t{1} << 63;

// "1.5": whole units and what a fraction of one adds.
bool Amount(std::string_view number, int64_t unit, uint64_t* total) {
  uint64_t whole = 0, fraction = 0;
  double scale = 1;
  bool point = false, any = false, full = false;
  for (const char c : number) {
    if (c == '.') {
      if (point) return false;
      point = true;
      continue;
    }
    any = true;
    const auto digit = static_cast<uint64_t>(c - '0');
    if (!point) {
      if (whole > kMaxDuration / 10) return false;
      whole = whole * 10 + digit;
    } else if (!full && fraction < kMaxDuration / 10 - 1) {
      fraction = fraction * 10 + digit;
      scale *= 10;
    } else {
      full = true;
    }
  }
  const auto size = static_cast<uint64_t>(unit);
  if (!any || whole > kMaxDuration / size) return false;
  whole *= size;
  whole += static_cast<uint64_t>(static_cast<double>(fraction) *
                                 (static_cast<double>(unit) / scale));
  *total += whole;
  return whole <= kMaxDuration && *total <= kMaxDuration;
}

Value ParseDuration(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  call.budget.Bytes(args[0].size());
  std::string_view text = args[0].text();
  const std::string quoted = GoQuote(text);
  const auto bad = [&] {
    return call.Fail("time: invalid duration " + quoted);
  };
  const bool negative = text.starts_with("-");
  if (negative || text.starts_with("+")) text.remove_prefix(1);
  if (text == "0") return Value::Int(0);
  if (text.empty()) return bad();
  uint64_t total = 0;
  while (!text.empty()) {
    const size_t length =
        std::min(text.find_first_not_of("0123456789."), text.size());
    const std::string_view number = text.substr(0, length);
    if (number.find_first_of("0123456789") == std::string_view::npos) {
      return bad();
    }
    text.remove_prefix(length);
    const size_t end = std::min(text.find_first_of("0123456789."), text.size());
    const std::string_view name = text.substr(0, end);
    if (name.empty()) {
      return call.Fail("time: missing unit in duration " + quoted);
    }
    const Unit* found = nullptr;
    for (const Unit& unit : kUnits) {
      if (unit.name == name) found = &unit;
    }
    if (!found) {
      return call.Fail("time: unknown unit " + GoQuote(name) + " in duration " +
                       quoted);
    }
    text.remove_prefix(end);
    if (!Amount(number, found->ns, &total)) return bad();
  }
  if (!negative && total == kMaxDuration) return bad();
  const uint64_t ns = negative ? ~total + 1 : total;
  return Value::Int(static_cast<int64_t>(ns));
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
