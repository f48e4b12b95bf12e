#pragma once

// What was stored under a policy's key before, so that an upload can be taken
// back: the newest few texts of each policy, in the namespace
// vouchsafe_policy_versions (decision 27).
//
// Key: "<policy key>/<16 digits: microseconds since 1970>-<SHA-384, hex>", so
// byte order is time order; value: the text. Thread-safe; replicas may write at
// the same time, each text is then kept once or twice and never lost.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "storage/store.h"

namespace vouchsafe::policy {

struct PolicyVersion {
  std::string sha384;          // lower hex of the text
  int64_t stored_unix_us = 0;  // when it was first kept
  bool current = false;        // it is what decides now
};

class PolicyVersions {
 public:
  // Both must outlive this. At most `keep` texts of one policy.
  PolicyVersions(storage::Store& store, const Clock& clock, size_t keep)
      : store_(store), clock_(clock), keep_(keep) {}

  // Keeps `text` unless it is the newest already; then drops the oldest beyond
  // the bound.
  Result<> Keep(std::string_view policy_key, std::string_view text);
  // Newest first.
  Result<std::vector<PolicyVersion>> List(std::string_view policy_key) const;
  // kNotFound when no text with this digest is kept.
  Result<std::string> Text(std::string_view policy_key,
                           std::string_view sha384) const;

 private:
  Result<std::vector<std::string>> Keys(std::string_view policy_key) const;

  storage::Store& store_;
  const Clock& clock_;
  const size_t keep_;
};

}  // namespace vouchsafe::policy
