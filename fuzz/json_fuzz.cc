// A text that parses is written and parsed again as the same value; so is its
// canonical form, where it has one.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "json/parse.h"
#include "json/write.h"

using vouchsafe::json::Canonical;
using vouchsafe::json::Parse;
using vouchsafe::json::Write;
using vouchsafe::json::WritePretty;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto value = Parse({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  const auto compact = Parse(Write(*value));
  const auto pretty = Parse(WritePretty(*value));
  if (!compact || !pretty) std::abort();
  if (!(*compact == *value) || !(*pretty == *value)) std::abort();
  const auto canonical = Canonical(*value);
  if (!canonical) return 0;
  const auto again = Parse(*canonical);
  if (!again || Canonical(*again) != *canonical) std::abort();
  return 0;
}
