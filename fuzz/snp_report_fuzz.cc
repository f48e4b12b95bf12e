// Bytes as an attestation report: what is read must be written back, except
// where FirstReservedNonZero has something to say.

#include <cstdint>
#include <cstdlib>

#include "verifier/snp/report.h"

using namespace vouchsafe;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto report = snp::ParseReport(ByteView(data, size));
  if (!report) return 0;
  for (snp::Generation generation : snp::kGenerations) {
    const bool clean = !snp::FirstReservedNonZero(*report, generation);
    if (clean && snp::SerializeReport(*report) != report->bytes) std::abort();
    const snp::Tcb tcb = snp::DecodeTcb(report->reported_tcb, generation);
    if (clean && snp::EncodeTcb(tcb, generation) != report->reported_tcb) {
      std::abort();
    }
  }
  return 0;
}
