#include "collateral/collateral.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "collateral/record.h"
#include "storage/memory.h"

namespace vouchsafe::collateral {
namespace {

using std::chrono::seconds;

const Key kKey{"snp.vcek", "chip-1"};

// Counts, and answers what it was told last.
struct Script {
  std::atomic<int> asked = 0;
  std::function<tl::expected<Fetched, Miss>()> answer;

  std::shared_ptr<Source> AsSource(std::string name) {
    return MakeSource(std::move(name),
                      [this](const Key&, const RequestContext&) {
                        ++asked;
                        return answer();
                      });
  }
  void Find(std::string text, std::optional<int64_t> expires = {}) {
    answer = [=]() -> tl::expected<Fetched, Miss> {
      return Fetched{ToBytes(text), expires, {{"x-chain", "pem"}}};
    };
  }
  void Say(ErrorCode code, std::string message,
           std::optional<int64_t> retry_after_s = {}) {
    answer = [=]() -> tl::expected<Fetched, Miss> {
      return tl::unexpected<Miss>(
          Miss{Error{code, message, nullptr, {}}, retry_after_s});
    };
  }
};

class CollateralTest : public testing::Test {
 protected:
  CollateralTest() {
    context_.clock = &clock_;
    first_.Say(ErrorCode::kNotFound, "no file");
    second_.Find("der");
    Restart({});
  }

  // A new cache over the same store, as after a restart.
  void Restart(const Limits& limits) {
    cache_ = std::make_unique<Collateral>(limits, clock_, store_);
    cache_->AddSource("snp.vcek", first_.AsSource("offline"));
    cache_->AddSource("snp.vcek", second_.AsSource("KDS"));
  }
  std::string Get(const Key& key = kKey) {
    const auto object = cache_->Get(key, context_);
    return object ? ToText((*object)->bytes)
                  : std::string(ErrorCodeName(object.error().code));
  }
  int64_t Now() const { return clock_.UnixSeconds(); }

