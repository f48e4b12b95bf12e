#pragma once

// The provider built into a service: values in one namespace of a store, under
// their id, in the form of value.h. Thread-safe; no lock is held over the
// store. What another process changed is seen within `refresh`.

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "rvps/reference_values.h"
#include "rvps/value.h"
#include "storage/store.h"

namespace vouchsafe::rvps {

struct BuiltinOptions {
  // Off: an expired value is answered as if it were valid (Trustee's way).
  bool enforce_expiry = true;
  std::chrono::milliseconds refresh{1'000};
};

class BuiltinReferenceValues final : public ReferenceValues {
 public:
  // All must outlive it.
  BuiltinReferenceValues(storage::Store& store, const Clock& clock,
                         Logger& logger, BuiltinOptions options = {});

  Result<> Register(std::string_view message,
                    const RequestContext& context) override;
  Result<Found> Query(std::string_view id,
                      const RequestContext& context) override;
  Result<std::vector<std::string>> List(const RequestContext& context) override;
  Result<> Delete(std::string_view id, const RequestContext& context) override;

 private:
  struct Kept {
    std::optional<ReferenceValue> value;
    std::chrono::steady_clock::time_point checked;
  };
  Result<std::optional<ReferenceValue>> Stored(std::string_view id);
  Result<std::optional<ReferenceValue>> Read(std::string_view id) const;
  Result<> Put(const ReferenceValue& value);
  Found Judge(const std::optional<ReferenceValue>& value) const;
  void Forget(std::string_view id);

  storage::Store& store_;
  const Clock& clock_;
  Logger& logger_;
  const BuiltinOptions options_;
  std::mutex mutex_;
  std::map<std::string, Kept, std::less<>> kept_;
  uint64_t changes_ = 0;
};

}  // namespace vouchsafe::rvps
