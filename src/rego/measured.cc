#include "rego/measured.h"

#include <malloc.h>

#include <cstdlib>
#include <ctime>
#include <new>

namespace {

// Signed: what another thread took may be given back here.
thread_local long held = 0;
thread_local long most = 0;

void* Take(std::size_t size, std::size_t alignment) {
  void* out = alignment > alignof(std::max_align_t)
                  ? std::aligned_alloc(alignment, (size + alignment - 1) /
                                                      alignment * alignment)
                  : std::malloc(size ? size : 1);
  if (out == nullptr) throw std::bad_alloc();
  held += static_cast<long>(malloc_usable_size(out));
  if (held > most) most = held;
  return out;
}

void Give(void* pointer) noexcept {
  if (pointer == nullptr) return;
  held -= static_cast<long>(malloc_usable_size(pointer));
  std::free(pointer);
}

double CpuMs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 +
         static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace

// Not inlined: g++ would pair what it sees of one with the other's library.
[[gnu::noinline]] void* operator new(std::size_t size) { return Take(size, 1); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t align) {
  return Take(size, static_cast<std::size_t>(align));
}
// std::stable_sort asks this one.
[[gnu::noinline]] void* operator new(std::size_t size,
                                     const std::nothrow_t&) noexcept {
  try {
    return Take(size, 1);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
[[gnu::noinline]] void operator delete(void* p) noexcept { Give(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept {
  Give(p);
}
[[gnu::noinline]] void operator delete(void* p, std::align_val_t) noexcept {
  Give(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t,
                                       std::align_val_t) noexcept {
  Give(p);
}

namespace vouchsafe::rego::testing {

Meter::Meter() : start_ms_(CpuMs()) {
  held = 0;
  most = 0;
}

Cost Meter::Read() const {
  return {CpuMs() - start_ms_, static_cast<size_t>(most)};
}

}  // namespace vouchsafe::rego::testing