  ManualClock clock_{1'800'000'000};
  RequestContext context_;
  std::shared_ptr<storage::Store> store_ = storage::MakeMemoryStore(clock_);
  Script first_;
  Script second_;
  std::unique_ptr<Collateral> cache_;
};

TEST_F(CollateralTest, AsksSourcesInOrderAndKeepsTheObject) {
  const auto object = cache_->Get(kKey, context_).value();
  EXPECT_EQ(ToText(object->bytes), "der");
  EXPECT_EQ(object->key, kKey);
  EXPECT_EQ(object->source, "KDS");
  EXPECT_EQ(object->headers.at("x-chain"), "pem");
  EXPECT_EQ(object->fetched_unix_s, Now());
  EXPECT_EQ(object->expires_unix_s, Now() + Limits{}.default_ttl_s);
  EXPECT_EQ(cache_->Get(kKey, context_).value(), object);
  EXPECT_EQ(first_.asked, 1);
  EXPECT_EQ(second_.asked, 1);
  EXPECT_EQ(cache_->counters().hits, 1u);
  EXPECT_EQ(cache_->counters().objects, 1u);
}

TEST_F(CollateralTest, TheFirstAnswerIsEnough) {
  first_.Find("local");
  EXPECT_EQ(Get(), "local");
  EXPECT_EQ(second_.asked, 0);
}

TEST_F(CollateralTest, ExpiryIsTheSourcesWithinBounds) {
  const struct {
    const char* name;
    int64_t asked_s;
    int64_t want_s;
  } cases[] = {{"as asked", 5000, 5000},
               {"past", -100, Limits{}.min_ttl_s},
               {"far", int64_t{1} << 40, Limits{}.max_ttl_s}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    second_.Find("der", Now() + c.asked_s);
    const Key key{"snp.vcek", c.name};
    EXPECT_EQ(cache_->Get(key, context_).value()->expires_unix_s,
              Now() + c.want_s);
  }
}

TEST_F(CollateralTest, AsksAgainWhenExpired) {
  second_.Find("old", Now() + 100);
  EXPECT_EQ(Get(), "old");
  second_.Find("new", Now() + 1000);
  clock_.Advance(seconds(99));
  EXPECT_EQ(Get(), "old");
  clock_.Advance(seconds(1));
  EXPECT_EQ(Get(), "new");
}

TEST_F(CollateralTest, ErrorsSayWhatEachSourceSaid) {
  const struct {
    const char* name;
    ErrorCode first;
    ErrorCode second;
    ErrorCode want;
  } cases[] = {
      {"none has it", ErrorCode::kNotFound, ErrorCode::kNotFound,
       ErrorCode::kNotFound},
      {"one is down", ErrorCode::kNotFound, ErrorCode::kUnavailable,
       ErrorCode::kUnavailable},
      {"one is down, first", ErrorCode::kUnavailable, ErrorCode::kNotFound,
       ErrorCode::kUnavailable},
      {"nonsense", ErrorCode::kUnavailable, ErrorCode::kBadPeer,
       ErrorCode::kBadPeer},
      {"a slow source", ErrorCode::kNotFound, ErrorCode::kDeadline,
       ErrorCode::kUnavailable},
      {"too large", ErrorCode::kNotFound, ErrorCode::kTooLarge,
       ErrorCode::kTooLarge},
  };
  for (const auto& c : cases) {
    first_.Say(c.first, "said one");
    second_.Say(c.second, "said two");
    const auto object = cache_->Get({"snp.vcek", c.name}, context_);
    ASSERT_FALSE(object);
    EXPECT_EQ(object.error().code, c.want) << c.name;
    EXPECT_EQ(object.error().message, "collateral snp.vcek/" +
                                          std::string(c.name) +
                                          ": offline: said one; KDS: said two");
  }
}

TEST_F(CollateralTest, FailuresAreBelievedForAShortTime) {
  second_.Say(ErrorCode::kUnavailable, "down");
  EXPECT_EQ(Get(), "unavailable");
  EXPECT_EQ(Get(), "unavailable");
  EXPECT_EQ(second_.asked, 1);
  second_.Find("der");
  clock_.Advance(seconds(Limits{}.failure_ttl_s));
  EXPECT_EQ(Get(), "der");

  second_.Say(ErrorCode::kNotFound, "no");
  const Key other{"snp.vcek", "other"};
  EXPECT_EQ(Get(other), "not_found");
  second_.Find("der");
  clock_.Advance(seconds(Limits{}.not_found_ttl_s - 1));
  EXPECT_EQ(Get(other), "not_found");
  clock_.Advance(seconds(1));
  EXPECT_EQ(Get(other), "der");
}

TEST_F(CollateralTest, RetryAfterSparesTheSourceForAllObjects) {
  second_.Say(ErrorCode::kUnavailable, "429", 600);
  EXPECT_EQ(Get(), "unavailable");
  second_.Find("der");
  const auto other = cache_->Get({"snp.vcek", "other"}, context_);
  EXPECT_NE(other.error().message.find("not to be asked for another 600 s"),
            std::string::npos);
  clock_.Advance(seconds(599));
  EXPECT_EQ(Get(), "unavailable");
  EXPECT_EQ(second_.asked, 1);
  EXPECT_EQ(first_.asked, 3);  // the other source is asked as before
  clock_.Advance(seconds(Limits{}.failure_ttl_s));
  EXPECT_EQ(Get(), "der");
}

TEST_F(CollateralTest, RetryAfterIsCut) {
  second_.Say(ErrorCode::kUnavailable, "429", int64_t{1} << 40);
  EXPECT_EQ(Get(), "unavailable");
  second_.Find("der");
  clock_.Advance(seconds(Limits{}.max_retry_after_s));
  EXPECT_EQ(Get(), "der");
}

TEST_F(CollateralTest, SurvivesARestart) {
  second_.Find("der", Now() + 500);
  EXPECT_EQ(Get(), "der");
  Restart({});
  second_.Say(ErrorCode::kUnavailable, "down");
  const auto object = cache_->Get(kKey, context_).value();
  EXPECT_EQ(ToText(object->bytes), "der");
  EXPECT_EQ(object->source, "KDS");
  EXPECT_EQ(object->headers.at("x-chain"), "pem");
  EXPECT_EQ(cache_->counters().store_hits, 1u);
  EXPECT_EQ(cache_->counters().fetches, 0u);
  clock_.Advance(seconds(500));
  EXPECT_EQ(Get(), "unavailable");
}

TEST_F(CollateralTest, ABadRecordIsAskedForAgain) {
  EXPECT_EQ(Get(), "der");
  ASSERT_TRUE(store_->Set(RecordKey(kKey), AsBytes("{}\nevil")));
  Restart({});
  EXPECT_EQ(Get(), "der");
  EXPECT_EQ(cache_->counters().store_errors, 1u);
  EXPECT_EQ(second_.asked, 2);
}

TEST_F(CollateralTest, ForgetAsksAgainButNotAtOnce) {
  EXPECT_EQ(Get(), "der");
  second_.Find("new");
  cache_->Forget(kKey);
  EXPECT_EQ(Get(), "der");
  clock_.Advance(seconds(Limits{}.min_ttl_s));
  cache_->Forget(kKey);
  EXPECT_EQ(Get(), "new");
  EXPECT_EQ(second_.asked, 2);
}

TEST_F(CollateralTest, UnknownKindsAreRefused) {
  const auto object = cache_->Get({"nobody", "x"}, context_);
  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(object.error().message,
            "collateral nobody/x: no source is configured");
}

TEST_F(CollateralTest, AThrowingSourceIsAnError) {
  first_.answer = []() -> tl::expected<Fetched, Miss> {
    throw std::runtime_error("oops");
  };
  second_.Say(ErrorCode::kNotFound, "no");
  EXPECT_EQ(Get(), "internal");
}

TEST_F(CollateralTest, ADeadRequestAsksNobody) {
  context_.deadline = clock_.Steady();
  EXPECT_EQ(Get(), "deadline");
  EXPECT_EQ(first_.asked, 0);
}

TEST_F(CollateralTest, OneRequestsDeadlineIsNotAnothersAnswer) {
  second_.answer = [&]() -> tl::expected<Fetched, Miss> {
    clock_.Advance(seconds(10));
    return Missed(ErrorCode::kDeadline, "cut");
  };
  RequestContext hurried = context_;
  hurried.deadline = clock_.Steady() + seconds(5);
  EXPECT_EQ(cache_->Get(kKey, hurried).error().code, ErrorCode::kDeadline);
  second_.Find("der");
  EXPECT_EQ(Get(), "der");  // not kept as a failure
}

TEST_F(CollateralTest, KeepsWithinItsBounds) {
  store_ = nullptr;
  Limits limits;
  limits.max_objects = 3;
  Restart(limits);
  for (const char* id : {"a", "b", "c"}) Get({"snp.vcek", id});
  Get({"snp.vcek", "a"});  // used again: b is now the oldest
  Get({"snp.vcek", "d"});
  EXPECT_EQ(cache_->counters().objects, 3u);
  const int before = second_.asked;
  for (const char* id : {"a", "c", "d"}) Get({"snp.vcek", id});
  EXPECT_EQ(second_.asked, before);
  Get({"snp.vcek", "b"});
  EXPECT_EQ(second_.asked, before + 1);
}

// Threads that ask for one object while its fetch is held up.
class Coalescing : public testing::Test {
 protected:
  static constexpr int kThreads = 8;

