// chaos: kills kbs at random instants while it writes, starts it again, and
// looks whether everything that was answered 200 is there and whole.

#include <cstdio>
#include <filesystem>
#include <random>

#include "apps/cli/command_line.h"
#include "bench/chaos/rounds.h"
#include "json/write.h"

namespace vouchsafe::chaos {
namespace {

constexpr const char* kExamples =
    "  chaos --kbs build/release/bin/kbs --storage LocalFs\n"
    "  chaos --kbs build/release/bin/kbs --storage LocalJson --seed 7 --json\n"
    "\n"
    "Exit code 1 when anything was lost, torn or refused, or when the server\n"
    "did not start again; then the folder is kept.\n";

struct Flags {
  std::string kbs;
  std::string storage = "LocalFs";
  std::optional<std::string> folder;
  uint64_t kills = 1000;
  uint64_t seed = 0;
  uint64_t writers = 4;
  uint64_t window_ms = 60;
  bool json = false;
};

void Declare(cli::Command& root, Flags& flags) {
  root.Option("--kbs", &flags.kbs, "PATH", "The program to kill").Required();
  root.Option("--storage", &flags.storage, "LocalFs|LocalJson", "Of the store");
  root.Option("--dir", &flags.folder, "PATH",
              "Folder to work in, which is made; else one below the system's "
              "for temporary files");
  root.Option("--kills", &flags.kills, "N", "How often");
  root.Option("--seed", &flags.seed, "N", "Of the instants; 0: by chance");
  root.Option("--writers", &flags.writers, "N", "Connections that write");
  root.Option("--window", &flags.window_ms, "MS",
              "A kill falls within, after the start of the writing");
  root.Flag("--json", &flags.json, "Print JSON");
}

Result<std::string> MakeFolder(const Flags& flags) {
  std::error_code error;
  if (flags.folder) {
    if (!std::filesystem::create_directories(*flags.folder, error)) {
      return Fail(ErrorCode::kInvalidInput,
                  "--dir: " + *flags.folder + " is there, or cannot be made");
    }
    return *flags.folder;
  }
  std::string path =
      (std::filesystem::temp_directory_path(error) / "chaos-XXXXXX").string();
  if (error || mkdtemp(path.data()) == nullptr) {
    return Fail(ErrorCode::kUnavailable, "no folder to work in");
  }
  return path;
}

Result<int> RunWith(const Flags& flags) {
  if (flags.storage != "LocalFs" && flags.storage != "LocalJson") {
    return Fail(ErrorCode::kInvalidInput,
                "--storage: want LocalFs or LocalJson, got " + flags.storage);
  }
  if (flags.window_ms < 1 || flags.writers < 1 || flags.writers > 16) {
    return Fail(ErrorCode::kInvalidInput,
                "--window: want 1 or more; --writers: want 1 to 16");
  }
  Options options;
  options.kills = flags.kills;
  options.seed = flags.seed != 0 ? flags.seed : std::random_device()();
  options.writers = flags.writers;
  options.window = std::chrono::milliseconds(flags.window_ms);
  const std::string folder = TRY(MakeFolder(flags));
  std::fprintf(stderr, "seed %llu, in %s\n",
               static_cast<unsigned long long>(options.seed), folder.c_str());
  const Summary summary =
      TRY(Run(options, ServerPlan{flags.kbs, flags.storage, folder}));
  const std::string text =
      flags.json ? json::Write(ToJson(summary)) + "\n" : ToText(summary);
  std::fputs(text.c_str(), stdout);
  if (!summary.Good()) return cli::kFailed;
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return cli::kOk;
}

}  // namespace
}  // namespace vouchsafe::chaos

int main(int argc, char** argv) {
  using namespace vouchsafe;  // NOLINT: this file is the program
  cli::CommandLine command_line(
      "chaos", "Kills kbs while it writes, and looks at what is left.",
      "chaos 0.1.0 (Vouchsafe)", chaos::kExamples);
  chaos::Flags flags;
  chaos::Declare(command_line.root(), flags);
  return command_line.Main(argc, argv, [&flags] {
    const Result<int> code = chaos::RunWith(flags);
    return code ? *code : cli::Report(code.error());
  });
}
