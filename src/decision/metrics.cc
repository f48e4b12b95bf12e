#include "decision/metrics.h"

#include <algorithm>

namespace vouchsafe {
namespace {

// Of "tee=snp session=ab12": "snp". Several are one label: the first, since
// that is the guest itself.
std::string TeeOf(std::string_view subject) {
  constexpr std::string_view kMark = "tee=";
  const size_t at = subject.find(kMark);
  if (at == std::string_view::npos) return "none";
  subject.remove_prefix(at + kMark.size());
  return std::string(subject.substr(0, subject.find_first_of(", ")));
}

}  // namespace

DecisionMetrics::DecisionMetrics(metrics::Registry& registry,
                                 const Clock& clock, std::string_view prefix)
    : clock_(clock),
      decisions_(registry.AddCounters(std::string(prefix) + "decisions_total",
                                      "Decisions by kind and outcome.",
                                      {"kind", "outcome"})),
      duration_(registry.AddHistograms(
          std::string(prefix) + "decision_duration_seconds",
          "Time of an attestation, by the TEE of the guest.", {"tee"},
          {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
           10})),
      checks_(registry.AddCounters(std::string(prefix) + "checks_failed_total",
                                   "Named checks that failed, by id.",
                                   {"check"})),
      policies_(
          registry.AddCounters(std::string(prefix) + "policy_evaluations_total",
                               "Policy evaluations, by entry.", {"entry"})),
      collateral_(registry.AddCounters(
          std::string(prefix) + "collateral_used_total",
          "Collateral used, by kind and where it was from.",
          {"kind", "source"})) {}

void DecisionMetrics::Write(std::shared_ptr<const DecisionRecord> record) {
  const DecisionRecord& r = *record;
  decisions_.With({std::string(DecisionKindName(r.kind)), r.outcome}).Add();
  if (r.kind == DecisionKind::kAttestation) {
    const int64_t took = clock_.UnixMicros() - r.time_unix_us;
    // The wall clock may have been set meanwhile.
    duration_.With({TeeOf(r.subject)})
        .Observe(static_cast<double>(std::max<int64_t>(took, 0)) / 1e6);
  }
  for (const CheckSection& section : r.sections) {
    const std::optional<CheckEntry> failure = section.checks.failure();
    if (failure) checks_.With({std::string(failure->check->id)}).Add();
  }
  for (const PolicyFact& policy : r.policies) {
    policies_.With({policy.entry}).Add();
  }
  for (const CollateralFact& use : r.collateral) {
    collateral_.With({use.kind, use.source}).Add();
  }
}

}  // namespace vouchsafe
