// JSON as SNP evidence, through the whole verifier with AMD's roots and no
// sources. Nothing a fuzzer writes is signed by AMD.

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "json/parse.h"
#include "verifier/snp/verifier.h"

using namespace vouchsafe;

namespace {

class NoCollateral final : public collateral::Provider {
 public:
  Result<std::shared_ptr<const collateral::Object>> Get(
      const collateral::Key&, const RequestContext&) override {
    return Fail(ErrorCode::kNotFound, "no sources");
  }
};

const snp::SnpVerifier& TheVerifier() {
  static const snp::SnpVerifier verifier(
      snp::SnpConfig(), std::make_shared<const snp::Roots>(*snp::Roots::Amd()),
      std::make_shared<NoCollateral>());
  return verifier;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto value = json::Parse(AsText(ByteView(data, size)));
  if (!value) return 0;
  const ManualClock clock(1'800'000'000);
  RequestContext context;
  context.clock = &clock;
  // Evidence for a nonce that no recorded evidence has.
  Expected expected;
  expected.report_data = Bytes(64, 0xA5);
  VerifyReport report;
  if (TheVerifier().Evaluate(*value, expected, report, context)) std::abort();
  return 0;
}
