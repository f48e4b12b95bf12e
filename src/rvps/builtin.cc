#include "rvps/builtin.h"

#include "json/write.h"
#include "rvps/message.h"

namespace vouchsafe::rvps {
namespace {

constexpr size_t kMostKept = 16'384;

std::string When(int64_t unix_s) { return FormatRfc3339(unix_s * 1'000'000); }

}  // namespace

BuiltinReferenceValues::BuiltinReferenceValues(storage::Store& store,
                                               const Clock& clock,
                                               Logger& logger,
                                               BuiltinOptions options)
    : store_(store), clock_(clock), logger_(logger), options_(options) {}

void BuiltinReferenceValues::Forget(std::string_view id) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  const auto it = kept_.find(id);
  if (it != kept_.end()) kept_.erase(it);
}

Result<std::optional<ReferenceValue>> BuiltinReferenceValues::Read(
    std::string_view id) const {
  // The stores have no empty key; nothing can be under it.
  if (id.empty()) return std::optional<ReferenceValue>();
  const std::optional<Bytes> stored = TRY(store_.Get(id));
  if (!stored) return std::optional<ReferenceValue>();
  return std::optional(TRY(ReadReferenceValue(AsText(*stored))));
}

Result<std::optional<ReferenceValue>> BuiltinReferenceValues::Stored(
    std::string_view id) {
  const auto now = clock_.Steady();
  uint64_t changes = 0;
  {
    const std::lock_guard lock(mutex_);
    changes = changes_;
    const auto it = kept_.find(id);
    if (it != kept_.end() && now - it->second.checked < options_.refresh) {
      return it->second.value;
    }
  }
  std::optional<ReferenceValue> value = TRY(Read(id));
  const std::lock_guard lock(mutex_);
  if (changes == changes_) {
    if (kept_.size() >= kMostKept) kept_.clear();
    kept_.insert_or_assign(std::string(id), Kept{value, now});
  }
  return value;
}

Found BuiltinReferenceValues::Judge(
    const std::optional<ReferenceValue>& value) const {
  if (!value) return {};
  if (!value->ExpiredAt(clock_.UnixSeconds())) {
    return {value->value, "valid until " + When(value->expires_unix_s)};
  }
  std::string note = "expired at " + When(value->expires_unix_s);
  if (!options_.enforce_expiry) return {value->value, std::move(note)};
  return {std::nullopt, std::move(note)};
}

Result<Found> BuiltinReferenceValues::Query(std::string_view id,
                                            const RequestContext& context) {
  TRY(context.Alive());
  const std::optional<ReferenceValue> value = TRY(Stored(id));
  Found found = Judge(value);
  if (value && !found.value) {
    logger_.Warn(
        "reference value is expired",
        {{"id", std::string(id)}, {"expired_at", When(value->expires_unix_s)}});
  }
  return found;
}

Result<> BuiltinReferenceValues::Put(const ReferenceValue& value) {
  Result<std::optional<ReferenceValue>> before = Read(value.name);
  // An unreadable old value does not stop a new one from replacing it.
  if (before && *before && (*before)->value != value.value) {
    logger_.Info("reference value replaced",
                 {{"id", value.name},
                  {"old", json::Write((*before)->value)},
                  {"new", json::Write(value.value)}});
  }
  TRY(store_.Set(value.name, AsBytes(WriteReferenceValue(value))));
  Forget(value.name);
  return {};
}

Result<> BuiltinReferenceValues::Register(std::string_view message,
                                          const RequestContext& context) {
  TRY(context.Alive());
  const Message parsed = TRY(ParseMessage(message));
  std::vector<NamedValue> values = TRY(Extract(parsed));
  const int64_t expires = TwelveMonthsLater(clock_.UnixSeconds());
  for (NamedValue& value : values) {
    ReferenceValue stored{std::move(value.name), expires,
                          std::move(value.value)};
    TRY(Put(stored));
  }
  return {};
}

Result<std::vector<std::string>> BuiltinReferenceValues::List(
    const RequestContext& context) {
  TRY(context.Alive());
  return store_.ListAll();
}

Result<> BuiltinReferenceValues::Delete(std::string_view id,
                                        const RequestContext& context) {
  TRY(context.Alive());
  const std::optional<Bytes> old = TRY(store_.Delete(id));
  Forget(id);
  if (!old) {
    return Fail(ErrorCode::kNotFound,
                "no reference value `" + std::string(id) + "`");
  }
  return {};
}

}  // namespace vouchsafe::rvps
