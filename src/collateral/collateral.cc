#include "collateral/collateral.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>

#include "collateral/memory_cache.h"
#include "collateral/record.h"

namespace vouchsafe::collateral {
namespace {

using Answer = MemoryCache::Answer;

// How long a waiter sleeps before it looks at its own deadline again; it is
// woken earlier by the answer and by its stop token.
constexpr std::chrono::milliseconds kLook{1000};

class FunctionSource final : public Source {
 public:
  FunctionSource(std::string name, FetchFunction fetch)
      : name_(std::move(name)), fetch_(std::move(fetch)) {}
  std::string_view name() const override { return name_; }
  tl::expected<Fetched, Miss> Fetch(const Key& key,
                                    const RequestContext& context) override {
    return fetch_(key, context);
  }

 private:
  const std::string name_;
  const FetchFunction fetch_;
};

// A source that throws must not leave the others waiting for ever.
tl::expected<Fetched, Miss> FetchCaught(Source& source, const Key& key,
                                        const RequestContext& context) {
  try {
    return source.Fetch(key, context);
  } catch (const std::exception& error) {
    return Missed(ErrorCode::kInternal, error.what());
  } catch (...) {
    return Missed(ErrorCode::kInternal, "unknown exception");
  }
}

// What all sources of one fetch said so far.
class Report {
 public:
  void Add(std::string_view source, const Error& error) {
    text_ += text_.empty() ? "" : "; ";
    text_ += std::string(source) + ": " + error.Text();
    if (error.code == ErrorCode::kNotFound) return;
    all_not_found_ = false;
    // One source that ran out of its own time is an unreachable one: the
    // request itself may still have time.
    code_ = error.code == ErrorCode::kDeadline ? ErrorCode::kUnavailable
                                               : error.code;
  }
  bool all_not_found() const { return all_not_found_; }
  Error ToError(const Key& key) const {
    return {all_not_found_ ? ErrorCode::kNotFound : code_,
            "collateral " + key.Text() + ": " + text_,
            nullptr,
            {}};
  }

 private:
  std::string text_;
  bool all_not_found_ = true;
  ErrorCode code_ = ErrorCode::kUnavailable;
};

}  // namespace

std::string Key::Text() const {
  constexpr size_t kMost = 200;
  return kind + "/" + (id.size() > kMost ? id.substr(0, kMost) + "..." : id);
}

std::shared_ptr<Source> MakeSource(std::string name, FetchFunction fetch) {
  return std::make_shared<FunctionSource>(std::move(name), std::move(fetch));
}

tl::unexpected<Miss> Missed(ErrorCode code, std::string message) {
  return tl::unexpected<Miss>(
      Miss{Error{code, std::move(message), nullptr, {}}, {}});
}

class Collateral::Impl {
 public:
  Impl(const Limits& limits, const Clock& clock,
       std::shared_ptr<storage::Store> store)
      : limits_(limits),
        clock_(clock),
        store_(std::move(store)),
        memory_(limits.max_bytes, limits.max_objects) {}

  void AddSource(std::string kind, std::shared_ptr<Source> source) {
    sources_[std::move(kind)].push_back(std::move(source));
  }

  Answer Get(const Key& key, const RequestContext& context) {
    bool waited = false;
    while (true) {
      TRY(context.Alive());
      std::shared_ptr<Flight> flight;
      {
        std::unique_lock lock(mutex_);
        if (const Answer* kept = memory_.Find(key, clock_.UnixSeconds())) {
          ++(*kept ? counters_.hits : counters_.failures);
          return *kept;
        }
        std::shared_ptr<Flight>& slot = flights_[key];
        if (slot != nullptr) {
          if (!waited) ++counters_.waits;
          waited = true;
          flight = slot;
          landed_.wait_for(lock, context.stop, context.Left(kLook),
                           [&] { return flight->landed; });
          if (flight->answer) return *flight->answer;
          // Still flying, or its leader gave up: look again, and lead.
          continue;
        }
        slot = flight = std::make_shared<Flight>();
      }
      return Lead(key, context, *flight);
    }
  }

  void Forget(const Key& key) {
    const int64_t now = clock_.UnixSeconds();
    {
      const std::lock_guard lock(mutex_);
      const Answer* kept = memory_.Find(key, now);
      if (kept != nullptr && *kept &&
          (**kept)->fetched_unix_s > now - limits_.min_ttl_s) {
        return;
      }
      memory_.Erase(key);
    }
    if (store_ != nullptr) Note(store_->Delete(RecordKey(key)).has_value());
  }

  Counters counters() const {
    const std::lock_guard lock(mutex_);
    Counters counters = counters_;
    counters.objects = memory_.objects();
    counters.bytes = memory_.bytes();
    return counters;
  }

 private:
  // One fetch under way. `answer` stays empty when its leader ran out of time:
  // that is the leader's own answer, nobody else's.
  struct Flight {
    bool landed = false;
    std::optional<Answer> answer;
  };
  struct Outcome {
    Answer answer;
    int64_t until;  // how long it may be kept
  };

  Answer Lead(const Key& key, const RequestContext& context, Flight& flight) {
    Outcome outcome = FromStoreOrSources(key, context);
    const Result<> alive = context.Alive();
    const bool gave_up = !outcome.answer && !alive;
    {
      const std::lock_guard lock(mutex_);
      flights_.erase(key);
      flight.landed = true;
      if (!gave_up) {
        flight.answer = outcome.answer;
        memory_.Put(key, outcome.answer, outcome.until);
        if (!outcome.answer) ++counters_.failures;
      }
    }
    landed_.notify_all();
    if (gave_up) return tl::unexpected<Error>(alive.error());
    return outcome.answer;
  }

