#pragma once

// The one table from ErrorCode to HTTP status (decision 20).

#include "base/result.h"

namespace vouchsafe::http {

enum class Service { kKbs, kAs };

// KBS: refused evidence and policy denial are 401, since its clients attest
// again on that; AS: refused evidence is 422, denial 403.
int HttpStatus(ErrorCode code, Service service);

}  // namespace vouchsafe::http
