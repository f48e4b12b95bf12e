#include "rego/builtins/zone.h"

#include <algorithm>
#include <cstdio>

#include "base/byte_reader.h"
#include "rego/builtins/civil_time.h"

namespace vouchsafe::rego {
namespace {

constexpr size_t kMaxFile = 64 * 1024;
constexpr size_t kMaxName = 64;

bool Digit(char c) { return c >= '0' && c <= '9'; }
bool Letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool NameFits(std::string_view name) {
  if (name.empty() || name.size() > kMaxName || name[0] == '/' ||
      name.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return Letter(c) || Digit(c) || c == '/' || c == '+' || c == '-' ||
           c == '_';
  });
}

std::string ReadBounded(const std::string& path) {
  std::string out;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return out;
  out.resize(kMaxFile + 1);
  out.resize(std::fread(out.data(), 1, out.size(), file));
  std::fclose(file);
  if (out.size() > kMaxFile) out.clear();
  return out;
}

struct Header {
  int version = 0;
  uint32_t utc_count = 0, standard_count = 0, leap_count = 0, time_count = 0,
           type_count = 0, char_count = 0;

  size_t BodySize(size_t time_size) const {
    return time_count * (time_size + 1) + size_t{type_count} * 6 + char_count +
           leap_count * (time_size + 4) + standard_count + utc_count;
  }
};

bool ReadHeader(ByteReader& in, Header* out) {
  const auto magic = in.View(4);
  out->version = in.U8();
  in.View(15);
  out->utc_count = in.U32be();
  out->standard_count = in.U32be();
  out->leap_count = in.U32be();
  out->time_count = in.U32be();
  out->type_count = in.U32be();
  out->char_count = in.U32be();
  return in.Ok().has_value() && AsText(magic) == "TZif" &&
         out->time_count <= 4096 && out->type_count > 0 &&
         out->type_count <= 256 && out->char_count <= 4096 &&
         out->leap_count <= 4096 && out->utc_count <= 256 &&
         out->standard_count <= 256;
}

// A cursor over a POSIX TZ string.
struct Text {
  std::string_view rest;

  bool Take(char c) {
    if (!rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool Number(int64_t most, int64_t* out) {
    size_t digits = 0;
    *out = 0;
    while (digits < rest.size() && Digit(rest[digits]) && digits < 4) {
      *out = *out * 10 + (rest[digits++] - '0');
    }
    rest.remove_prefix(digits);
    return digits > 0 && *out <= most;
  }
  bool Name(std::string* out) {
    const bool quoted = Take('<');
    size_t size = 0;
    while (size < rest.size() &&
           (quoted ? rest[size] != '>' : Letter(rest[size]))) {
      ++size;
    }
    *out = std::string(rest.substr(0, size));
    rest.remove_prefix(size);
    return (!quoted || Take('>')) && size >= 3 && size <= 16;
  }
  // [+-]hh[:mm[:ss]] in seconds.
  bool Time(int64_t* out) {
    const bool negative = Take('-');
    if (!negative) Take('+');
    int64_t parts[3] = {};
    if (!Number(167, &parts[0])) return false;
    for (int i = 1; i < 3 && Take(':'); ++i) {
      if (!Number(59, &parts[i])) return false;
    }
    *out = parts[0] * 3600 + parts[1] * 60 + parts[2];
    if (negative) *out = -*out;
    return true;
  }
};

template <class Rule>
bool ReadRule(Text& in, Rule* out) {
  if (in.Take('M')) {
    out->kind = 'M';
    if (!in.Number(12, &out->month) || out->month == 0 || !in.Take('.') ||
        !in.Number(5, &out->week) || out->week == 0 || !in.Take('.') ||
        !in.Number(6, &out->day)) {
      return false;
    }
  } else {
    out->kind = in.Take('J') ? 'J' : 'D';
    if (!in.Number(365, &out->day)) return false;
  }
  return !in.Take('/') || in.Time(&out->time_s);
}

}  // namespace

bool Zone::ReadFooter(std::string_view text, Footer* out) {
  Text in{text};
  int64_t west = 0;
  if (!in.Name(&out->standard.abbreviation) || !in.Time(&west)) return false;
  out->standard.offset_s = -west;
  if (in.rest.empty()) return true;
  out->has_summer = true;
  if (!in.Name(&out->summer.abbreviation)) return false;
  out->summer.offset_s = out->standard.offset_s + 3600;
  if (!in.rest.starts_with(",")) {
    if (!in.Time(&west)) return false;
    out->summer.offset_s = -west;
  }
  return in.Take(',') && ReadRule(in, &out->begin) && in.Take(',') &&
         ReadRule(in, &out->end) && in.rest.empty();
}

// Local seconds since 1970 at which the rule applies in that year.
int64_t Zone::RuleTime(const Rule& rule, int64_t year) {
  int64_t days = DaysOf(year, 1, 1);
  if (rule.kind == 'M') {
    const int64_t first = DaysOf(year, rule.month, 1);
    const int64_t weekday = ((first + 4) % 7 + 7) % 7;
    int64_t day = (rule.day - weekday + 7) % 7 + (rule.week - 1) * 7;
    while (day >= DaysInMonth(year, rule.month)) day -= 7;
    days = first + day;
  } else if (rule.kind == 'J') {
    const bool leap = DaysInMonth(year, 2) == 29;
    days += rule.day - 1 + (leap && rule.day >= 60 ? 1 : 0);
  } else {
    days += rule.day;
  }
  return days * 86'400 + rule.time_s;
}

Zone::Period Zone::AfterLast(int64_t unix_s) const {
  Period out = footer_.standard;
  if (!footer_.has_summer) {
    out.begin_unix_s = periods_.back().begin_unix_s;
    return out;
  }
  const int64_t year = 1970 + unix_s / 31'556'952;
  struct Change {
    int64_t at;
    const Period* to;
  };
  std::vector<Change> changes;
  for (int64_t y = year - 2; y <= year + 2; ++y) {
    changes.push_back({RuleTime(footer_.begin, y) - footer_.standard.offset_s,
                       &footer_.summer});
    changes.push_back({RuleTime(footer_.end, y) - footer_.summer.offset_s,
                       &footer_.standard});
  }
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.at < b.at; });
  for (size_t i = 0; i + 1 < changes.size(); ++i) {
    if (unix_s < changes[i].at || unix_s >= changes[i + 1].at) continue;
    out = *changes[i].to;
    out.begin_unix_s = changes[i].at;
    out.end_unix_s = changes[i + 1].at;
  }
  return out;
}

