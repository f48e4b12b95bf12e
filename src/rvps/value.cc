#include "rvps/value.h"

#include <chrono>

#include "base/clock.h"
#include "json/fields.h"
#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::rvps {
namespace {

Result<json::Value> OldHashes(const json::Array& hashes) {
  json::Array out;
  for (const json::Value& hash : hashes) {
    const json::Fields in = TRY(json::Fields::Of(hash, "hash-value"));
    out.emplace_back(TRY(in.String("value")));
  }
  return json::Value(std::move(out));
}

Result<ReferenceValue> Read(std::string_view text) {
  const json::Value parsed = TRY(json::Parse(text));
  const json::Fields in = TRY(json::Fields::Of(parsed, "reference value"));
  ReferenceValue out;
  out.name = TRY(in.String("name"));
  const std::string expiration = TRY(in.String("expiration"));
  // Exactly YYYY-MM-DDTHH:MM:SSZ, as it is written.
  if (expiration.size() != 20 || expiration.back() != 'Z') {
    return Fail(ErrorCode::kInternal,
                "expiration: `" + expiration + "`, want UTC in whole seconds");
  }
  out.expires_unix_s = TRY(ParseRfc3339(expiration)) / 1'000'000;
  if (const json::Value* value = in.object().Find("value")) {
    out.value = *value;
  } else {
    const json::Array* hashes = TRY(in.ArrayOf("hash-value"));
    out.value = TRY(OldHashes(*hashes));
  }
  return out;
}

}  // namespace

std::string WriteReferenceValue(const ReferenceValue& value) {
  json::Object out;
  out.Set("version", "0.1.0");
  out.Set("name", value.name);
  out.Set("expiration", FormatRfc3339(value.expires_unix_s * 1'000'000));
  out.Set("value", value.value);
  return json::Write(std::move(out));
}

Result<ReferenceValue> ReadReferenceValue(std::string_view text) {
  Result<ReferenceValue> value = Read(text);
  if (value) return value;
  Error error = std::move(value).error();
  error.code = ErrorCode::kInternal;
  return tl::unexpected(
      WithContext(std::move(error), "deserialize reference value"));
}

int64_t TwelveMonthsLater(int64_t unix_s) {
  using std::chrono::floor;
  const std::chrono::sys_seconds when{std::chrono::seconds(unix_s)};
  const auto day = floor<std::chrono::days>(when);
  auto date = std::chrono::year_month_day(day) + std::chrono::months(12);
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  const std::chrono::sys_seconds later =
      std::chrono::sys_days(date) + (when - day);
  return later.time_since_epoch().count();
}

}  // namespace vouchsafe::rvps
