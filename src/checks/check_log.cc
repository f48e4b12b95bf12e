#include "checks/check_log.h"

#include <algorithm>
#include <cstring>

#include "base/encoding.h"

namespace vouchsafe {
namespace {

#ifdef VOUCHSAFE_WAIVABLE
std::string& WaivedId() {
  static std::string id;
  return id;
}
CheckFailureObserver& Observer() {
  static CheckFailureObserver observer = nullptr;
  return observer;
}
bool IsWaived(const Check& check) { return check.id == WaivedId(); }
void Observe(const Check& check) {
  if (Observer() != nullptr) Observer()(check);
}
#else
constexpr bool IsWaived(const Check&) { return false; }
constexpr void Observe(const Check&) {}
#endif

std::string FailureMessage(const Check& check, const CheckValue& want,
                           const CheckValue& got) {
  std::string message(check.id);
  message += ": not so: ";
  message += check.sentence;
  if (want.present()) message += "; want " + want.Text();
  if (got.present())
    message += (want.present() ? ", got " : "; got ") + got.Text();
  return message;
}

}  // namespace

#ifdef VOUCHSAFE_WAIVABLE
void WaiveCheckForTests(std::string_view id) { WaivedId() = id; }
void ObserveCheckFailuresForTests(CheckFailureObserver observer) {
  Observer() = observer;
}
#endif

std::string_view CheckGroup(const Check& check) {
  const size_t dot = check.id.rfind('.');
  return dot == std::string_view::npos ? check.id : check.id.substr(0, dot);
}

std::string_view ClientCode(const Check& check) {
  return check.disclosure == Disclosure::kId ? check.id : CheckGroup(check);
}

std::string_view CheckOutcomeName(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::kPassed:
      return "passed";
    case CheckOutcome::kFailed:
      return "failed";
    case CheckOutcome::kSkipped:
      return "skipped";
    case CheckOutcome::kNoted:
      return "noted";
  }
  return "failed";
}

CheckValue CheckValue::OfBytes(ByteView bytes) {
  CheckValue value;
  value.kind_ = Kind::kBytes;
  value.size_or_number_ = bytes.size();
  std::copy_n(bytes.begin(), std::min(bytes.size(), kInline),
              value.prefix_.begin());
  return value;
}

CheckValue CheckValue::OfText(std::string_view text) {
  CheckValue value = OfBytes(AsBytes(text));
  value.kind_ = Kind::kText;
  return value;
}

CheckValue CheckValue::OfNumber(uint64_t number) {
  CheckValue value;
  value.kind_ = Kind::kNumber;
  value.size_or_number_ = number;
  return value;
}

std::string CheckValue::Text() const {
  if (kind_ == Kind::kNone) return "";
  if (kind_ == Kind::kNumber) return std::to_string(size_or_number_);
  const size_t kept = std::min<size_t>(size_or_number_, kInline);
  const ByteView prefix = ByteView(prefix_).first(kept);
  std::string text =
      kind_ == Kind::kBytes ? HexEncode(prefix) : std::string(AsText(prefix));
  if (kept < size_or_number_) {
    text += "... (" + std::to_string(size_or_number_) + " bytes)";
  }
  return text;
}

bool operator==(const CheckValue& a, const CheckValue& b) {
  return a.kind_ == b.kind_ && a.size_or_number_ == b.size_or_number_ &&
         std::equal(a.prefix_.begin(),
                    a.prefix_.begin() + static_cast<std::ptrdiff_t>(a.kept()),
                    b.prefix_.begin());
}

// Kind, size or number (8 bytes), then the bytes kept.
void CheckLog::AddValue(const CheckValue& value) {
  values_.push_back(static_cast<char>(value.kind_));
  if (!value.present()) return;
  char number[sizeof value.size_or_number_];
  std::memcpy(number, &value.size_or_number_, sizeof number);
  values_.append(number, sizeof number);
  values_.append(AsText(ByteView(value.prefix_).first(value.kept())));
}

CheckValue CheckLog::ValueAt(size_t& at) const {
  CheckValue value;
  value.kind_ = static_cast<CheckValue::Kind>(values_[at++]);
  if (!value.present()) return value;
  std::memcpy(&value.size_or_number_, values_.data() + at,
              sizeof value.size_or_number_);
  at += sizeof value.size_or_number_;
  std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(at), value.kept(),
              value.prefix_.begin());
  at += value.kept();
  return value;
}

