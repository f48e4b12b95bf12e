// Bytes as a policy's text, for what is read in it without running it.

#include <cstdint>

#include "base/bytes.h"
#include "policy/text_scan.h"

using namespace vouchsafe;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = AsText(ByteView(data, size));
  (void)policy::InputPaths(text);
  (void)policy::DefinedMembers(text, "trust_claims");
  (void)policy::OrderedCalls(text, "query_reference_value");
  return 0;
}
