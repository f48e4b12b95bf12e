#include "jose/header.h"

#include <algorithm>
#include <string>

#include "base/encoding.h"
#include "jose/jws.h"
#include "json/parse.h"

namespace vouchsafe::jose {

Result<Bytes> DecodePart(std::string_view encoded, std::string_view name) {
  return TRY_CONTEXT(Base64UrlDecode(encoded), name);
}

Result<json::Value> ParseJoseHeader(std::string_view encoded,
                                    std::string_view what) {
  if (encoded.size() > kMaxJoseHeaderSize / 3 * 4 + 4) {
    return Fail(ErrorCode::kTooLarge, std::string(what) + ": over " +
                                          std::to_string(kMaxJoseHeaderSize) +
                                          " bytes");
  }
  const Bytes bytes = TRY(DecodePart(encoded, what));
  json::ParseOptions options;
  options.max_depth = kMaxJoseHeaderDepth;
  options.max_size = kMaxJoseHeaderSize;
  json::Value value = TRY_CONTEXT(json::Parse(AsText(bytes), options), what);
  if (!value.is_object()) {
    return Fail(ErrorCode::kInvalidInput,
                std::string(what) + ": want an object, got " +
                    std::string(json::TypeName(value)));
  }
  return value;
}

Result<std::vector<std::string_view>> SplitCompact(std::string_view compact,
                                                   size_t count,
                                                   std::string_view what) {
  const auto dots = std::count(compact.begin(), compact.end(), '.');
  if (static_cast<size_t>(dots) + 1 != count) {
    return Fail(ErrorCode::kInvalidInput,
                std::string(what) + ": " + std::to_string(dots + 1) +
                    " parts, want " + std::to_string(count));
  }
  std::vector<std::string_view> parts;
  size_t start = 0;
  for (size_t i = 0; i < count; ++i) {
    const size_t end = std::min(compact.find('.', start), compact.size());
    parts.push_back(compact.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

}  // namespace vouchsafe::jose
