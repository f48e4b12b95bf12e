#include "config/config.h"

#include <gtest/gtest.h>

#include <fstream>

#include "config/table.h"
#include "config/test_schema.h"
#include "json/write.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::config {
namespace {

using testing_schema::kSchema;

Result<Document> ReadToml(std::string_view text,
                          const ReadOptions& options = {}) {
  Source source = TRY(ParseSource(text, Format::kToml, "f.toml"));
  return Document::Read(kSchema, std::move(source), options);
}

// "good", with its warnings on lines below; or the error.
std::string Report(std::string_view text, const ReadOptions& options = {}) {
  const auto document = ReadToml(text, options);
  if (!document) return document.error().Text();
  std::string report = "good";
  for (const std::string& warning : document->warnings()) {
    report += "\n" + warning;
  }
  return report;
}

TEST(Document, DefaultsWithoutAnything) {
  const auto document = ReadToml("[http_server]");
  ASSERT_TRUE(document) << document.error().Text();
  const Section http = document->root().Table("http_server");
  EXPECT_EQ(http.Strings("sockets"),
            std::vector<std::string>{"127.0.0.1:8080"});
  EXPECT_FALSE(http.Bool("insecure_http"));
  EXPECT_EQ(http.OptionalBool("insecure_http"), false);
  EXPECT_EQ(http.OptionalString("private_key"), std::nullopt);
  EXPECT_EQ(http.String("private_key"), "");
  EXPECT_EQ(http.OptionalInt("worker_count"), std::nullopt);
  EXPECT_EQ(http.String("profile"), "intermediate");
  EXPECT_FALSE(http.IsSet("profile"));
  EXPECT_EQ(document->root().Int("token.duration_min"), 5);
  EXPECT_FALSE(document->root().Table("token").present());
  EXPECT_EQ(document->root().OptionalTable("token.signer"), std::nullopt);
  EXPECT_TRUE(document->root().Tables("plugins").empty());
  EXPECT_TRUE(document->warnings().empty());
}

TEST(Document, ValuesFromTheFile) {
  const auto document = ReadToml(R"(
[http_server]
sockets = ["a:1", "b:2"]
insecure_http = true
private_key = "k.pem"
worker_count = 4
[token]
signer.key_path = "s.pem"
[[plugins]]
name = "resource"
type = "local_fs"
dir_path = "/x"
[[plugins]]
name = "echo"
endpoint = "http://e"
extra = {a = [1, 2.5]}
)");
  ASSERT_TRUE(document) << document.error().Text();
  const Section root = document->root();
  EXPECT_EQ(root.Strings("http_server.sockets"),
            (std::vector<std::string>{"a:1", "b:2"}));
  EXPECT_TRUE(root.Bool("http_server.insecure_http"));
  EXPECT_TRUE(root.IsSet("http_server.insecure_http"));
  EXPECT_EQ(root.OptionalString("http_server.private_key"), "k.pem");
  EXPECT_EQ(root.Uint("http_server.worker_count"), 4u);
  EXPECT_EQ(root.OptionalTable("token.signer")->String("key_path"), "s.pem");
  const auto plugins = root.Tables("plugins");
  ASSERT_EQ(plugins.size(), 2u);
  EXPECT_EQ(plugins[0].path(), "plugins[0]");
  EXPECT_EQ(plugins[0].String("type"), "LocalFs");
  EXPECT_EQ(plugins[0].String("dir_path"), "/x");
  EXPECT_EQ(plugins[1].String("name"), "echo");
  EXPECT_EQ(json::Write(plugins[1].Any("extra")), R"({"a":[1,2.5]})");
  EXPECT_TRUE(plugins[0].Any("extra").is_null());
}

TEST(Document, ProblemsNameKeyLineWantAndGot) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"", "f.toml: http_server: missing"},
      {"http_server = 1", "f.toml:1: http_server: want a table, got 1"},
      {"[http_server]\nsokets = []",
       "f.toml:2: http_server.sokets: unknown key, the nearest is \"sockets\""},
      {"zzz = 1\n[http_server]", "f.toml:1: zzz: unknown key"},
      {"[http_server]\nworker_count = 0",
       "f.toml:2: http_server.worker_count: want an integer from 1 to 1024, "
       "got 0"},
      {"[http_server]\nworker_count = 1.5",
       "f.toml:2: http_server.worker_count: want an integer from 1 to 1024, "
       "got 1.5"},
      {"[http_server]\nprofile = \"strong\"",
       "f.toml:2: http_server.profile: want one of old, intermediate, modern, "
       "got \"strong\""},
      {"[http_server]\ninsecure_http = \"maybe\"",
       "f.toml:2: http_server.insecure_http: want true or false, got "
       "\"maybe\""},
      {"[http_server]\nsockets = \"a\"",
       "f.toml:2: http_server.sockets: want an array of strings, got \"a\""},
      {"[http_server]\nsockets = [[]]",
       "f.toml:2: http_server.sockets[0]: want a string, got array"},
      {"[http_server]\nprivate_key = []",
       "f.toml:2: http_server.private_key: want a string, got array"},
      {"[http_server]\n[token]\nduration_min = -1",
       "f.toml:3: token.duration_min: want an integer of at least 0, got -1"},
      {"[http_server]\n[token.signer]\npassword = [1]",
       "f.toml: token.signer.key_path: missing\n"
       "f.toml:3: token.signer.password: want a string, got array"},
      {"[http_server]\n[plugins]",
       "f.toml:2: plugins: want an array of tables, got object"},
      {"plugins = [1]\n[http_server]",
       "f.toml:1: plugins[0]: want a table, got 1"},
      {"[http_server]\n[[plugins]]", "f.toml: plugins[0].name: missing"},
      {"[http_server]\n[[plugins]]\nname = \"echo\"",
       "f.toml: plugins[0].endpoint: missing"},
      {"[http_server]\n[[plugins]]\nname = \"resource\"\ndir_path = \"/x\"",
       "f.toml:4: plugins[0].dir_path: a key only with "
       "name=resource&type=LocalFs"},
      {"[http_server]\n[[plugins]]\nname = \"resource\"\nendpoint = \"x\"",
       "f.toml:4: plugins[0].endpoint: a key only with name=echo"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Report(c.text), c.error) << c.text;
}

