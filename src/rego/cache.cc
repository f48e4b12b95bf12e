#include <condition_variable>
#include <list>
#include <map>
#include <mutex>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "rego/rego.h"

namespace vouchsafe::rego {

struct ProgramCache::Impl {
  struct Slot {
    std::string key;
    std::shared_ptr<const CompileResult> result;  // null while compiling
    size_t bytes = 0;
  };
  using Slots = std::list<Slot>;

  Impl(Builtins functions, size_t bound)
      : builtins(std::move(functions)), max_bytes(bound) {}

  static std::string KeyOf(const Source& source,
                           const CompileOptions& options) {
    const Limits& limits = options.limits;
    std::string text = source.name + '\0' +
                       std::to_string(static_cast<int>(options.version)) + "," +
                       std::to_string(static_cast<int>(options.level));
    for (const size_t limit :
         {limits.source_bytes, limits.source_lines, limits.nesting,
          limits.rules, limits.expressions,
          static_cast<size_t>(limits.compile_time.count())}) {
      text += "," + std::to_string(limit);
    }
    text += options.experimental_keywords ? ",experimental" : "";
    text += options.strict_unused ? ",strict" : "";
    text += options.keep_print ? ",print" : "";
    for (const auto* list :
         {&options.lint.entries, &options.lint.claim_prefixes,
          &options.lint.claims}) {
      text += "," + std::to_string(list->size());
      for (const std::string& item : *list) {
        text += "," + std::to_string(item.size()) + ":" + item;
      }
    }
    text += '\0' + source.text;
    return HexEncode(crypto::Sha384(AsBytes(text)));
  }

  // Drops the least recently used beyond the bound; never the newest.
  void Shrink() {
    while (used > max_bytes && slots.size() > 1) {
      auto last = std::prev(slots.end());
      while (last != slots.begin() && !last->result) --last;
      if (last == slots.begin()) return;
      used -= last->bytes;
      index.erase(last->key);
      slots.erase(last);
    }
  }

  const Builtins builtins;
  const size_t max_bytes;
  mutable std::mutex mutex;
  std::condition_variable done;
  Slots slots;  // newest first
  std::map<std::string, Slots::iterator> index;
  size_t used = 0;
  uint64_t compiled = 0;
};

ProgramCache::ProgramCache(Builtins builtins, size_t max_bytes)
    : impl_(std::make_unique<Impl>(std::move(builtins), max_bytes)) {}
ProgramCache::~ProgramCache() = default;

std::shared_ptr<const CompileResult> ProgramCache::Get(
    const Source& source, const CompileOptions& options) {
  Impl& impl = *impl_;
  const std::string key = Impl::KeyOf(source, options);
  std::unique_lock lock(impl.mutex);
  for (auto at = impl.index.find(key); at != impl.index.end();
       at = impl.index.find(key)) {
    if (at->second->result) {
      impl.slots.splice(impl.slots.begin(), impl.slots, at->second);
      return at->second->result;
    }
    impl.done.wait(lock);
  }
  impl.slots.push_front({key, nullptr, 0});
  impl.index[key] = impl.slots.begin();
  ++impl.compiled;
  lock.unlock();
  auto result = std::make_shared<const CompileResult>(
      Compile(source, impl.builtins, options));
  const size_t bytes =
      1024 + (result->program ? result->program->MemoryBytes() : 0);
  lock.lock();
  const auto slot = impl.index.at(key);
  slot->result = result;
  slot->bytes = bytes;
  impl.used += bytes;
  impl.Shrink();
  lock.unlock();
  impl.done.notify_all();
  return result;
}

size_t ProgramCache::bytes() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->used;
}

uint64_t ProgramCache::compiled() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->compiled;
}

}  // namespace vouchsafe::rego