  Coalescing() {
    cache_.AddSource(
        "snp.vcek",
        MakeSource("slow", [this](const Key& key, const RequestContext& c) {
          return Slow(key, c);
        }));
  }

  tl::expected<Fetched, Miss> Slow(const Key&, const RequestContext& context) {
    std::unique_lock lock(mutex_);
    ++asked_;
    started_.notify_all();
    go_.wait(lock, context.stop, [&] { return open_; });
    if (context.stop.stop_requested()) {
      return Missed(ErrorCode::kUnavailable, "cancelled");
    }
    return Fetched{ToBytes("der"), {}, {}};
  }
  void WaitUntilAsked(int times) {
    std::unique_lock lock(mutex_);
    started_.wait(lock, [&] { return asked_ >= times; });
  }
  void WaitUntilWaiting(uint64_t count) {
    while (cache_.counters().waits < count) std::this_thread::yield();
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    go_.notify_all();
  }
  RequestContext Context(std::stop_token stop = {}) const {
    RequestContext context;
    context.clock = &clock_;
    context.stop = std::move(stop);
    return context;
  }

  const SystemClock clock_;
  Collateral cache_{Limits{}, clock_};
  std::mutex mutex_;
  std::condition_variable_any started_;
  std::condition_variable_any go_;
  int asked_ = 0;
  bool open_ = false;
};

TEST_F(Coalescing, ManyThreadsOneFetch) {
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const auto object = cache_.Get(kKey, Context());
      if (object && ToText((*object)->bytes) == "der") ++good;
    });
  }
  WaitUntilWaiting(kThreads - 1);
  Open();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, kThreads);
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(cache_.counters().fetches, 1u);
  EXPECT_EQ(cache_.counters().waits, static_cast<uint64_t>(kThreads - 1));
}

