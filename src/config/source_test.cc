#include "config/source.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "json/write.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::config {
namespace {

// The values as JSON, or the error.
std::string Read(std::string_view text, Format format) {
  const auto source = ParseSource(text, format, "f");
  return source ? json::WriteSorted(source->value) : source.error().Text();
}

std::string Repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Toml, ValuesOfEveryType) {
  const struct {
    const char* text;
    const char* json;
  } kCases[] = {
      {"", "{}"},
      {"a = 1\nb = -2\nc = 0x1F", R"({"a":1,"b":-2,"c":31})"},
      {"a = true\nb = 'x\\'\nc = \"\\u00e9\"",
       "{\"a\":true,\"b\":\"x\\\\\",\"c\":\"\xC3\xA9\"}"},
      {"a = [1, 'x', [true]]", R"({"a":[1,"x",[true]]})"},
      {"[t]\na.b.c = 1\n[[u]]\nx=1\n[[u]]\nx=2",
       R"({"t":{"a":{"b":{"c":1}}},"u":[{"x":1},{"x":2}]})"},
      {"a = 1.0", R"({"a":1.0})"},
      {"a = 0.1", R"({"a":0.1})"},
      {"a = -1.50", R"({"a":-1.5})"},
      {"a = 1e15", R"({"a":1000000000000000.0})"},
      {"a = 1e16", R"({"a":1e16})"},
      {"a = 1.25e20", R"({"a":1.25e20})"},
      {"a = 0.00001", R"({"a":0.00001})"},
      {"a = 0.0000015", R"({"a":1.5e-6})"},
      {"a = -0.0", R"({"a":-0.0})"},
      {"a = inf\nb = nan", R"({"a":null,"b":null})"},
      {"a = 2024-05-06", R"({"a":{"$__toml_private_datetime":"2024-05-06"}})"},
      {"a = 07:08:09.5", R"({"a":{"$__toml_private_datetime":"07:08:09.5"}})"},
      {"a = 2024-05-06 07:08:09",
       R"({"a":{"$__toml_private_datetime":"2024-05-06T07:08:09"}})"},
      {"a = 2024-05-06T07:08:09.120Z",
       R"({"a":{"$__toml_private_datetime":"2024-05-06T07:08:09.12Z"}})"},
      {"\"\xC3\xA9\" = 2024-05-06T07:08:09+00:00",
       "{\"\xC3\xA9\":{\"$__toml_private_datetime\":"
       "\"2024-05-06T07:08:09+00:00\"}}"},
      {"x = 1\na = [2024-05-06T07:08:09z, 2024-05-06T07:08:09-08:30]",
       R"({"a":[{"$__toml_private_datetime":"2024-05-06T07:08:09Z"},)"
       R"({"$__toml_private_datetime":"2024-05-06T07:08:09-08:30"}],"x":1})"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Read(c.text, Format::kToml), c.json) << c.text;
    const auto value = ParseToml(c.text);
    ASSERT_TRUE(value);
    EXPECT_EQ(json::WriteSorted(*value), c.json);
  }
}

TEST(Toml, ErrorsHaveAPlace) {
  for (const char* bad : {"a = 1\na = 2", "a = 1\n[a]", "a = 1\nb = ", "a\nb",
                          "x = 1\ny = \"\xFF\"", "x = 1\n= 3"}) {
    const std::string error = Read(bad, Format::kToml);
    EXPECT_TRUE(error.starts_with("f:1:") || error.starts_with("f:2:"))
        << error;
  }
}

TEST(Toml, WhatTomlppWouldAssertIsRefused) {
  for (const char* bad :
       {"[|]", "[[|]]", "[{t]]", "[|.u]", "d = 2024-05-06Tp7:08:09Z"}) {
    EXPECT_EQ(Read(bad, Format::kToml), "f: not TOML") << bad;
  }
}

TEST(Toml, TextBeyondAsciiIsFineInStringsOnly) {
  EXPECT_EQ(Read("a = \"\"\"\\\n  \xC3\xA9\"\"\" # \xC3\xA9", Format::kToml),
            "{\"a\":\"\xC3\xA9\"}");
  for (const char* bad : {"a = \xC3\xA9", "\xC3\xA9 = 1", "a = 1 \xC3\xA9",
                          "a = [1,\xD2\x99]", "a \xC3\xA9 = 1"}) {
    EXPECT_FALSE(ParseToml(bad)) << bad;
  }
}

