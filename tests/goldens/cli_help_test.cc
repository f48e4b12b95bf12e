// Every flag, subcommand and argument that Trustee's help names is in ours.

#include <gtest/gtest.h>

#include <set>

#include "tests/goldens/cli_program.h"
#include "tests/goldens/differences.h"
#include "tests/goldens/transcript.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::goldens {
namespace {

constexpr const char* kFile = "cli/help.json";

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

// "-c", "--config-file" where an option is declared: at the start of a line,
// after blanks.
void AddFlags(const std::string& line, std::set<std::string>& names) {
  size_t at = line.find_first_not_of(' ');
  while (at != std::string::npos && line[at] == '-') {
    size_t end = at;
    while (end < line.size() && IsNameByte(line[end])) ++end;
    names.insert(line.substr(at, end - at));
    if (line.compare(end, 2, ", ") == 0) {
      end += 2;
    } else if (end < line.size() && line[end] == ',') {
      end += 1;
    } else {
      return;
    }
    at = end;
  }
}

// Flags, and under "Commands:" (ours: "Subcommands:") the subcommands.
std::set<std::string> NamesIn(const std::string& help) {
  std::set<std::string> names;
  bool commands = false;
  for (const std::string& line : Lines(help)) {
    if (line.starts_with("Commands:") || line.starts_with("Subcommands:")) {
      commands = true;
    } else if (!line.empty() && line[0] != ' ') {
      commands = false;
    } else if (line.starts_with("  ") && !line.starts_with("   ") && commands) {
      const size_t end = line.find(' ', 2);
      names.insert(line.substr(2, end == std::string::npos ? end : end - 2));
    }
    AddFlags(line, names);
  }
  return names;
}

std::string LastLine(const std::string& text) {
  std::string last;
  for (const std::string& line : Lines(text)) {
    if (!line.empty()) last = line;
  }
  return last;
}

TEST(CliGoldens, Help) {
  SHARED_OR_SKIP(goldens, "goldens");
  vouchsafe::testing::TempDir dir;
  Differences differences({kFile});
  const json::Value runs = LoadJson(goldens + "/" + kFile);
  for (const json::Value& run : *runs.if_array()) {
    Program::Options options;
    options.folder = dir.path();
    std::string step;
    for (const json::Value& arg : *run.Find("args")->if_array()) {
      options.args.push_back(*arg.if_string());
      step += (step.empty() ? "" : " ") + options.args.back();
    }
    SCOPED_TRACE(step);
    if (differences.NotReplayed(kFile, step)) continue;
    differences.Step(kFile, step, "");
    const Finished ours = RunProgram(options);
    differences.Compare("exit", std::to_string(*run.Find("exit")->int64()),
                        std::to_string(ours.exit));
    const std::string theirs = TextOf(run, "/stdout");
    if (options.args.back() == "--version") {
      differences.Compare("version", LastLine(theirs), LastLine(ours.out));
      continue;
    }
    const std::string text = ours.out + ours.err;
    const std::set<std::string> names = NamesIn(text);
    const bool help = options.args.back() == "--help";
    for (const std::string& name : NamesIn(theirs + TextOf(run, "/stderr"))) {
      // A complaint may name an option in a sentence.
      const bool found =
          help ? names.contains(name) : text.find(name) != std::string::npos;
      differences.Compare("name", name, found ? name : "");
    }
  }
  differences.Finish();
}

TEST(HelpNames, AreFoundInBothLayouts) {
  EXPECT_EQ(NamesIn("Commands:\n  config   Set\n  help  Print\n\nOptions:\n"
                    "      --url <URL>   --none\n  -h, --help  x\n"),
            (std::set<std::string>{"config", "help", "--url", "-h", "--help"}));
  EXPECT_EQ(NamesIn("Options:\n  -h,--help      Print\n  --url URL  Of\n\n"
                    "Subcommands:\n  config         Administer\n"),
            (std::set<std::string>{"config", "--url", "-h", "--help"}));
}

}  // namespace
}  // namespace vouchsafe::goldens