TEST_F(Coalescing, AWaiterGoesWhenItsOwnRequestEnds) {
  std::thread leader([&] { EXPECT_TRUE(cache_.Get(kKey, Context())); });
  WaitUntilAsked(1);
  std::stop_source stop;
  std::thread waiter([&] {
    EXPECT_EQ(cache_.Get(kKey, Context(stop.get_token())).error().code,
              ErrorCode::kUnavailable);
  });
  WaitUntilWaiting(1);
  stop.request_stop();
  waiter.join();  // although the fetch is still held up
  RequestContext hurried = Context();
  hurried.deadline = clock_.Steady() + std::chrono::milliseconds(5);
  EXPECT_EQ(cache_.Get(kKey, hurried).error().code, ErrorCode::kDeadline);
  Open();
  leader.join();
  EXPECT_EQ(asked_, 1);
}

TEST_F(Coalescing, AWaiterTakesOverFromALeaderThatGaveUp) {
  std::stop_source stop;
  std::thread leader([&] {
    EXPECT_EQ(cache_.Get(kKey, Context(stop.get_token())).error().code,
              ErrorCode::kUnavailable);
  });
  WaitUntilAsked(1);
  std::thread waiter([&] { EXPECT_TRUE(cache_.Get(kKey, Context())); });
  WaitUntilWaiting(1);
  stop.request_stop();
  WaitUntilAsked(2);
  Open();
  leader.join();
  waiter.join();
}

TEST_F(Coalescing, DifferentObjectsDoNotWaitForEachOther) {
  std::thread one([&] {
    EXPECT_TRUE(cache_.Get({"snp.vcek", "1"}, Context()));
  });
  std::thread two([&] {
    EXPECT_TRUE(cache_.Get({"snp.vcek", "2"}, Context()));
  });
  WaitUntilAsked(2);  // both, while both are held up
  Open();
  one.join();
  two.join();
  EXPECT_EQ(cache_.counters().waits, 0u);
}

TEST_F(Coalescing, ManyThreadsManyObjects) {
  Open();
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) {
        const Key key{"snp.vcek", std::to_string(j % 10)};
        EXPECT_TRUE(cache_.Get(key, Context()));
        if (j % 7 == 0) cache_.Forget(key);
        (void)cache_.counters();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(cache_.counters().objects, 10u);
  EXPECT_EQ(asked_, 10);
}

}  // namespace
}  // namespace vouchsafe::collateral
