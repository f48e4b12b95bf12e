// Bytes as a registration message, its sample payload, and a stored reference
// value; what is read must survive being written and read again.

#include <cstdint>
#include <cstdlib>

#include "base/encoding.h"
#include "rvps/message.h"
#include "rvps/value.h"

using namespace vouchsafe;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView bytes(data, size);
  if (const auto message = rvps::ParseMessage(AsText(bytes))) {
    (void)rvps::Extract(*message);
  }
  (void)rvps::Extract({"sample", Base64Encode(bytes)});
  const auto value = rvps::ReadReferenceValue(AsText(bytes));
  if (!value) return 0;
  const auto again =
      rvps::ReadReferenceValue(rvps::WriteReferenceValue(*value));
  if (!again || !(again->value == value->value)) std::abort();
  return 0;
}
