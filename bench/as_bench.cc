// SEV-SNP evidence to signed token in one process, as restful-as does it: the
// documentation's own request, default policies, the VCEK known. Beside it the
// two operations that no implementation can avoid, as the bound.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "as/assembly.h"
#include "as/rest_body.h"
#include "crypto/p384.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "net/curl_fetcher.h"
#include "storage/env.h"
#include "storage/namespaces.h"
#include "storage/provider.h"
#include "verifier/registry/registry.h"

namespace vouchsafe {
namespace {

std::string ReadSeedRequest() {
  std::ifstream file(std::string(VOUCHSAFE_SOURCE_DIR) +
                     "/tests/data/seed/snp-request.json");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

template <class T>
T Must(Result<T> result) {
  if (!result) std::abort();
  return *std::move(result);
}

// An attestation service with no configuration.
class Service {
 public:
  Service() {
    const as::AsConfig config;
    stores_ =
        std::make_unique<storage::StoreProvider>(config.storage, *env_, clock_);
    registry::VerifierDeps deps{fetcher_, clock_};
    deps.collateral_store = Must(stores_->Open(storage::kOwnCollateral));
    VerifierSet verifiers =
        Must(registry::MakeVerifiers(config.verifiers, deps));
    service_ = Must(as::MakeService(config, std::move(verifiers),
                                    {&clock_, &random_, &logger_, stores_.get(),
                                     registry::AllClaimSpecs()}));
  }

  Result<std::string> Evaluate(const as::EvaluateRequest& request) {
    RequestContext context;
    context.clock = &clock_;
    context.request_id = "bench";
    DecisionRecord record;
    return service_->Evaluate(request, record, context);
  }

 private:
  SystemClock clock_;
  crypto::SystemRandom random_;
  NullLogger logger_;
  net::CurlFetcher fetcher_;
  std::unique_ptr<storage::Env> env_ = storage::MakePosixEnv();
  std::unique_ptr<storage::StoreProvider> stores_;
  std::unique_ptr<as::AttestationService> service_;
};

// From the body's text on.
void BodyToToken(benchmark::State& state) {
  Service service;
  const std::string body = ReadSeedRequest();
  for (auto _ : state) {
    const auto request = as::ParseAttestationBody(body);
    if (!request || !service.Evaluate(*request)) {
      state.SkipWithError("refused");
      break;
    }
  }
}
BENCHMARK(BodyToToken);

// From the evidence as a JSON value on.
void EvidenceToToken(benchmark::State& state) {
  Service service;
  const auto request = Must(as::ParseAttestationBody(ReadSeedRequest()));
  for (auto _ : state) {
    if (!service.Evaluate(request)) {
      state.SkipWithError("refused");
      break;
    }
  }
}
BENCHMARK(EvidenceToToken);

// The bound: verify the report's signature, sign the token.
void VerifyP384ThenSignP256(benchmark::State& state) {
  using namespace crypto;  // NOLINT: this function is about nothing else
  const PrivateKey vek = Must(PrivateKey::Generate(KeyType::kEcP384));
  const PrivateKey signer = Must(PrivateKey::Generate(KeyType::kEcP256));
  const Bytes report(672, 0x5a);
  const Bytes token(4096, 'a');
  const Bytes signature =
      Must(Sign(vek, SignatureScheme::kEcdsa, Hash::kSha384, report));
  const PublicKey pub = vek.Public();
  for (auto _ : state) {
    const auto good =
        VerifyEcdsaP384Sha384(pub, report, ByteView(signature).first(48),
                              ByteView(signature).last(48));
    if (!good || !*good) {
      state.SkipWithError("bad signature");
      break;
    }
    benchmark::DoNotOptimize(
        Sign(signer, SignatureScheme::kEcdsa, Hash::kSha256, token));
  }
}
BENCHMARK(VerifyP384ThenSignP256);

}  // namespace
}  // namespace vouchsafe
