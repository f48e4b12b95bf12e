#include "as/take_over.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "as/test_service.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::as {
namespace {

void WriteFile(const std::string& path, std::string_view text) {
  std::filesystem::create_directories(
      std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

constexpr const char* kMine =
    "package policy\ntrust_claims := {\"hardware\": 2}\n";

TEST(TakeOver, PoliciesOfAnOlderService) {
  const vouchsafe::testing::TempDir dir;
  WriteFile(dir.path() + "/opa/mine.rego", kMine);
  WriteFile(dir.path() + "/opa/other_gpu.rego", kMine);
  WriteFile(dir.path() + "/opa/default_cpu.rego", kMine);
  WriteFile(dir.path() + "/opa/old.rego", "package policy\nhardware := 2\n");
  WriteFile(dir.path() + "/opa/notes.txt", "no policy");
  AsConfig config;
  config.old_policy_dir = dir.path();
  TestService service(config);
  const auto text = [&](const char* id) {
    return service->GetPolicy(id, service.Context());
  };
  EXPECT_EQ(*text("mine_cpu"), kMine) << "every policy was the CPU's";
  EXPECT_EQ(*text("other_gpu"), kMine);
  EXPECT_EQ(*text("default_cpu"), kMine) << "what decided there decides here";
  EXPECT_FALSE(text("old_cpu")) << "it would never answer";
  EXPECT_FALSE(text("notes_cpu"));
}

TEST(TakeOver, PoliciesOfSimpleTokensInTheirOwnLanguage) {
  const vouchsafe::testing::TempDir dir;
  WriteFile(dir.path() + "/opa/mine.rego", "package policy\nallow { true }\n");
  AsConfig config;
  config.token_form = ear::TokenForm::kSimple;
  config.old_policy_dir = dir.path();
  TestService service(config);
  EXPECT_TRUE(service.Claims({{SampleRequest()}, {"mine"}}).is_object());
}

TEST(TakeOver, WhatTheStoreHasStays) {
  const vouchsafe::testing::TempDir dir;
  const vouchsafe::testing::TempDir state;
  AsConfig config;
  config.storage.type = storage::StorageType::kLocalFs;
  config.storage.local_fs = storage::StorageConfig::Dir{state.path()};
  const std::string edited = std::string(kMine) + "# edited\n";
  {
    TestService service(config);
    ASSERT_TRUE(service.SetPolicy("mine_cpu", edited));
    service.Register(R"({"svn":["7"]})");
  }
  WriteFile(dir.path() + "/opa/mine.rego", kMine);
  WriteFile(dir.path() + "/values.json",
            R"([{"version":"0.1.0","name":"svn","expiration":)"
            R"("2099-01-01T00:00:00Z","value":["1"]},)"
            R"({"version":"0.1.0","name":"digest","expiration":)"
            R"("2099-01-01T00:00:00Z","hash-value":[{"alg":"sha384",)"
            R"("value":"aa"}]}])");
  config.old_policy_dir = dir.path();
  config.old_reference_value_path = dir.path() + "/values.json";
  TestService service(config);
  EXPECT_EQ(*service->GetPolicy("mine_cpu", service.Context()), edited);
  EXPECT_EQ(
      json::Write(**service->QueryReferenceValue("svn", service.Context())),
      R"(["7"])");
  EXPECT_EQ(
      json::Write(**service->QueryReferenceValue("digest", service.Context())),
      R"(["aa"])");
}

TEST(TakeOver, AFileThatIsSomethingElseIsAnError) {
  const vouchsafe::testing::TempDir dir;
  ManualClock clock(1);
  NullLogger logger;
  const auto store = storage::MakeMemoryStore(clock);
  const std::string path = dir.path() + "/values.json";
  EXPECT_TRUE(TakeOverReferenceValues(path, *store, logger)) << "none is none";
  for (const char* text : {"", "{", "{}", "[1]", R"([{"name":"a"}])"}) {
    WriteFile(path, text);
    EXPECT_FALSE(TakeOverReferenceValues(path, *store, logger)) << text;
  }
  EXPECT_TRUE(store->ListAll()->empty());
}

}  // namespace
}  // namespace vouchsafe::as
