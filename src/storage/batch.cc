#include "storage/batch.h"

#include <algorithm>
#include <set>

#include "storage/keys.h"

namespace vouchsafe::storage {

Result<> CheckValue(ByteView value) {
  if (value.size() > kMaxValue) {
    return Fail(ErrorCode::kTooLarge,
                "storage: value of " + std::to_string(value.size()) +
                    " bytes, at most " + std::to_string(kMaxValue));
  }
  return {};
}

Result<> CheckBatch(std::span<const Change> changes) {
  if (changes.size() > kMaxBatch) {
    return Fail(ErrorCode::kTooLarge,
                "storage: batch of " + std::to_string(changes.size()) +
                    " changes, at most " + std::to_string(kMaxBatch));
  }
  std::set<std::string_view> seen;
  size_t bytes = 0;
  for (const Change& change : changes) {
    TRY(CheckKey(change.key));
    if (!seen.insert(change.key).second) {
      return Fail(ErrorCode::kInvalidInput,
                  "storage: a batch changes one key twice");
    }
    if (!change.value) continue;
    TRY(CheckValue(*change.value));
    bytes += change.value->size();
  }
  if (bytes > kMaxValue) {
    return Fail(ErrorCode::kTooLarge,
                "storage: batch of " + std::to_string(bytes) +
                    " bytes, at most " + std::to_string(kMaxValue));
  }
  return {};
}

SetOutcome Judge(const SetOptions& options,
                 const std::optional<Bytes>& current) {
  switch (options.mode) {
    case SetMode::kAny:
      return SetOutcome::kStored;
    case SetMode::kIfAbsent:
      return current ? SetOutcome::kExists : SetOutcome::kStored;
    case SetMode::kIfEqual:
      return current && *current == options.expected ? SetOutcome::kStored
                                                     : SetOutcome::kDiffers;
  }
  return SetOutcome::kDiffers;
}

tl::unexpected<Error> BatchConflict(std::string_view key) {
  return Fail(ErrorCode::kConflict,
              "storage: batch not applied: the condition on key \"" +
                  std::string(key.substr(0, 80)) + "\" does not hold");
}

KeyPage PageOf(std::vector<std::string> keys, std::string_view prefix,
               std::string_view cursor, size_t limit) {
  limit = std::max<size_t>(limit, 1);
  std::erase_if(keys, [&](const std::string& key) {
    return !key.starts_with(prefix) || (!cursor.empty() && key <= cursor);
  });
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  KeyPage page;
  if (keys.size() > limit) {
    keys.resize(limit);
    page.next = keys.back();
  }
  page.keys = std::move(keys);
  return page;
}

}  // namespace vouchsafe::storage
