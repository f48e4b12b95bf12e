#include "rego/arena.h"

#include <algorithm>
#include <cstring>

namespace vouchsafe::rego {
namespace {
constexpr size_t kFirstBlock = 4 * 1024;
constexpr size_t kFirstReused = 16 * 1024;
constexpr size_t kLargestBlock = 256 * 1024;
// What a thread keeps for its next evaluation.
constexpr size_t kMostKept = 1024 * 1024;
}  // namespace

// Blocks of evaluations that are over, so that the next one on this thread
// asks the system for nothing.
struct BlockStore {
  ~BlockStore() {
    while (blocks) {
      Arena::Block* next = blocks->next;
      ::operator delete(blocks);
      blocks = next;
    }
  }
  Arena::Block* Take(size_t least, size_t most) {
    for (Arena::Block** at = &blocks; *at; at = &(*at)->next) {
      if ((*at)->size < least || (*at)->size > most) continue;
      Arena::Block* out = *at;
      *at = out->next;
      bytes -= out->size;
      return out;
    }
    return nullptr;
  }
  bool Keep(Arena::Block* block) {
    if (block->size > kLargestBlock || bytes + block->size > kMostKept) {
      return false;
    }
    block->next = blocks;
    blocks = block;
    bytes += block->size;
    return true;
  }
  static BlockStore& OfThread() {
    static thread_local BlockStore store;
    return store;
  }

  Arena::Block* blocks = nullptr;
  size_t bytes = 0;
};

void ThrowLimit(const char* detail, const std::string& message) {
  throw Halt{"eval_cancel_error", detail, message};
}

Arena& Arena::operator=(Arena&& other) noexcept {
  if (this == &other) return *this;
  Drop();
  limit_ = other.limit_;
  reuse_ = other.reuse_;
  blocks_bytes_ = std::exchange(other.blocks_bytes_, 0);
  charged_ = std::exchange(other.charged_, 0);
  next_ = std::exchange(other.next_, nullptr);
  end_ = std::exchange(other.end_, nullptr);
  blocks_ = std::exchange(other.blocks_, nullptr);
  return *this;
}

void Arena::Drop() {
  while (blocks_) {
    Block* block = std::exchange(blocks_, blocks_->next);
    if (!reuse_ || !BlockStore::OfThread().Keep(block)) {
      ::operator delete(block);
    }
  }
}

void Arena::OverLimit() {
  ThrowLimit("limit_memory", "the evaluation needs more memory than allowed");
}

void Arena::Need(size_t bytes) const {
  if (bytes > limit_ - used()) OverLimit();
}

void Arena::Grow(size_t bytes) {
  bytes += sizeof(Block);
  Need(bytes);
  const size_t left = limit_ - used();
  Block* block = nullptr;
  if (reuse_) block = BlockStore::OfThread().Take(bytes, left);
  if (block == nullptr) {
    size_t size = std::clamp(blocks_bytes_, reuse_ ? kFirstReused : kFirstBlock,
                             kLargestBlock);
    size = std::max(std::min(size, left), bytes);
    block = static_cast<Block*>(::operator new(size));
    block->size = size;
  }
  block->next = blocks_;
  blocks_ = block;
  blocks_bytes_ += block->size;
  next_ = reinterpret_cast<char*>(block + 1);
  end_ = reinterpret_cast<char*>(block) + block->size;
}

std::string_view Arena::Copy(std::string_view text) {
  if (text.empty()) return {};
  char* out = AllocArray<char>(text.size());
  std::memcpy(out, text.data(), text.size());
  return {out, text.size()};
}

}  // namespace vouchsafe::rego
