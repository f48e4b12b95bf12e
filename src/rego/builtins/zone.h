#pragma once

// Time zones by IANA name, read from the system's zone files (RFC 8536).

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vouchsafe::rego {

inline constexpr std::string_view kZoneDirectory = "/usr/share/zoneinfo";

class Zone {
 public:
  struct Period {
    int64_t begin_unix_s = INT64_MIN;
    int64_t end_unix_s = INT64_MAX;  // exclusive
    int64_t offset_s = 0;
    std::string abbreviation;
  };

  // UTC.
  Zone() : periods_{{INT64_MIN, INT64_MAX, 0, "UTC"}} {}
  // A name without "..", with letters, digits and "/+-_" alone. Null when
  // there is no such zone, or its file is malformed.
  static std::shared_ptr<const Zone> Load(std::string_view directory,
                                          std::string_view name);
  // The host's own; UTC when it has none.
  static std::shared_ptr<const Zone> Local();
  // The bytes of a zone file. Null when malformed.
  static std::shared_ptr<const Zone> Parse(std::string_view bytes);

  Period At(int64_t unix_s) const;

 private:
  struct Rule {       // of POSIX TZ: when summer time begins or ends
    char kind = 'M';  // M month.week.day, J day 1-365, D day 0-365
    int64_t month = 0, week = 0, day = 0;
    int64_t time_s = 7200;
  };
  // What holds after the last transition.
  struct Footer {
    Period standard, summer;
    Rule begin, end;
    bool has_summer = false;
  };

  static bool ReadFooter(std::string_view text, Footer* out);
  static int64_t RuleTime(const Rule& rule, int64_t year);
  Period AfterLast(int64_t unix_s) const;

  std::vector<Period> periods_;  // in order, without gaps
  bool has_footer_ = false;
  Footer footer_;
};

}  // namespace vouchsafe::rego