  Outcome FromStoreOrSources(const Key& key, const RequestContext& context) {
    if (std::shared_ptr<const Object> kept = FromStore(key)) {
      return {kept, kept->expires_unix_s};
    }
    return FromSources(key, context);
  }

  std::shared_ptr<const Object> FromStore(const Key& key) {
    if (store_ == nullptr) return nullptr;
    const auto bytes = store_->Get(RecordKey(key));
    Note(bytes.has_value());
    if (!bytes || !*bytes) return nullptr;
    Result<Object> object = ReadRecord(**bytes, key);
    Note(object.has_value());
    if (!object || object->expires_unix_s <= clock_.UnixSeconds()) {
      return nullptr;
    }
    const std::lock_guard lock(mutex_);
    ++counters_.store_hits;
    return std::make_shared<const Object>(*std::move(object));
  }

  Outcome FromSources(const Key& key, const RequestContext& context) {
    const int64_t now = clock_.UnixSeconds();
    const auto sources = sources_.find(key.kind);
    if (sources == sources_.end()) {
      return {Fail(ErrorCode::kUnavailable,
                   "collateral " + key.Text() + ": no source is configured"),
              now + limits_.failure_ttl_s};
    }
    Report report;
    for (const std::shared_ptr<Source>& source : sources->second) {
      if (!MayAsk(*source, report)) continue;
      auto fetched = FetchCaught(*source, key, context);
      if (fetched) return Keep(key, *source, *std::move(fetched));
      report.Add(source->name(), fetched.error().error);
      Remember(*source, fetched.error().retry_after_s);
      if (!context.Alive()) break;
    }
    const int64_t ttl = report.all_not_found() ? limits_.not_found_ttl_s
                                               : limits_.failure_ttl_s;
    return {tl::unexpected<Error>(report.ToError(key)),
            clock_.UnixSeconds() + ttl};
  }

  // A source that said Retry-After is left alone until then.
  bool MayAsk(const Source& source, Report& report) {
    const int64_t now = clock_.UnixSeconds();
    const std::lock_guard lock(mutex_);
    const auto it = not_before_.find(&source);
    if (it != not_before_.end() && it->second > now) {
      report.Add(source.name(),
                 Error{ErrorCode::kUnavailable,
                       "asked not to be asked for another " +
                           std::to_string(it->second - now) + " s",
                       nullptr,
                       {}});
      return false;
    }
    ++counters_.fetches;
    return true;
  }

  void Remember(const Source& source, std::optional<int64_t> retry_after_s) {
    if (!retry_after_s) return;
    const int64_t wait =
        std::clamp<int64_t>(*retry_after_s, 0, limits_.max_retry_after_s);
    const std::lock_guard lock(mutex_);
    not_before_[&source] = clock_.UnixSeconds() + wait;
  }

  Outcome Keep(const Key& key, const Source& source, Fetched fetched) {
    const int64_t now = clock_.UnixSeconds();
    const int64_t asked =
        fetched.expires_unix_s.value_or(now + limits_.default_ttl_s);
    auto object = std::make_shared<Object>();
    object->key = key;
    object->bytes = std::move(fetched.bytes);
    object->headers = std::move(fetched.headers);
    object->source = source.name();
    object->fetched_unix_s = now;
    object->expires_unix_s =
        std::clamp(asked, now + limits_.min_ttl_s, now + limits_.max_ttl_s);
    if (store_ != nullptr) {
      Note(store_
               ->Set(RecordKey(key), WriteRecord(*object),
                     {storage::SetMode::kAny, {}, object->expires_unix_s})
               .has_value());
    }
    const int64_t until = object->expires_unix_s;
    return {std::shared_ptr<const Object>(std::move(object)), until};
  }

  // The store only saves fetches: its failure is counted, not answered.
  void Note(bool store_worked) {
    if (store_worked) return;
    const std::lock_guard lock(mutex_);
    ++counters_.store_errors;
  }

  const Limits limits_;
  const Clock& clock_;
  const std::shared_ptr<storage::Store> store_;
  std::map<std::string, std::vector<std::shared_ptr<Source>>> sources_;

  mutable std::mutex mutex_;  // guards what follows; never held over I/O
  std::condition_variable_any landed_;
  MemoryCache memory_;
  std::map<Key, std::shared_ptr<Flight>> flights_;
  std::map<const Source*, int64_t> not_before_;
  Counters counters_;
};

Collateral::Collateral(const Limits& limits, const Clock& clock,
                       std::shared_ptr<storage::Store> store)
    : impl_(std::make_unique<Impl>(limits, clock, std::move(store))) {}
Collateral::~Collateral() = default;

void Collateral::AddSource(std::string kind, std::shared_ptr<Source> source) {
  impl_->AddSource(std::move(kind), std::move(source));
}

Result<std::shared_ptr<const Object>> Collateral::Get(
    const Key& key, const RequestContext& context) {
  return impl_->Get(key, context);
}

void Collateral::Forget(const Key& key) { impl_->Forget(key); }

Counters Collateral::counters() const { return impl_->counters(); }

}  // namespace vouchsafe::collateral
