// TOML and YAML are read or refused, within their bounds, and give values that
// JSON can hold. The first byte says which.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/source.h"
#include "json/parse.h"
#include "json/write.h"

using vouchsafe::config::Format;
using vouchsafe::config::ParseSource;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const Format format = data[0] % 2 == 0 ? Format::kToml : Format::kYaml;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1,
                              size - 1);
  const auto source = ParseSource(text, format, "fuzz");
  if (!source) {
    if (source.error().code == vouchsafe::ErrorCode::kInternal) std::abort();
    return 0;
  }
  const auto again =
      vouchsafe::json::Parse(vouchsafe::json::Write(source->value));
  if (!again || !(*again == source->value)) std::abort();
  return 0;
}
