#pragma once

// What a REST client is told when something is refused.

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/types.h"

namespace vouchsafe::as {

// Trustee's body: "An internal error occured: " and one line per cause,
// outermost first.
std::string CauseList(const Error& error);

// application/problem+json by the status table. An error about the request
// itself is told in full; everything else only by its outermost text, since
// the rest is for the operator's log.
http::Response ErrorResponse(const Error& error, std::string_view request_id);
// The answers of as.md section 6: 400 text/plain for a body's shape, 500 with
// the causes for the rest.
http::Response StrictErrorResponse(const Error& error);

}  // namespace vouchsafe::as
