// An attestation service in this process: sample evidence in, token out.
#include <cstdio>

#include "as/attestation_service.h"
#include "crypto/random.h"
#include "json/parse.h"
#include "net/curl_fetcher.h"

using namespace vouchsafe;  // NOLINT: an example

Result<std::string> Attest(const std::string& nonce) {
  SystemClock clock;
  crypto::SystemRandom random;
  net::CurlFetcher fetcher;
  const auto logger = MakeStderrLogger(LogLevel::kError);
  const auto disk = storage::MakePosixEnv();
  const as::AsConfig config;  // or as::LoadConfig("/etc/as.json")
  storage::StoreProvider stores(config.storage, *disk, clock);
  VerifierSet verifiers =
      TRY(registry::MakeVerifiers(config.verifiers, {fetcher, clock}));
  const auto service = TRY(as::MakeService(
      config, std::move(verifiers),
      {&clock, &random, logger.get(), &stores, registry::AllClaimSpecs()}));

  as::VerificationRequest device;
  device.tee = "sample";
  device.evidence = TRY(json::Parse(R"({"svn":"1","report_data":"bm9uY2U="})"));
  device.runtime_data = {as::RuntimeData::Raw{ToBytes(nonce)}};
  RequestContext context;
  context.clock = &clock;
  context.deadline = clock.Steady() + std::chrono::seconds(10);
  DecisionRecord record;
  return service->Evaluate({{device}, {"default"}}, record, context);
}

int main(int argc, char** argv) {
  const auto token = Attest(argc > 1 ? argv[1] : "nonce");
  if (token) return std::printf("%s\n", token->c_str()) < 0;
  std::fprintf(stderr, "refused: %s\n", token.error().Text().c_str());
  return 1;
}
