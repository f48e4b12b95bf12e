// main of every test program. Beside gtest's own flags:
//   --waive_check=ID      that named check passes whatever it found (presets
//                         dev and asan-ubsan only; an unknown id: exit 2)
//   --record_checks=FILE  appends "TEST<tab>CHECK" for each check that a test
//                         saw fail (scripts/prove-checks reads it)

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "catalog/checks.h"
#include "checks/check_log.h"

namespace {

#ifdef VOUCHSAFE_WAIVABLE
// Failures seen by the running test. Checks may fail on server threads too.
std::mutex& SeenMutex() {
  static std::mutex mutex;
  return mutex;
}
std::set<std::string>& Seen() {
  static std::set<std::string> seen;
  return seen;
}

class Recorder : public testing::EmptyTestEventListener {
 public:
  explicit Recorder(const std::string& path) : out_(path, std::ios::app) {}
  void OnTestEnd(const testing::TestInfo& info) override {
    const std::lock_guard lock(SeenMutex());
    for (const std::string& id : Seen()) {
      out_ << info.test_suite_name() << '.' << info.name() << '\t' << id
           << '\n';
    }
    out_.flush();
    Seen().clear();
  }

 private:
  std::ofstream out_;
};
#endif

// The value of --name=value, taken out of argv; nullptr when not there.
const char* TakeFlag(int* argc, char** argv, std::string_view name) {
  for (int i = 1; i < *argc; ++i) {
    const std::string_view arg = argv[i];
    if (!arg.starts_with(name)) continue;
    const char* value = argv[i] + name.size();
    for (int j = i; j + 1 < *argc; ++j) argv[j] = argv[j + 1];
    --*argc;
    return value;
  }
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  const char* waive = TakeFlag(&argc, argv, "--waive_check=");
  const char* record = TakeFlag(&argc, argv, "--record_checks=");
  testing::InitGoogleTest(&argc, argv);
#ifdef VOUCHSAFE_WAIVABLE
  if (waive != nullptr) {
    if (vouchsafe::FindCheck(waive) == nullptr) {
      std::fprintf(stderr, "--waive_check: no check has the id \"%s\"\n",
                   waive);
      return 2;
    }
    vouchsafe::WaiveCheckForTests(waive);
  }
  if (record != nullptr) {
    vouchsafe::ObserveCheckFailuresForTests([](const vouchsafe::Check& check) {
      const std::lock_guard lock(SeenMutex());
      Seen().insert(std::string(check.id));
    });
    testing::UnitTest::GetInstance()->listeners().Append(new Recorder(record));
  }
#else
  if (waive != nullptr || record != nullptr) {
    std::fprintf(stderr, "this build cannot waive checks: use preset dev\n");
    return 2;
  }
#endif
  return RUN_ALL_TESTS();
}
