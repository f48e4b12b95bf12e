#pragma once

// Memory of one document, program or evaluation: blocks that only grow and are
// dropped together. Bounded: Alloc throws Halt when the bound is passed.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace vouchsafe::rego {

// Ends an evaluation or compilation from anywhere below it. Thrown and caught
// inside this folder only; never crosses rego.h.
struct Halt {
  std::string code;
  std::string detail;
  std::string message;
};

[[noreturn]] void ThrowLimit(const char* detail, const std::string& message);

class Arena {
 public:
  // `reuse`: blocks come from and go back to a small store of this thread.
  explicit Arena(size_t limit = SIZE_MAX, bool reuse = false)
      : limit_(limit), reuse_(reuse) {}
  ~Arena() { Drop(); }
  Arena(Arena&& other) noexcept { *this = std::move(other); }
  Arena& operator=(Arena&& other) noexcept;

  // 8-byte aligned, never null, uninitialised.
  void* Alloc(size_t bytes) {
    bytes = (bytes + 7) & ~size_t{7};
    if (bytes > static_cast<size_t>(end_ - next_)) Grow(bytes);
    char* out = next_;
    next_ += bytes;
    return out;
  }
  template <class T>
  T* AllocArray(size_t count) {
    if (count > limit_ / sizeof(T)) OverLimit();
    return static_cast<T*>(Alloc(count * sizeof(T)));
  }
  std::string_view Copy(std::string_view text);

  // Memory held outside the blocks (growing vectors), under the same bound.
  void Charge(size_t bytes) {
    if (bytes > limit_ - blocks_bytes_ - charged_) OverLimit();
    charged_ += bytes;
  }
  void Release(size_t bytes) { charged_ -= bytes; }
  // Would `bytes` more fit? Throws when not; for work that must not start.
  void Need(size_t bytes) const;

  size_t used() const { return blocks_bytes_ + charged_; }

 private:
  struct Block {
    Block* next;
    size_t size;
  };
  friend struct BlockStore;
  void Grow(size_t bytes);
  void Drop();
  [[noreturn]] static void OverLimit();

  size_t limit_ = SIZE_MAX;
  bool reuse_ = false;
  size_t blocks_bytes_ = 0;  // never above limit_
  size_t charged_ = 0;       // never above what is left of it
  char* next_ = nullptr;
  char* end_ = nullptr;
  Block* blocks_ = nullptr;
};

}  // namespace vouchsafe::rego
