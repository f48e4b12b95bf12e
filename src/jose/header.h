#pragma once

// What JWS and JWE headers have in common: strict JSON of bounded size.

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::jose {

// The object inside a base64url-encoded header.
Result<json::Value> ParseJoseHeader(std::string_view encoded,
                                    std::string_view what);

// The parts of a compact message; kInvalidInput unless there are `count`.
Result<std::vector<std::string_view>> SplitCompact(std::string_view compact,
                                                   size_t count,
                                                   std::string_view what);

// Decodes one part, naming it in the error.
Result<Bytes> DecodePart(std::string_view encoded, std::string_view name);

}  // namespace vouchsafe::jose