TEST(Toml, DepthIsBoundedHoweverItIsWritten) {
  for (const std::string& deep :
       {"a = " + Repeat("[", 65) + Repeat("]", 65),
        "a = " + Repeat("[", 100000), "a = " + Repeat("{a=", 100000),
        Repeat("a.", 65) + "a = 1", Repeat("a.", 400000) + "a = 1",
        "[" + Repeat("a.", 400000) + "a]", Repeat("\"a\" . ", 100000) + "a=1",
        "a = { " + Repeat("a.", 100000) + "a = 1 }",
        "'''" + Repeat("a.", 200) + "a = 1",
        "a = ''''x''''\n" + Repeat("a.", 100000) + "a = 1"}) {
    const auto source = ParseSource(deep, Format::kToml, "f");
    EXPECT_FALSE(source) << deep.substr(0, 40);
  }
  EXPECT_EQ(Read(Repeat("a.", 100000) + "a = 1", Format::kToml),
            "f: nested deeper than 64 levels");
  EXPECT_TRUE(ParseToml("a = " + Repeat("[", 62) + Repeat("]", 62)));
  EXPECT_TRUE(ParseToml(Repeat("a.", 62) + "a = 1"));
}

TEST(Toml, DotsInStringsAndCommentsAreNotDepth) {
  const std::string dots = Repeat(".", 1000);
  EXPECT_TRUE(ParseToml("a = \"\\\"" + dots + "\" # " + dots + "'\nb = '\\" +
                        dots + "'\nc = '''" + dots + "'x''" + dots +
                        "'''''\nd = \"\"\"\\\"\"\"" + dots + "\"\"\"\n"));
  std::string many;
  for (int i = 0; i < 500; ++i) {
    many += "k" + std::to_string(i) + ".x = [1.5, {a.b = 2.5}]\n";
  }
  EXPECT_TRUE(ParseToml(many));
}

TEST(Toml, PositionsOfKeys) {
  const auto source =
      ParseSource("a = 1\n[t]\n  b.c = 2\n[[u]]\nx = 1", Format::kToml, "f");
  ASSERT_TRUE(source);
  EXPECT_EQ(source->positions.at("a").line, 1u);
  EXPECT_EQ(source->positions.at("t.b.c").line, 3u);
  EXPECT_EQ(source->positions.at("u[0].x").line, 5u);
}

TEST(Yaml, ValuesOfEveryType) {
  const struct {
    const char* text;
    const char* json;
  } kCases[] = {
      {"", "null"},
      {"# nothing\n", "null"},
      {"a: 1\nb: [x, 'y', \"z\"]\nc:\n  d: true\n  e: ~\n",
       R"({"a":1,"b":["x","y","z"],"c":{"d":true,"e":null}})"},
      {"a: '1'\nb: \"true\"\nc: !!str 5\nd: null\ne:\n",
       R"({"a":"1","b":"true","c":"5","d":null,"e":null})"},
      {"- a: 1\n  b: 2\n- - 3\n  - 4\n", R"([{"a":1,"b":2},[3,4]])"},
      {"a: 010\nb: 0x1F\nc: 0o17\nd: +5\ne: -7\nf: 1.50\ng: .5\nh: 2.\n"
       "i: 1e3\nj: -0.5E-2",
       R"({"a":10,"b":31,"c":15,"d":5,"e":-7,"f":1.50,"g":0.5,"h":2.0,)"
       R"("i":1e3,"j":-0.5E-2})"},
      {"a: 127.0.0.1:80\nb: yes\nc: 1e\nd: +\ne: .\nf: 0x\ng: 1_000\nh: -x",
       R"({"a":"127.0.0.1:80","b":"yes","c":"1e","d":"+","e":".","f":"0x",)"
       R"("g":"1_000","h":"-x"})"},
      {"{\"a\": {\"b\": [1, 2]}}", R"({"a":{"b":[1,2]}})"},
      {"a: |\n  x\n  y\nb: >\n  x\n  y\n", R"({"a":"x\ny\n","b":"x y\n"})"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Read(c.text, Format::kYaml), c.json) << c.text;
  }
}

TEST(Yaml, WhatIsRefusedSaysSo) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"a: 1\na: 2", "f:2:1: the key \"a\" a second time"},
      {"a: &x 1\nb: *x", "f:1:4: an anchor, which is not offered"},
      {"a: !foo 1", "f:1:4: the tag !foo, which is not offered"},
      {"a: !!int 1",
       "f:1:4: the tag tag:yaml.org,2002:int, which is not offered"},
      {"<<: {a: 1}", "f:1:1: a merge key, which is not offered"},
      {"? [a]\n: 1", "f:1:3: a key that is not a scalar"},
      {"a: \xFF", "f: not UTF-8 text"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Read(c.text, Format::kYaml), c.error) << c.text;
  }
  EXPECT_NE(Read("a: 1\n---\nb: 2", Format::kYaml).find("a second document"),
            std::string::npos);
  EXPECT_TRUE(Read("a: [1", Format::kYaml).starts_with("f:"));
  EXPECT_TRUE(Read("a: b: c", Format::kYaml).starts_with("f:1:"));
}

