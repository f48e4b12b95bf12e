#include "rego/arena.h"

#include <algorithm>
#include <cstring>

namespace vouchsafe::rego {
namespace {
constexpr size_t kFirstBlock = 4 * 1024;
constexpr size_t kLargestBlock = 256 * 1024;
}  // namespace

void ThrowLimit(const char* detail, const std::string& message) {
  throw Halt{"eval_cancel_error", detail, message};
}

void Arena::OverLimit() {
  ThrowLimit("limit_memory", "the evaluation needs more memory than allowed");
}

void Arena::Need(size_t bytes) const {
  if (used() > limit_ || bytes > limit_ - used()) OverLimit();
}

void Arena::Charge(size_t bytes) {
  Need(bytes);
  charged_ += bytes;
}

void Arena::Grow(size_t bytes) {
  Need(bytes);
  size_t size = std::clamp(blocks_bytes_, kFirstBlock, kLargestBlock);
  size = std::max(std::min(size, limit_ - used()), bytes);
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
  blocks_bytes_ += size;
  next_ = blocks_.back().get();
  end_ = next_ + size;
}

std::string_view Arena::Copy(std::string_view text) {
  if (text.empty()) return {};
  char* out = AllocArray<char>(text.size());
  std::memcpy(out, text.data(), text.size());
  return {out, text.size()};
}

}  // namespace vouchsafe::rego