std::shared_ptr<const Zone> Zone::Parse(std::string_view bytes) {
  ByteReader in(AsBytes(bytes));
  Header header;
  if (!ReadHeader(in, &header)) return nullptr;
  size_t time_size = 4;
  if (header.version >= '2') {  // the 64-bit block follows
    in.View(header.BodySize(4));
    if (!ReadHeader(in, &header)) return nullptr;
    time_size = 8;
  }
  std::vector<int64_t> times(header.time_count);
  for (int64_t& time : times) {
    time = time_size == 8 ? static_cast<int64_t>(in.U64be())
                          : static_cast<int32_t>(in.U32be());
  }
  std::vector<uint8_t> kinds(header.time_count);
  for (uint8_t& kind : kinds) kind = in.U8();
  struct Type {
    int64_t offset_s = 0;
    size_t name = 0;
  };
  std::vector<Type> types(header.type_count);
  for (Type& type : types) {
    type.offset_s = static_cast<int32_t>(in.U32be());
    in.Skip(1);  // whether it is summer time
    type.name = in.U8();
  }
  const std::string names(AsText(in.View(header.char_count)));
  in.View(header.leap_count * (time_size + 4) + header.standard_count +
          header.utc_count);
  if (!in.Ok().has_value() || !std::is_sorted(times.begin(), times.end()))
    return nullptr;
  auto out = std::make_shared<Zone>();
  out->periods_.clear();
  const auto add = [&](int64_t begin, size_t kind) {
    if (kind >= types.size() || types[kind].name >= names.size()) return false;
    if (!out->periods_.empty()) out->periods_.back().end_unix_s = begin;
    out->periods_.push_back({begin, INT64_MAX, types[kind].offset_s,
                             names.c_str() + types[kind].name});
    return true;
  };
  if (!add(INT64_MIN, 0)) return nullptr;  // RFC 8536 section 3.2
  for (size_t i = 0; i < times.size(); ++i) {
    if (!add(times[i], kinds[i])) return nullptr;
  }
  if (time_size == 8) {
    std::string_view rest = bytes.substr(bytes.size() - in.remaining());
    if (rest.starts_with("\n") && rest.ends_with("\n") && rest.size() > 2) {
      rest = rest.substr(1, rest.size() - 2);
      out->has_footer_ = ReadFooter(rest, &out->footer_);
    }
  }
  return out;
}

Zone::Period Zone::At(int64_t unix_s) const {
  const auto after = std::upper_bound(
      periods_.begin(), periods_.end(), unix_s,
      [](int64_t at, const Period& p) { return at < p.begin_unix_s; });
  if (after == periods_.end() && has_footer_) return AfterLast(unix_s);
  return *(after == periods_.begin() ? after : after - 1);
}

std::shared_ptr<const Zone> Zone::Load(std::string_view directory,
                                       std::string_view name) {
  if (!NameFits(name)) return nullptr;
  return Parse(ReadBounded(std::string(directory) + "/" + std::string(name)));
}

std::shared_ptr<const Zone> Zone::Local() {
  auto zone = Parse(ReadBounded("/etc/localtime"));
  return zone ? zone : std::make_shared<const Zone>();
}

}  // namespace vouchsafe::rego
