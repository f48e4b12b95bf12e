#include <gtest/gtest.h>

#include "config/config.h"
#include "config/test_schema.h"
#include "json/write.h"

namespace vouchsafe::config {
namespace {

using testing_schema::kSchema;

Document ReadToml(std::string_view text) {
  return *Document::Read(kSchema, *ParseSource(text, Format::kToml, "f.toml"));
}

constexpr std::string_view kFile = R"(
sockets = ["a:1"]
[http_server]
private_key = "tab\t\u007f"
[token.signer]
key_path = "k"
password = "hush"
[[plugins]]
name = "resource"
[[plugins]]
name = "echo"
endpoint = "http://e"
extra = {"a b" = [1, {c = 2024-05-06}], d = {}, e = 1.5}
)";

TEST(Print, EffectiveValuesWithSecretsMasked) {
  EXPECT_EQ(Print(ReadToml(kFile)), R"(mode = "DenyAll"

[http_server]
sockets = ["a:1"]
insecure_http = false
private_key = "tab\t\u007f"
profile = "intermediate"

[token]
duration_min = 5

[token.signer]
key_path = "k"
password = "***"

[[plugins]]
name = "resource"
type = "Memory"

[[plugins]]
name = "echo"
endpoint = "http://e"
extra = { "a b" = [1, { c = 2024-05-06 }], d = {}, e = 1.5 }
)");
}

TEST(Print, ReadsBackAsTheSame) {
  const std::string text = Print(ReadToml(kFile));
  EXPECT_EQ(Print(ReadToml(text)), text);
}

TEST(Reference, HasEveryTableAndKey) {
  const std::string page = Reference(kSchema);
  for (const char* part :
       {"# Test\n", "## Top level\n", "## `[http_server]`\n\nFront door.\n",
        "## `[token.signer]`\n", "## `[[plugins]]`\n",
        "| `sockets` | array of strings | `[\"127.0.0.1:8080\"]` | Addresses "
        "to listen on. Formerly top-level `sockets`. |\n",
        "| `worker_count` | integer, 1 to 1024 | - | Threads. |\n",
        "| `type` | one of LocalFs, Memory | `Memory` | Store. Only with "
        "`name` = `resource`. Formerly `backend`. |\n",
        "| `dir_path` | string | `/repository` | Folder. Only with `name` = "
        "`resource` and `type` = `LocalFs`. Formerly `path`. |\n",
        "| `token` | table | - | Tokens \\| claims. Formerly top-level "
        "`attestation_token_config`. |\n",
        "| `http_server` | table | required | Front door. |\n",
        "| `duration_min` | integer, at least 0 | `5` | Minutes. Formerly "
        "`duration`, top-level `token_duration`. |\n"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part << "\n" << page;
  }
}

TEST(CheckSchema, FindsMistakesInTables) {
  EXPECT_TRUE(CheckSchema(kSchema));
  static constexpr Key kTwice[] = {{.name = "a", .sentence = "x"},
                                   {.name = "a", .sentence = "x"}};
  static constexpr Key kNoName[] = {{.name = "", .sentence = "x"}};
  static constexpr Key kDotted[] = {{.name = "a.b", .sentence = "x"}};
  static constexpr Key kSilent[] = {{.name = "a"}};
  static constexpr Key kNumber[] = {{.name = "a",
                                     .type = Type::kInteger,
                                     .fallback = "5",
                                     .sentence = "x",
                                     .min = 6}};
  static constexpr Key kBool[] = {
      {.name = "a", .type = Type::kBool, .fallback = "yes", .sentence = "x"}};
  static constexpr Key kList[] = {
      {.name = "a", .type = Type::kStrings, .fallback = "1", .sentence = "x"}};
  static constexpr Key kEnum[] = {
      {.name = "a", .fallback = "c", .sentence = "x", .values = "b"}};
  static constexpr Key kLate[] = {{.name = "a", .sentence = "x", .when = "b=1"},
                                  {.name = "b", .sentence = "x"}};
  static constexpr Key kNever[] = {
      {.name = "a", .sentence = "x", .values = "B,b"},
      {.name = "c", .sentence = "x", .when = "a=b"}};
  static constexpr Key kNoEquals[] = {
      {.name = "a", .sentence = "x"},
      {.name = "c", .sentence = "x", .when = "a"}};
  for (const Keys keys :
       {Keys(kTwice), Keys(kNoName), Keys(kDotted), Keys(kSilent),
        Keys(kNumber), Keys(kBool), Keys(kList), Keys(kEnum), Keys(kLate),
        Keys(kNever), Keys(kNoEquals)}) {
    const Schema schema{.title = "t", .keys = keys};
    EXPECT_FALSE(CheckSchema(schema)) << keys.begin()->name;
  }
}

}  // namespace
}  // namespace vouchsafe::config
