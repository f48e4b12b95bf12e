#pragma once

// What evidence is bound to: expected report data and init data digest, with
// the claims they bring into the policy's input (as.md sections 3.1 and 3.2).
// Pure.

#include <optional>

#include "as/service.h"
#include "base/bytes.h"
#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::as {

struct BoundData {
  std::optional<Bytes> expected;
  json::Value claims;  // null when there is no structured form
};

// kInvalidInput for numbers that have no canonical form (RFC 8785).
Result<BoundData> ResolveRuntimeData(const std::optional<RuntimeData>& data,
                                     crypto::Hash hash);
// kInvalidInput for a TOML text of another shape.
Result<BoundData> ResolveInitData(const std::optional<InitData>& data);

}  // namespace vouchsafe::as