TEST(Document, SecretsAreNotShownInErrors) {
  const ReadOptions strict{.coercion = Coercion::kStrict};
  EXPECT_EQ(Report("[http_server]\n[token.signer]\nkey_path = \"x\"\n"
                   "password = 12345",
                   strict),
            "f.toml:4: token.signer.password: want a string, got number");
}

TEST(Document, OldSpellingsAreTakenWithAWarning) {
  const struct {
    const char* text;
    const char* report;
  } kCases[] = {
      {"[http_server]\nplain = true",
       "good\nf.toml:2: http_server.plain: an old spelling, write "
       "\"insecure_http\" instead"},
      {"sockets = [\"a:1\"]",
       "good\nf.toml:1: sockets: an old spelling, write "
       "\"http_server.sockets\" instead"},
      {"[http_server]\n[attestation_token_config]\nduration = 7",
       "good\nf.toml:2: attestation_token_config: an old spelling, write "
       "\"token\" instead\nf.toml:3: token.duration: an old spelling, write "
       "\"duration_min\" instead"},
      {"token_duration = 7\n[http_server]",
       "good\nf.toml:1: token_duration: an old spelling, write "
       "\"token.duration_min\" instead"},
      {"work_dir = \"x\"\n[http_server]",
       "good\nf.toml:1: work_dir: ignored: policies are in the store"},
      {"insecure_api = true\n[http_server]",
       "good\nf.toml:1: insecure_api: an old spelling, write \"mode\" "
       "instead"},
      // An alias of the tag, and an old spelling that depends on it.
      {"[http_server]\n[[plugins]]\nname = \"resource\"\n"
       "backend = \"local_fs\"\npath = \"/y\"",
       "good\nf.toml:4: plugins[0].backend: an old spelling, write \"type\" "
       "instead\nf.toml:5: plugins[0].path: an old spelling, write "
       "\"dir_path\" instead"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Report(c.text), c.report) << c.text;
  EXPECT_EQ(
      ReadToml("sockets = [\"a:1\"]")->root().Strings("http_server.sockets")[0],
      "a:1");
  EXPECT_EQ(
      ReadToml("insecure_api = true\n[http_server]")->root().String("mode"),
      "InsecureAllowAll");
}

TEST(Document, OldAndNewTogetherAreAnErrorThatNamesBoth) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"[http_server]\nplain = true\ninsecure_http = true",
       "f.toml:2: http_server.plain: the old spelling of \"insecure_http\", "
       "which is given too; keep only the new one"},
      {"sockets = [\"a:1\"]\n[http_server]\nsockets = []",
       "f.toml:1: sockets: the old spelling of \"http_server.sockets\", which "
       "is given too; keep only the new one"},
      {"[http_server]\n[token]\n[attestation_token_config]",
       "f.toml:3: attestation_token_config: the old spelling of \"token\", "
       "which is given too; keep only the new one"},
      {"insecure_api = true\nmode = \"DenyAll\"\n[http_server]",
       "f.toml:1: insecure_api: the old spelling of \"mode\", which is given "
       "too; keep only the new one"},
      {"sockets = []\nhttp_server = 1",
       "f.toml:1: sockets: the old spelling of \"http_server.sockets\", but "
       "what that stands in is not a table\n"
       "f.toml:2: http_server: want a table, got 1"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Report(c.text), c.error) << c.text;
}

