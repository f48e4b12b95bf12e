#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>

#include "tests/support/shared_data.h"

namespace vouchsafe {
namespace {

using testing::ReadFile;
using testing::TempDir;

struct Block {
  std::string language;  // "rego"
  std::string name;      // "policy.rego", may be empty
  int row = 0;
  std::vector<std::string> lines;
};

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> out;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::vector<Block> Blocks(const std::string& page) {
  std::vector<Block> out;
  bool inside = false;
  int row = 0;
  for (const std::string& line : Lines(page)) {
    ++row;
    if (line.starts_with("```")) {
      inside = !inside;
      if (!inside) continue;
      const std::string info = line.substr(3);
      const size_t space = std::min(info.find(' '), info.size());
      out.emplace_back();
      out.back().language = info.substr(0, space);
      out.back().name = space < info.size() ? info.substr(space + 1) : "";
      out.back().row = row;
    } else if (inside) {
      out.back().lines.push_back(line);
    }
  }
  EXPECT_FALSE(inside) << "a block is not closed";
  return out;
}

// What bash prints, both streams together.
std::string Output(const std::string& folder, const std::string& command) {
  const std::string script = folder + "/.command";
  std::ofstream(script) << "export PATH=" VOUCHSAFE_BIN_DIR ":$PATH\ncd '" +
                               folder + "'\n" + command + "\n";
  FILE* pipe = popen(("bash '" + script + "' 2>&1").c_str(), "r");
  if (pipe == nullptr) return "cannot be run";
  std::string out;
  std::array<char, 4096> buffer;
  while (const size_t size = fread(buffer.data(), 1, buffer.size(), pipe)) {
    out.append(buffer.data(), size);
  }
  pclose(pipe);
  return out;
}

// "..." in `want` stands for any text.
bool Fits(std::string_view want, std::string_view got) {
  const size_t dots = want.find("...");
  if (dots == want.npos) return want == got;
  if (!got.starts_with(want.substr(0, dots))) return false;
  want.remove_prefix(dots + 3);
  for (size_t at = dots; at <= got.size(); ++at) {
    if (Fits(want, got.substr(at))) return true;
  }
  return false;
}

void RunCommand(const std::string& folder, const std::string& command,
                const std::vector<std::string>& want, int row) {
  SCOPED_TRACE("line " + std::to_string(row) + ": " + command);
  const std::string output = Output(folder, command);
  const std::vector<std::string> got = Lines(output);
  bool same = want.size() == got.size();
  for (size_t i = 0; same && i < want.size(); ++i) {
    same = Fits(want[i], got[i]);
  }
  EXPECT_TRUE(same) << "printed:\n" << output;
}

// Runs the page; the number of commands.
size_t RunPage(const std::string& page) {
  const TempDir folder;
  size_t commands = 0;
  for (const Block& block : Blocks(page)) {
    if (!block.name.empty()) {
      std::ofstream file(folder.path() + "/" + block.name);
      for (const std::string& line : block.lines) file << line << "\n";
      continue;
    }
    if (block.language != "console") continue;
    for (size_t i = 0; i < block.lines.size();) {
      const std::string command = block.lines[i].substr(2);
      EXPECT_TRUE(block.lines[i].starts_with("$ ")) << block.lines[i];
      const int row = block.row + static_cast<int>(i) + 1;
      std::vector<std::string> want;
      for (++i; i < block.lines.size() && !block.lines[i].starts_with("$ ");
           ++i) {
        want.push_back(block.lines[i]);
      }
      RunCommand(folder.path(), command, want, row);
      ++commands;
    }
  }
  return commands;
}

std::string Page(const std::string& name) {
  return ReadFile(std::string(VOUCHSAFE_SOURCE_DIR) + "/docs/" + name);
}

TEST(Examples, OfThePolicyGuide) { EXPECT_GE(RunPage(Page("policy.md")), 13u); }

// Each block of the guide is a file or is run: none is mere decoration.
TEST(Examples, AreAllRun) {
  for (const Block& block : Blocks(Page("policy.md"))) {
    EXPECT_TRUE(block.language == "console" || !block.name.empty())
        << "line " << block.row;
  }
}

TEST(Examples, ADifferenceIsSeen) {
  EXPECT_TRUE(Fits("PASS (...)", "PASS (12us)"));
  EXPECT_FALSE(Fits("PASS (...)", "FAIL (12us)"));
  EXPECT_FALSE(Fits("PASS", "PASS "));
  EXPECT_TRUE(Fits("a ... b ... c", "a 1 b 2 b c"));
  EXPECT_FALSE(Fits("a ... b ... c", "a 1 c"));
  const TempDir folder;
  EXPECT_EQ(Output(folder.path(), "echo one; echo two >&2"), "one\ntwo\n");
}

}  // namespace
}  // namespace vouchsafe
