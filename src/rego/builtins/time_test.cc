// time.*, with the texts that Go's package time gives.

#include "rego/builtins/test_support.h"
#include "rego/builtins/zone.h"

namespace vouchsafe::rego {
namespace {

using testing::CallCase;
using testing::CheckCalls;

constexpr CallCase kTimes[] = {
    {"time.date(0)", "[1970,1,1]"},
    {"time.clock(1e18)", "[1,46,40]"},
    {"time.weekday(0)", R"("Thursday")"},
    {R"(time.date([1582977600000000000, "America/New_York"]))", "[2020,2,29]"},
    {R"(time.clock([1582977600000000000, "America/New_York"]))", "[7,0,0]"},
    {R"(time.format([1593000000000000000, "Europe/Berlin", "MST -0700"]))",
     R"("CEST +0200")"},
    {R"(time.format([4118000000000000000, "Europe/Berlin", "RFC822"]))",
     R"("30 Jun 00 02:53 CEST")"},
    {R"(time.clock([0, "Nowhere/City"]))",
     "! time.clock: unknown time zone Nowhere/City"},
    {R"(time.clock([0, "../etc/passwd"]))",
     "! time.clock: time: invalid location name"},
    {R"(time.clock([0, "/etc/passwd"]))", "! time: invalid location name"},
    {R"(time.clock("x"))",
     "! operand 1 must be either number (ns) or [number (ns), string (tz)] but "
     "got string"},
    {"time.clock(1.5)", "! timestamp too big"},
    {"time.clock(1e20)", "! timestamp too big"},
    {"time.format(0)", R"("1970-01-01T00:00:00Z")"},
    {"time.format(1500000000123456789)", R"("2017-07-14T02:40:00.123456789Z")"},
    {R"(time.format([0, "", "Mon Jan _2 15:04:05.000 2006 PM 002 __2 06"]))",
     R"("Thu Jan  1 00:00:00.000 1970 AM 001   1 70")"},
    {R"(time.format([0, "", "Janitor Monday, 02-Jan-06 Z07:00 -07 3 04"]))",
     R"("Janitor Thursday, 01-Jan-70 Z +00 12 00")"},
    {R"(time.parse_rfc3339_ns("1970-01-01T00:00:01.5Z"))", "1500000000"},
    {R"(time.parse_rfc3339_ns("1970-01-01T01:00:00+01:00"))", "0"},
    {R"(time.parse_rfc3339_ns("1970-13-01T00:00:00Z"))",
     R"(! parsing time "1970-13-01T00:00:00Z": month out of range)"},
    {R"(time.parse_rfc3339_ns("1970-02-30T00:00:00Z"))",
     R"(! parsing time "1970-02-30T00:00:00Z": day out of range)"},
    {R"(time.parse_rfc3339_ns("x"))",
     R"(! parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006")"},
    {R"(time.parse_rfc3339_ns("9999-01-01T00:00:00Z"))",
     "! time outside of valid range"},
    {R"(time.parse_ns("2006-01-02", "1970-01-02"))", "86400000000000"},
    {R"(time.parse_ns("2006-01-02", "1970-01-02x"))",
     R"(! parsing time "1970-01-02x": extra text: "x")"},
    {R"(time.parse_ns("Jan 2 2006 3:04PM", "jan  2 1970 12:00am"))",
     R"(! cannot parse "am" as "PM")"},
    {R"(time.parse_ns("Jan 2 2006 3:04PM", "jan  2 1970 12:00AM"))",
     "86400000000000"},
    {R"(time.parse_ns("2006 002", "1970 032"))", "2678400000000000"},
    {R"(time.parse_ns("15:04 MST 2006", "10:00 CEST 1970"))", "36000000000000"},
    {R"(time.parse_ns("RFC1123Z", "Thu, 01 Jan 1970 02:00:00 +0200"))", "0"},
    {"time.add_date(0, 0, 1, 30)", "5270400000000000"},
    {R"(time.add_date([1585353600000000000, "Europe/Berlin"], 0, 0, 1))",
     "1585440000000000000"},
    {"time.add_date(0, 300, 0, 0)", "! time outside of valid range"},
    {"time.diff(0, 34300805000000000)", "[1,1,1,0,0,5]"},
    {R"(time.parse_duration_ns("1h1m1.5s"))", "3661500000000"},
    {R"(time.parse_duration_ns("-1.5d"))", "-129600000000000"},
    {R"(time.parse_duration_ns("1w1y"))", "32140800000000000"},
    {R"(time.parse_duration_ns("1"))",
     R"(! time: missing unit in duration "1")"},
    {R"(time.parse_duration_ns("1q"))",
     R"(! time: unknown unit "q" in duration "1q")"},
    {R"(time.parse_duration_ns("300y"))", R"(! time: invalid duration "300y")"},
    {R"(time.parse_duration_ns(""))", R"(! time: invalid duration "")"},
    {"time.now_ns() == time.now_ns()", "true"},
    {R"(time.date("x"))",
     "! time.date: operand 1 must be either number (ns) or [number (ns), "
     "string (tz)] but got string"},
    {R"(time.diff(0, "x"))",
     "! time.diff: operand 1 must be either number (ns) or [number (ns), "
     "string (tz)] but got string"},
    {R"(time.diff([0, "Nowhere"], 0))",
     "! time.diff: unknown time zone Nowhere"},
    {R"(time.format("x"))",
     "! time.format: operand 1 must be either number (ns) or [number (ns), "
     "string (tz)] but got string"},
    {R"(time.format([0, "Nowhere"]))",
     "! time.format: unknown time zone Nowhere"},
    {"time.weekday(null)",
     "! time.weekday: operand 1 must be either number (ns) or [number (ns), "
     "string (tz)] but got null"},
};

TEST(TimeBuiltins, Table) { CheckCalls(kTimes); }

TEST(Zones, NamesStayInTheDirectory) {
  for (const char* name :
       {"", "..", "a/../b", "/etc/localtime", "a b", "a\n", "posixrules\xff"}) {
    EXPECT_EQ(Zone::Load(kZoneDirectory, name), nullptr) << name;
  }
}

TEST(Zones, MalformedFilesAreRefused) {
  EXPECT_EQ(Zone::Parse(""), nullptr);
  EXPECT_EQ(Zone::Parse("TZif"), nullptr);
  const std::string head = std::string("TZif2") + std::string(15, '\0');
  EXPECT_EQ(Zone::Parse(head + std::string(24, '\xff')), nullptr);
}

// A file of one type and a footer alone.
TEST(Zones, FooterRules) {
  const auto u32 = [](uint32_t n) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.push_back(static_cast<char>(n >> shift & 255));
    }
    return out;
  };
  const std::string head = std::string("TZif2") + std::string(15, '\0') +
                           u32(0) + u32(0) + u32(0) + u32(0) + u32(1) + u32(4);
  const std::string body =
      u32(3600) + std::string("\0\0", 2) + std::string("CET\0", 4);
  const auto zone =
      Zone::Parse(head + body + head + body + "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
  ASSERT_NE(zone, nullptr);
  EXPECT_EQ(zone->At(1585443599).abbreviation, "CET");  // 2020-03-29
  EXPECT_EQ(zone->At(1585443600).abbreviation, "CEST");
  EXPECT_EQ(zone->At(1603587599).offset_s, 7200);  // 2020-10-25
  EXPECT_EQ(zone->At(1603587600).offset_s, 3600);
}

}  // namespace

std::span<const CallCase> testing::TimeRows() { return kTimes; }

}  // namespace vouchsafe::rego
