#include "decision/sink.h"

#include <algorithm>

namespace vouchsafe {

void DecisionRing::Write(std::shared_ptr<const DecisionRecord> record) {
  std::shared_ptr<const DecisionRecord> dropped;  // freed outside the lock
  const std::lock_guard lock(mutex_);
  records_.push_back(std::move(record));
  if (records_.size() > capacity_) {
    dropped = std::move(records_.front());
    records_.pop_front();
  }
}

std::shared_ptr<const DecisionRecord> DecisionRing::Find(
    std::string_view id) const {
  const std::lock_guard lock(mutex_);
  for (auto it = records_.rbegin(); it != records_.rend(); ++it) {
    if ((*it)->id == id) return *it;
  }
  return nullptr;
}

std::vector<std::shared_ptr<const DecisionRecord>> DecisionRing::Newest(
    size_t limit) const {
  const std::lock_guard lock(mutex_);
  const size_t count = std::min(limit, records_.size());
  return {records_.rbegin(),
          records_.rbegin() + static_cast<std::ptrdiff_t>(count)};
}

void DecisionLog::Write(std::shared_ptr<const DecisionRecord> record) {
  const DecisionRecord& r = *record;
  const std::string kind(DecisionKindName(r.kind));
  if (r.outcome == "allowed") {
    logger_.Info(
        "decision: allowed",
        {{"kind", kind}, {"request_id", r.id}, {"subject", r.subject}});
    return;
  }
  logger_.Warn("decision: refused", {{"kind", kind},
                                     {"request_id", r.id},
                                     {"subject", r.subject},
                                     {"code", r.code},
                                     {"why", r.reason},
                                     {"remedy", r.remedy}});
}

void CheckCounter::Write(std::shared_ptr<const DecisionRecord> record) {
  for (const CheckSection& section : record->sections) {
    const std::optional<CheckEntry> failure = section.checks.failure();
    if (!failure) continue;
    const std::lock_guard lock(mutex_);
    ++failed_[std::string(failure->check->id)];
  }
}

std::vector<std::pair<std::string, uint64_t>> CheckCounter::Counts() const {
  std::vector<std::pair<std::string, uint64_t>> counts;
  {
    const std::lock_guard lock(mutex_);
    counts.assign(failed_.begin(), failed_.end());
  }
  std::sort(counts.begin(), counts.end());
  return counts;
}

}  // namespace vouchsafe
