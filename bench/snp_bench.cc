// SEV-SNP evidence to claims, and its parts, over a fake AMD: a further request
// with a known VEK, a first one, the JSON alone, the signature alone.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "json/parse.h"
#include "json/write.h"
#include "tests/fake/fake_collateral.h"
#include "tests/fake/snp.h"
#include "verifier/snp/verifier.h"

namespace vouchsafe::snp {
namespace {

struct Setup {
  fake::SnpCa ca{Generation::kGenoa};
  std::shared_ptr<const Roots> roots =
      std::make_shared<const Roots>(fake::SnpRootsOf({&ca}));
  ManualClock clock{1'800'000'000};
  RequestContext context;
  Report report = fake::MakeSnpReport(3, Generation::kGenoa);
  Bytes vek = ca.Vek(ca.VcekFor(report));
  std::string text;

  Setup() {
    context.clock = &clock;
    fake::SignSnpReport(report, fake::SnpVekKey());
    text = json::Write(
        fake::SnpEvidence(report, Generation::kGenoa, {{"VCEK", vek}}));
  }
  SnpVerifier MakeVerifier(size_t cached_veks) const {
    SnpConfig config;
    config.max_cached_veks = cached_veks;
    return SnpVerifier(config, roots, std::make_shared<fake::FakeCollateral>());
  }
};

const Setup& TheSetup() {
  static const Setup setup;
  return setup;
}

void Evaluate(benchmark::State& state, size_t cached_veks) {
  const Setup& setup = TheSetup();
  const SnpVerifier verifier = setup.MakeVerifier(cached_veks);
  for (auto _ : state) {
    const auto evidence = json::Parse(setup.text);
    VerifyReport report;
    const auto claims =
        verifier.Evaluate(*evidence, Expected(), report, setup.context);
    if (!claims) state.SkipWithError("refused");
    benchmark::DoNotOptimize(claims);
  }
}
void JsonToClaimsKnownVek(benchmark::State& state) { Evaluate(state, 16); }
BENCHMARK(JsonToClaimsKnownVek);
void JsonToClaimsNewVek(benchmark::State& state) { Evaluate(state, 0); }
BENCHMARK(JsonToClaimsNewVek);

void ParseJsonAndEvidence(benchmark::State& state) {
  const Setup& setup = TheSetup();
  for (auto _ : state) {
    const auto value = json::Parse(setup.text);
    const auto evidence = ParseEvidence(*value);
    if (!evidence) state.SkipWithError("refused");
    benchmark::DoNotOptimize(evidence);
  }
}
BENCHMARK(ParseJsonAndEvidence);

void VerifyReportOnly(benchmark::State& state) {
  const Setup& setup = TheSetup();
  CheckLog setup_log;
  const auto parsed = ParseVek(setup.vek);
  const auto vek =
      VerifyVek(*parsed, Generation::kGenoa, *setup.roots, setup_log);
  if (!vek) std::abort();
  for (auto _ : state) {
    CheckLog log;
    const auto verified = Verify(setup.report, *vek, Expected(), log);
    if (!verified) state.SkipWithError("refused");
    benchmark::DoNotOptimize(verified);
  }
}
BENCHMARK(VerifyReportOnly);

}  // namespace
}  // namespace vouchsafe::snp
