#pragma once

// The reference value provider as the services see it: built in, or (by a
// client that implements the same interface) remote.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/request.h"
#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::rvps {

// What is known under one id.
struct Found {
  std::optional<json::Value> value;  // nullopt: nothing, or expired
  std::string note;  // "expired at ...", "valid until ..."; may be empty
};

// Thread-safe; calls may block within the context's deadline.
class ReferenceValues {
 public:
  virtual ~ReferenceValues() = default;

  // `message` is the JSON text of an envelope {version, type, payload}.
  virtual Result<> Register(std::string_view message,
                            const RequestContext& context) = 0;
  virtual Result<Found> Query(std::string_view id,
                              const RequestContext& context) = 0;
  // Ids in byte order, expired ones included.
  virtual Result<std::vector<std::string>> List(
      const RequestContext& context) = 0;
  // kNotFound when there is none.
  virtual Result<> Delete(std::string_view id,
                          const RequestContext& context) = 0;
};

}  // namespace vouchsafe::rvps