TEST(Document, UnknownKeysMayBeWarnings) {
  EXPECT_EQ(Report("zzz = 1\n[http_server]\nsokets = []",
                   {.unknown = UnknownKeys::kWarn}),
            "good\nf.toml:3: http_server.sokets: unknown key, the nearest is "
            "\"sockets\"; ignored\nf.toml:1: zzz: unknown key; ignored");
}

TEST(Document, ScalarsAreCoercedUnlessStrict) {
  const std::string text =
      "[http_server]\nworker_count = \"5\"\ninsecure_http = \"True\"\n"
      "private_key = 7\nsockets = [1, true]";
  const auto document = ReadToml(text);
  ASSERT_TRUE(document) << document.error().Text();
  const Section http = document->root().Table("http_server");
  EXPECT_EQ(http.Int("worker_count"), 5);
  EXPECT_TRUE(http.Bool("insecure_http"));
  EXPECT_EQ(http.String("private_key"), "7");
  EXPECT_EQ(http.Strings("sockets"), (std::vector<std::string>{"1", "true"}));
  for (const char* truth : {"1", "\"1\"", "\"yes\"", "\"on\"", "\"TRUE\""}) {
    const auto read =
        ReadToml("[http_server]\ninsecure_http = " + std::string(truth));
    ASSERT_TRUE(read) << truth;
    EXPECT_TRUE(read->root().Bool("http_server.insecure_http"));
  }
  for (const char* bad : {"2", "\"\"", "\"tru\"", "1.0"}) {
    EXPECT_FALSE(
        ReadToml("[http_server]\ninsecure_http = " + std::string(bad)));
  }
  for (const char* bad : {"\"\"", "\"-\"", "\"5 \"", "\"0x5\"", "true",
                          "\"99999999999999999999\"", "\"2000\""}) {
    EXPECT_FALSE(ReadToml("[http_server]\nworker_count = " + std::string(bad)))
        << bad;
  }
  for (const char* line : {"worker_count = \"5\"", "insecure_http = \"true\"",
                           "private_key = 7", "sockets = [1]"}) {
    EXPECT_FALSE(ReadToml("[http_server]\n" + std::string(line),
                          {.coercion = Coercion::kStrict}))
        << line;
  }
}

TEST(Document, NullIsAbsent) {
  Source source = *ParseSource(
      R"({"http_server":{"worker_count":null,"zzz":null},"token":null,
          "plugins":null,"sockets":null,"insecure_api":null})",
      Format::kJson, "f.json");
  const auto document = Document::Read(kSchema, std::move(source));
  ASSERT_TRUE(document) << document.error().Text();
  EXPECT_FALSE(document->root().IsSet("http_server.worker_count"));
  EXPECT_FALSE(document->root().IsSet("token"));
  EXPECT_TRUE(document->root().Tables("plugins").empty());
}

