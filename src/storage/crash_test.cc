// Crashes at every operation: nothing that was answered is lost, nothing is
// torn, no batch is half there.

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "storage/local_fs.h"
#include "storage/local_json.h"
#include "tests/fake/fault_env.h"

namespace vouchsafe::storage {
namespace {

using fake::AfterCrash;
using fake::FaultEnv;
using State = std::map<std::string, std::string>;
using Opener = decltype(&OpenLocalFs);

// One call that changes the store, and what it makes of a state.
struct Act {
  const char* name;
  std::function<bool(Store&)> call;  // answered that it did
  std::function<void(State&)> effect;
};

const std::string kLongKey(300, 'k');

std::vector<Act> Script(int64_t now) {
  const auto set = [](const char* name, std::string key, std::string value,
                      SetOptions options = {}) {
    return Act{name,
               [=](Store& store) {
                 const auto outcome = store.Set(key, AsBytes(value), options);
                 return outcome && *outcome == SetOutcome::kStored;
               },
               [=](State& state) { state[key] = value; }};
  };
  std::vector<Act> script;
  script.push_back(set("insert", "a/b", std::string(50, '1')));
  script.push_back(set("replace", "a/b", std::string(90, '2')));
  script.push_back(set("long key", kLongKey, "long"));
  script.push_back(set("dated", "dated", "first",
                       SetOptions{SetMode::kAny, {}, now + 1000}));
  script.push_back(
      set("dated again", "dated", "second",
          SetOptions{SetMode::kIfEqual, ToBytes("first"), now + 2000}));
  script.push_back(set("no longer dated", "dated", "third"));
  script.push_back(
      Act{"batch",
          [=](Store& store) {
            const std::vector<Change> changes = {
                {"a/b", std::nullopt},
                {"x", ToBytes("batch x")},
                {kLongKey, ToBytes("batch long")},
                {"y", ToBytes("batch y"), {SetMode::kIfAbsent, {}, now + 500}}};
            return store.Apply(changes).has_value();
          },
          [](State& state) {
            state.erase("a/b");
            state["x"] = "batch x";
            state[kLongKey] = "batch long";
            state["y"] = "batch y";
          }});
  script.push_back(Act{
      "delete", [](Store& store) { return store.Delete(kLongKey).has_value(); },
      [](State& state) { state.erase(kLongKey); }});
  script.push_back(set("after all", "z", "end"));
  return script;
}

State Contents(const Store& store) {
  State state;
  const std::vector<std::string> keys = store.ListAll().value();
  for (const std::string& key : keys) {
    state[key] = ToText(store.Get(key).value().value());
  }
  return state;
}

struct Case {
  const char* name;
  Opener open;
  Durability durability;
  AfterCrash after;
};

class Crash : public testing::TestWithParam<Case> {
 protected:
  static constexpr int64_t kNow = 1'800'000'000;

  Result<std::shared_ptr<Store>> Open(FaultEnv& env) {
    return GetParam().open(env, clock_, "/s", "space", GetParam().durability);
  }

  // Runs the script until something is not answered. `must` is what was
  // answered, `may` also has the effect of the act that was not.
  void Run(FaultEnv& env, State& must, State& may) {
    const Result<std::shared_ptr<Store>> store = Open(env);
    if (!store) return;
    for (const Act& act : Script(kNow)) {
      act.effect(may);
      if (!act.call(**store)) return;
      act.effect(must);
    }
  }

  ManualClock clock_{kNow};
};

TEST_P(Crash, NothingAnsweredIsLostOrTorn) {
  FaultEnv whole;
  State want;
  State same;
  Run(whole, want, same);
  ASSERT_EQ(want.size(), 4u);
  ASSERT_EQ(Contents(*Open(whole).value()), want);
  ASSERT_GT(whole.operations(), 15);
  for (int at = 0; at < whole.operations(); ++at) {
    SCOPED_TRACE(at);
    FaultEnv env;
    env.CrashAt(at);
    State must;
    State may;
    Run(env, must, may);
    ASSERT_TRUE(env.crashed());
    env.Restart(GetParam().after);
    const Result<std::shared_ptr<Store>> store = Open(env);
    ASSERT_TRUE(store) << store.error().Text();
    const State found = Contents(**store);
    EXPECT_TRUE(found == must || found == may)
        << ::testing::PrintToString(found);
    // And it works on: also a crash at each step of the recovery is in here,
    // since Open and the first write of the next rounds pass them.
    ASSERT_TRUE((*store)->Set("later", AsBytes("v")));
    EXPECT_EQ((*store)->Get("later").value(), ToBytes("v"));
  }
}

TEST_P(Crash, CrashesDuringRecoveryTooLoseNothing) {
  FaultEnv whole;
  State ignored;
  State ignored_too;
  Run(whole, ignored, ignored_too);
  for (int at = 0; at < whole.operations(); ++at) {
    for (int second = 0; second < 12; ++second) {
      FaultEnv env;
      env.CrashAt(at);
      State must;
      State may;
      Run(env, must, may);
      env.Restart(GetParam().after);
      env.CrashAt(env.operations() + second);
      (void)Open(env);
      env.Restart(GetParam().after);
      const State found = Contents(*Open(env).value());
      EXPECT_TRUE(found == must || found == may)
          << at << " " << second << ::testing::PrintToString(found);
    }
  }
}

// A full disk, not a crash: the same instance goes on.
TEST_P(Crash, AFailedOperationLeavesOldOrNew) {
  FaultEnv whole;
  State ignored;
  State ignored_too;
  Run(whole, ignored, ignored_too);
  for (int at = 0; at < whole.operations(); ++at) {
    SCOPED_TRACE(at);
    FaultEnv env;
    env.FailAt(at);
    const Result<std::shared_ptr<Store>> store = Open(env);
    if (!store) continue;
    State without;
    State with;
    for (const Act& act : Script(kNow)) {
      act.effect(with);
      if (!act.call(**store)) {
        const State found = Contents(**store);
        EXPECT_TRUE(found == without || found == with)
            << act.name << ::testing::PrintToString(found);
        without = found;
        with = found;
        continue;
      }
      act.effect(without);
      EXPECT_EQ(Contents(**store), without) << act.name;
      with = without;
    }
  }
}

constexpr auto kSync = Durability::kPowerLoss;
const Case kCases[] = {
    {"LocalFsKilled", OpenLocalFs, kSync, AfterCrash::kKeepAll},
    {"LocalFsPowerLoss", OpenLocalFs, kSync, AfterCrash::kLoseAll},
    {"LocalFsTorn", OpenLocalFs, kSync, AfterCrash::kTorn},
    {"LocalFsNoSyncKilled", OpenLocalFs, Durability::kKill,
     AfterCrash::kKeepAll},
    {"LocalJsonKilled", OpenLocalJson, kSync, AfterCrash::kKeepAll},
    {"LocalJsonPowerLoss", OpenLocalJson, kSync, AfterCrash::kLoseAll},
    {"LocalJsonTorn", OpenLocalJson, kSync, AfterCrash::kTorn},
    {"LocalJsonNoSyncKilled", OpenLocalJson, Durability::kKill,
     AfterCrash::kKeepAll},
};

std::string CaseName(const testing::TestParamInfo<Case>& param) {
  return param.param.name;
}
INSTANTIATE_TEST_SUITE_P(Backends, Crash, testing::ValuesIn(kCases), CaseName);

}  // namespace
}  // namespace vouchsafe::storage
