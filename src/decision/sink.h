#pragma once

// Where records go. Deciders call Write once per decision and never wait.

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "decision/record.h"

namespace vouchsafe {

class DecisionSink {
 public:
  virtual ~DecisionSink() = default;
  // Thread-safe; must not block on I/O for long.
  virtual void Write(std::shared_ptr<const DecisionRecord> record) = 0;
};

// The newest records, bounded; what `vouchsafe why` asks. Thread-safe.
class DecisionRing final : public DecisionSink {
 public:
  explicit DecisionRing(size_t capacity = 1024) : capacity_(capacity) {}
  void Write(std::shared_ptr<const DecisionRecord> record) override;
  std::shared_ptr<const DecisionRecord> Find(std::string_view id) const;
  // Newest first, at most `limit`.
  std::vector<std::shared_ptr<const DecisionRecord>> Newest(size_t limit) const;

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const DecisionRecord>> records_;
};

// One log line a decision: refusals with the failed check, want and got.
class DecisionLog final : public DecisionSink {
 public:
  explicit DecisionLog(Logger& logger) : logger_(logger) {}
  void Write(std::shared_ptr<const DecisionRecord> record) override;

 private:
  Logger& logger_;
};

// Failed checks by id since start, for metrics. Thread-safe.
class CheckCounter final : public DecisionSink {
 public:
  void Write(std::shared_ptr<const DecisionRecord> record) override;
  std::vector<std::pair<std::string, uint64_t>> Counts() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, uint64_t> failed_;
};

// All of them, in order.
class DecisionFanOut final : public DecisionSink {
 public:
  explicit DecisionFanOut(std::vector<DecisionSink*> sinks)
      : sinks_(std::move(sinks)) {}
  void Write(std::shared_ptr<const DecisionRecord> record) override {
    for (DecisionSink* sink : sinks_) sink->Write(record);
  }

 private:
  const std::vector<DecisionSink*> sinks_;
};

}  // namespace vouchsafe