TEST(Yaml, DepthIsBoundedHoweverItIsWritten) {
  for (const std::string& deep :
       {Repeat("[", 50000), Repeat("{a: ", 50000), Repeat("- ", 50000) + "1",
        Repeat("? ", 50000) + "1", Repeat("[a: ", 50000),
        Repeat("[", 65) + Repeat("]", 65),
        "a:" + Repeat("\n- ", 1) + Repeat("- ", 65) + "1"}) {
    // Brackets that do not close look like a key to yaml-cpp.
    const std::string error = Read(deep, Format::kYaml);
    EXPECT_TRUE(error.ends_with("nested deeper than 64 levels") ||
                error.ends_with("a key that is not a scalar"))
        << error;
  }
  EXPECT_TRUE(
      ParseSource(Repeat("[", 64) + Repeat("]", 64), Format::kYaml, "f"));
}

TEST(Yaml, PositionsOfKeys) {
  const auto source =
      ParseSource("a: 1\nt:\n  - b: 2\n    c: 3", Format::kYaml, "f");
  ASSERT_TRUE(source);
  EXPECT_EQ(source->positions.at("t[0].c").line, 4u);
  EXPECT_EQ(source->positions.at("t[0].c").column, 5u);
  EXPECT_EQ(source->positions.at("t[0]").line, 3u);
}

TEST(Source, EveryTruncationIsReadOrRefused) {
  const struct {
    Format format;
    std::string text;
  } kCases[] = {
      {Format::kToml,
       "a = [1, {b.c = \"\"\"x\\\"\"\"\"}]\n[[t]]\nd = 2024-05-06T07:08:09Z\n"
       "e = 'x' # y\n[t.u]\nf = 1.5e3"},
      {Format::kYaml,
       "a: [1, {b: \"x\\n\"}]\nt:\n  - d: |\n      x\n    e: 'y'\n? f\n: - g"},
  };
  for (const auto& c : kCases) {
    ASSERT_TRUE(ParseSource(c.text, c.format, "f"));
    for (size_t i = 0; i < c.text.size(); ++i) {
      (void)ParseSource(c.text.substr(0, i), c.format, "f").has_value();
      for (int flip : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
        std::string changed = c.text;
        changed[i] = static_cast<char>(changed[i] ^ flip);
        (void)ParseSource(changed, c.format, "f").has_value();
      }
    }
  }
}

TEST(Source, SizeIsBounded) {
  const std::string large(kMaxFileSize + 1, ' ');
  for (const Format format : {Format::kToml, Format::kJson, Format::kYaml}) {
    const auto source = ParseSource(large, format, "f");
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, ErrorCode::kTooLarge);
  }
  EXPECT_EQ(ParseToml(large).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(Read("[1", Format::kJson),
            "f: json 1:3: want ',' or ']', got the end of the text");
}

class LoadTest : public ::testing::Test {
 protected:
  std::string Put(const std::string& name, const std::string& text) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }
  std::string Load(const std::string& path,
                   Naming naming = Naming::kExtension) {
    const auto source = LoadSource(path, naming);
    return source ? json::Write(source->value)
                  : std::string(ErrorCodeName(source.error().code));
  }
  testing::TempDir folder_;
};

TEST_F(LoadTest, TheExtensionSaysTheFormat) {
  EXPECT_EQ(Load(Put("a.toml", "a = 1")), R"({"a":1})");
  EXPECT_EQ(Load(Put("a.json", "{\"a\": 2}")), R"({"a":2})");
  EXPECT_EQ(Load(Put("a.yaml", "a: 3")), R"({"a":3})");
  EXPECT_EQ(Load(Put("b.yml", "a: 4")), R"({"a":4})");
  EXPECT_EQ(Load(Put("c.conf", "a = 1")), "invalid_input");
  EXPECT_EQ(Load(folder_.path() + "/none.toml"), "not_found");
  EXPECT_EQ(Load(folder_.path() + "/none"), "not_found");
  std::filesystem::create_directory(folder_.path() + "/d.toml");
  EXPECT_EQ(Load(folder_.path() + "/d.toml"), "invalid_input");
  EXPECT_EQ(Load(Put("big.toml", std::string(kMaxFileSize + 1, '\n'))),
            "too_large");
}

TEST_F(LoadTest, AnExtensionIsAppendedWhenThereIsNone) {
  Put("kbs-config.yaml", "a: 3");
  EXPECT_EQ(Load(folder_.path() + "/kbs-config"), R"({"a":3})");
  Put("kbs-config.toml", "a = 1");
  EXPECT_EQ(Load(folder_.path() + "/kbs-config"), R"({"a":1})");
}

TEST_F(LoadTest, ElseJsonWhateverTheName) {
  const Naming naming = Naming::kElseJson;
  EXPECT_EQ(Load(Put("as.conf", "{\"a\": 1}"), naming), R"({"a":1})");
  EXPECT_EQ(Load(Put("as.toml", " {\"a\": 2}"), naming), R"({"a":2})");
  EXPECT_EQ(Load(Put("as2.toml", "a = 3"), naming), R"({"a":3})");
  EXPECT_EQ(Load(Put("as.cfg", "a = 3"), naming), "invalid_input");
  EXPECT_EQ(Load(folder_.path() + "/none", naming), "not_found");
}

}  // namespace
}  // namespace vouchsafe::config
