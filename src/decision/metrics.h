#pragma once

// Decisions as numbers: what was decided, how long it took by TEE, which checks
// failed, which policies were asked, where collateral came from. All of it is
// read off the records, so deciders count nothing themselves.

#include <string_view>

#include "base/clock.h"
#include "decision/sink.h"
#include "metrics/registry.h"

namespace vouchsafe {

// Families, with `prefix` ("as_" or "kbs_") before their names:
//   decisions_total{kind,outcome}, decision_duration_seconds{tee} (of
//   attestations), checks_failed_total{check}, policy_evaluations_total{entry},
//   collateral_used_total{kind,source}.
// Thread-safe.
class DecisionMetrics final : public DecisionSink {
 public:
  // Both must outlive this.
  DecisionMetrics(metrics::Registry& registry, const Clock& clock,
                  std::string_view prefix);
  void Write(std::shared_ptr<const DecisionRecord> record) override;

 private:
  const Clock& clock_;
  metrics::CounterFamily& decisions_;
  metrics::HistogramFamily& duration_;
  metrics::CounterFamily& checks_;
  metrics::CounterFamily& policies_;
  metrics::CounterFamily& collateral_;
};

}  // namespace vouchsafe
