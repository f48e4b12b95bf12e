// The page's tables and the run must agree in both directions.

#include "tests/goldens/differences.h"

#include <gtest/gtest.h>

namespace vouchsafe::goldens {
namespace {

constexpr const char* kPageText =
    "# Title\n"
    "| a | table | of | something | else |\n"
    "## Differences in the recorded answers\n"
    "Some text.\n"
    "\n"
    "| file | steps | mode | part | recorded | here | times | reason |\n"
    "|---|---|---|---|---|---|---|---|\n"
    "| `a/*.json` | * | default | status | 401 | 404 ;; 400 | 2 | why"
    " (decision 1) |\n"
    "| `a/x.json` | `1 a\\|b` | * | `detail` | `p: *q` | `` | 1 | why (better)"
    " |\n"
    "## Recorded answers that are not replayed\n"
    "| file | steps | times | reason |\n"
    "|---|---|---|---|\n"
    "| `a/grpc.json` | `` | 1 | gRPC (not built) |\n"
    "## Another\n"
    "| x | y |\n";

Differences Make() {
  auto tables = ParseTables(kPageText);
  EXPECT_TRUE(tables) << tables.error().Text();
  return Differences(*tables, {"a/"});
}

void ReplayAll(Differences& all) {
  EXPECT_TRUE(all.NotReplayed("a/grpc.json", ""));
  EXPECT_FALSE(all.NotReplayed("a/x.json", ""));
  all.Step("a/x.json", "0 first", "default");
  all.Compare("status", "401", "404");
  all.Step("a/x.json", "1 a|b", "strict");
  all.Compare("detail", "p: some text q", "");
  all.Compare("type", "same", "same");
  all.Step("a/y.json", "0", "default");
  all.Compare("status", "401", "400");
}

TEST(Differences, AgreeingPageAndRunHaveNoProblems) {
  Differences all = Make();
  ReplayAll(all);
  EXPECT_TRUE(all.Problems().empty()) << all.Problems().front();
}

TEST(Differences, WhatIsNotListedIsAProblem) {
  struct Case {
    const char* name;
    Difference d;
  };
  const Case cases[] = {
      {"file", {"b.json", "0", "default", "status", "401", "404"}},
      {"step", {"a/x.json", "2", "strict", "detail", "p: q", ""}},
      {"mode", {"a/x.json", "0", "strict", "status", "401", "404"}},
      {"part", {"a/x.json", "0", "default", "type", "401", "404"}},
      {"recorded", {"a/x.json", "0", "default", "status", "403", "404"}},
      {"here", {"a/x.json", "0", "default", "status", "401", "4040"}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Differences all = Make();
    ReplayAll(all);
    all.Step(c.d.file, c.d.step, c.d.mode);
    all.Compare(c.d.part, c.d.recorded, c.d.here);
    EXPECT_EQ(all.Problems().size(), 1u);
  }
}

TEST(Differences, WhatIsListedAndNotSeenIsAProblem) {
  Differences none = Make();
  EXPECT_EQ(none.Problems().size(), 3u);
}

TEST(Differences, WhatIsSeenMoreOftenThanListedIsAProblem) {
  Differences all = Make();
  ReplayAll(all);
  all.Compare("status", "401", "400");
  EXPECT_EQ(all.Problems().size(), 1u);
}

TEST(Differences, RowsOfOthersDoNotCount) {
  auto tables = ParseTables(kPageText);
  ASSERT_TRUE(tables);
  Differences all(*tables, {"b/"});
  EXPECT_TRUE(all.Problems().empty());
}

TEST(ParseTables, RefusesRowsThatSayTooLittle) {
  const char* rows[] = {
      "| a | b | c | d | e | f | 1 |\n",
      "| a | b | c | d | e | f | none | why (better) |\n",
      "| a | b | c | d | e | f | 0 | why (better) |\n",
      "| a | b | c | d | e | f | 1 | |\n",
      "| a | b | c | d | e | f | 1 | because |\n",
  };
  for (const char* row : rows) {
    EXPECT_FALSE(ParseTables(std::string("## Differences in the recorded "
                                         "answers\n| h |\n|---|\n") +
                             row))
        << row;
  }
}

TEST(Matches, StarsEscapesAndAlternatives) {
  EXPECT_TRUE(Matches("a*c*e", "abcde"));
  EXPECT_FALSE(Matches("a*c*e", "abcd"));
  EXPECT_FALSE(Matches("ab*ba", "aba"));
  EXPECT_TRUE(Matches("x ;; y*", "yes"));
  EXPECT_FALSE(Matches("\\*", "a"));
  EXPECT_TRUE(Matches("\\*\\n\\\\", "*\n\\"));
  EXPECT_TRUE(Matches("", ""));
  EXPECT_FALSE(Matches("", "a"));
}

}  // namespace
}  // namespace vouchsafe::goldens
