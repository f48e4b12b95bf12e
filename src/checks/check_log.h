#pragma once

// CheckLog: the outcome of every check of one unit of verification (one device,
// one admission), in document order. Passed in, like a clock; not shared
// between threads; bounded.
//
//   TRY(log.Require(kReportSignature, signature_ok));
//   TRY(log.RequireEqual(kReportData, want, got));       // public values only
//   auto session = TRY(log.RequireSome(kSessionKnown, std::move(found)));
//   log.Skip(kHostData, "no init data given");
//   log.Note(kReportVersion, report.version);
//
// Under VOUCHSAFE_WAIVABLE a test program may waive one check
// (--waive_check=ID): Require and RequireEqual then pass whatever they found,
// so that scripts/prove-checks can show that some test notices. RequireSome
// yields a value and cannot be waived.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "checks/check.h"

namespace vouchsafe {

enum class CheckOutcome : uint8_t { kPassed, kFailed, kSkipped, kNoted };

std::string_view CheckOutcomeName(CheckOutcome outcome);  // "passed", ...

// A short prefix of a public value. Bytes are kept as bytes and printed as hex;
// text is printed as it is.
class CheckValue {
 public:
  static constexpr size_t kInline = 64;  // bytes kept

  CheckValue() = default;
  static CheckValue OfBytes(ByteView bytes);
  static CheckValue OfText(std::string_view text);
  static CheckValue OfNumber(uint64_t number);

  bool present() const { return kind_ != Kind::kNone; }
  std::string Text() const;  // with "..." and the size when it was cut

 private:
  friend class CheckLog;
  enum class Kind : uint8_t { kNone, kBytes, kText, kNumber };
  size_t kept() const {
    return kind_ == Kind::kBytes || kind_ == Kind::kText
               ? std::min<size_t>(size_or_number_, kInline)
               : 0;
  }
  friend bool operator==(const CheckValue& a, const CheckValue& b);
  Kind kind_ = Kind::kNone;
  uint64_t size_or_number_ = 0;
  std::array<uint8_t, kInline> prefix_{};
};

struct CheckEntry {
  const Check* check = nullptr;
  CheckOutcome outcome = CheckOutcome::kPassed;
  CheckValue want;
  CheckValue got;
  std::string_view detail;  // static text: why it was skipped
};

class CheckLog {
 public:
  static constexpr size_t kMaxEntries = 4096;

  // The condition itself. `got` explains a failure: a public value only.
  Result<> Require(const Check& check, bool holds,
                   CheckValue got = CheckValue());
  // Byte for byte; both are public values.
  Result<> RequireEqual(const Check& check, ByteView want, ByteView got);
  Result<> RequireEqual(const Check& check, std::string_view want,
                        std::string_view got);
  Result<> RequireEqual(const Check& check, uint64_t want, uint64_t got);
  // got >= floor.
  Result<> RequireAtLeast(const Check& check, uint64_t floor, uint64_t got);

  template <class T>
  Result<T> RequireSome(const Check& check, std::optional<T> value,
                        CheckValue got = CheckValue()) {
    if (value.has_value()) {
      Add({&check, CheckOutcome::kPassed, {}, {}, {}});
      return *std::move(value);
    }
    return tl::unexpected<Error>(AddFailure(check, {}, got));
  }
  // A Result whose failure is the check failing; the inner message is kept in
  // full. It cannot be waived.
  template <class T>
  Result<T> RequireOk(const Check& check, Result<T> value) {
    if (value.has_value()) {
      Add({&check, CheckOutcome::kPassed, {}, {}, {}});
      return value;
    }
    return tl::unexpected<Error>(AddInnerFailure(check, value.error()));
  }

  void Skip(const Check& check, std::string_view static_reason);
  // A fact for policy; never fails.
  void Note(const Check& check, CheckValue value);
  void Note(const Check& check, uint64_t value) {
    Note(check, CheckValue::OfNumber(value));
  }

  // Appends another unit's entries (one device after the other).
  void Append(const CheckLog& other);

  // Unpacked anew at each call: take it once.
  std::vector<CheckEntry> entries() const;
  size_t size() const { return packed_.size(); }
  bool truncated() const { return truncated_; }
  // The last failed entry, if any.
  std::optional<CheckEntry> failure() const;

 private:
  // Logs are kept in decision records by the thousand, so an entry holds only
  // the bytes of its values, one behind the other in values_.
  struct Packed {
    const Check* check;
    std::string_view detail;
    uint32_t values_at;
    CheckOutcome outcome;
    bool got_is_want;  // stored once
  };
  void Add(const CheckEntry& entry);
  void AddValue(const CheckValue& value);
  CheckValue ValueAt(size_t& at) const;
  CheckEntry Unpack(const Packed& packed) const;
  Error AddFailure(const Check& check, CheckValue want, CheckValue got);
  Error AddInnerFailure(const Check& check, const Error& inner);
  Result<> Judge(const Check& check, bool holds, CheckValue want,
                 CheckValue got);

  std::vector<Packed> packed_;
  std::string values_;
  bool truncated_ = false;
};

#ifdef VOUCHSAFE_WAIVABLE
// Test programs only: set once, before any test runs. Empty: none waived.
void WaiveCheckForTests(std::string_view id);
// Called by CheckLog for each failure found, waived or not; test programs use
// it to record which test saw which check fail.
using CheckFailureObserver = void (*)(const Check& check);
void ObserveCheckFailuresForTests(CheckFailureObserver observer);
#endif

}  // namespace vouchsafe