void CheckLog::Add(const CheckEntry& entry) {
  if (packed_.size() >= kMaxEntries) {
    truncated_ = true;
    return;
  }
  const bool got_is_want = entry.got == entry.want;
  packed_.push_back({entry.check, entry.detail,
                     static_cast<uint32_t>(values_.size()), entry.outcome,
                     got_is_want});
  AddValue(entry.want);
  if (!got_is_want) AddValue(entry.got);
}

CheckEntry CheckLog::Unpack(const Packed& packed) const {
  CheckEntry entry;
  entry.check = packed.check;
  entry.outcome = packed.outcome;
  entry.detail = packed.detail;
  size_t at = packed.values_at;
  entry.want = ValueAt(at);
  entry.got = packed.got_is_want ? entry.want : ValueAt(at);
  return entry;
}

std::vector<CheckEntry> CheckLog::entries() const {
  std::vector<CheckEntry> out;
  out.reserve(packed_.size());
  for (const Packed& packed : packed_) out.push_back(Unpack(packed));
  return out;
}

Error CheckLog::AddFailure(const Check& check, CheckValue want,
                           CheckValue got) {
  Observe(check);
  // A failure is kept even when the log is full: it is what the reader needs.
  if (packed_.size() >= kMaxEntries) {
    packed_.pop_back();
    truncated_ = true;
  }
  Add({&check, CheckOutcome::kFailed, want, got, {}});
  return Error{check.code, FailureMessage(check, want, got), &check, {}};
}

Error CheckLog::AddInnerFailure(const Check& check, const Error& inner) {
  const std::string text = inner.Text();
  Error error = AddFailure(check, {}, CheckValue::OfText(text));
  error.message = FailureMessage(check, {}, {}) + ": " + text;
  return error;
}

Result<> CheckLog::Judge(const Check& check, bool holds, CheckValue want,
                         CheckValue got) {
  if (!holds && IsWaived(check)) {
    Observe(check);
    holds = true;
  }
  if (!holds) return tl::unexpected<Error>(AddFailure(check, want, got));
  Add({&check, CheckOutcome::kPassed, want, got, {}});
  return {};
}

Result<> CheckLog::Require(const Check& check, bool holds, CheckValue got) {
  return Judge(check, holds, CheckValue(), got);
}

Result<> CheckLog::RequireEqual(const Check& check, ByteView want,
                                ByteView got) {
  return Judge(check, Equal(want, got), CheckValue::OfBytes(want),
               CheckValue::OfBytes(got));
}

Result<> CheckLog::RequireEqual(const Check& check, std::string_view want,
                                std::string_view got) {
  return Judge(check, want == got, CheckValue::OfText(want),
               CheckValue::OfText(got));
}

Result<> CheckLog::RequireEqual(const Check& check, uint64_t want,
                                uint64_t got) {
  return Judge(check, want == got, CheckValue::OfNumber(want),
               CheckValue::OfNumber(got));
}

Result<> CheckLog::RequireAtLeast(const Check& check, uint64_t floor,
                                  uint64_t got) {
  return Judge(check, got >= floor,
               CheckValue::OfText("at least " + std::to_string(floor)),
               CheckValue::OfNumber(got));
}

void CheckLog::Skip(const Check& check, std::string_view static_reason) {
  Add({&check, CheckOutcome::kSkipped, {}, {}, static_reason});
}

void CheckLog::Note(const Check& check, CheckValue value) {
  Add({&check, CheckOutcome::kNoted, {}, value, {}});
}

void CheckLog::Append(const CheckLog& other) {
  const auto base = static_cast<uint32_t>(values_.size());
  const size_t room = kMaxEntries - packed_.size();
  packed_.reserve(packed_.size() + std::min(room, other.packed_.size()));
  values_ += other.values_;
  for (const Packed& packed : other.packed_) {
    if (packed_.size() >= kMaxEntries) {
      truncated_ = true;
      break;
    }
    packed_.push_back(packed);
    packed_.back().values_at += base;
  }
  truncated_ = truncated_ || other.truncated_;
}

std::optional<CheckEntry> CheckLog::failure() const {
  for (auto it = packed_.rbegin(); it != packed_.rend(); ++it) {
    if (it->outcome == CheckOutcome::kFailed) return Unpack(*it);
  }
  return std::nullopt;
}

}  // namespace vouchsafe