TEST(Document, SameMeaningInEveryFormat) {
  const auto json = Document::Read(
      kSchema, *ParseSource(R"({"http_server":{"worker_count":3}})",
                            Format::kJson, "f.json"));
  const auto yaml = Document::Read(
      kSchema,
      *ParseSource("http_server:\n  worker_count: 3", Format::kYaml, "f.yaml"));
  ASSERT_TRUE(json && yaml);
  EXPECT_EQ(json->root().Int("http_server.worker_count"), 3);
  EXPECT_EQ(yaml->root().Int("http_server.worker_count"), 3);
  const auto empty =
      Document::Read(kSchema, *ParseSource("", Format::kYaml, "f.yaml"));
  EXPECT_EQ(empty.error().Text(), "f.yaml: http_server: missing");
  const auto list =
      Document::Read(kSchema, *ParseSource("[]", Format::kJson, "f.json"));
  EXPECT_EQ(list.error().Text(), "f.json: want a table of keys, got array");
}

TEST(Document, WhatIsNotBuiltIsSaidAlone) {
  const auto later = ReadToml(
      "[http_server]\n[[plugins]]\nname = \"Later\"\nsecret_url = \"x\"\n");
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(later.error().Text(),
            "f.toml:3: plugins[0].name: later is not built in this version");
  // Beside another problem it is one more line.
  const auto both =
      ReadToml("[http_server]\nx = 1\n[[plugins]]\nname = \"later\"\n");
  EXPECT_EQ(both.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(both.error().Text().find("plugins[0].name: later is not built"),
            std::string::npos);
}

TEST(Document, ManyProblemsAreCutOff) {
  std::string text = "[http_server]\n";
  for (int i = 0; i < 500; ++i) text += "x" + std::to_string(i) + " = 1\n";
  const std::string report = Report(text);
  EXPECT_EQ(std::count(report.begin(), report.end(), '\n'), 50);
  EXPECT_TRUE(report.ends_with("\nand more"));
}

TEST(Document, LoadsAFileAndOutlivesItsMove) {
  testing::TempDir folder;
  const std::string path = folder.path() + "/kbs.toml";
  std::ofstream(path) << "[http_server]\nprivate_key = \"k\"\n";
  auto loaded = Document::Load(kSchema, path);
  ASSERT_TRUE(loaded);
  const Section http = loaded->root().Table("http_server");
  const Document moved = *std::move(loaded);
  EXPECT_EQ(http.String("private_key"), "k");
  EXPECT_EQ(moved.name(), path);
  EXPECT_EQ(Document::Load(kSchema, folder.path() + "/x.toml").error().code,
            ErrorCode::kNotFound);
}

TEST(CheckReport, GoodOrNot) {
  EXPECT_EQ(CheckReport("f.toml", ReadToml("[http_server]")), "f.toml: good\n");
  EXPECT_EQ(CheckReport("f.toml", ReadToml("[http_server]\nplain = true")),
            "f.toml: good, 1 warning\nwarning: f.toml:2: http_server.plain: an "
            "old spelling, write \"insecure_http\" instead\n");
  EXPECT_EQ(CheckReport("f.toml", ReadToml("")),
            "f.toml: not good\nf.toml: http_server: missing\n");
}

TEST(Table, EditDistance) {
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("same", "same"), 0u);
}

// The configuration files that Trustee's own set-ups use must at least parse.
TEST(Source, SharedConfigurationFiles) {
  SHARED_OR_SKIP(folder, "goldens/kbs-http/config");
  size_t read = 0;
  for (const std::string& path : testing::FilesIn(folder)) {
    if (!path.ends_with(".toml")) continue;
    const auto source = LoadSource(path);
    EXPECT_TRUE(source) << source.error().Text();
    ++read;
  }
  EXPECT_GE(read, 6u);
}

}  // namespace
}  // namespace vouchsafe::config
