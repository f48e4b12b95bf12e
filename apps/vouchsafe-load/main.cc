// vouchsafe-load: drives a key broker or attestation service on loopback and
// says how it fared.

#include <chrono>
#include <cstdio>
#include <thread>

#include "apps/cli/command_line.h"
#include "apps/vouchsafe-load/report.h"
#include "apps/vouchsafe-load/scenario.h"
#include "json/write.h"

namespace vouchsafe::load {
namespace {

constexpr const char* kExamples =
    "  vouchsafe-load rcar --url http://127.0.0.1:8080 --connections 16\n"
    "  vouchsafe-load fetch --path default/key/1 --pid $(pidof kbs)\n"
    "  vouchsafe-load evaluate --url http://127.0.0.1:8091 "
    "--body-file tests/data/seed/snp-request.json\n";

constexpr uint64_t kMaxConnections = 4096;
constexpr uint64_t kMaxSeconds = 600;
constexpr size_t kMaxSamples = 4'000'000;  // latencies kept a connection

struct Flags {
  std::string url = "http://127.0.0.1:8080";
  uint64_t connections = 16;
  uint64_t seconds = 5;
  std::optional<std::string> body_file;
  uint64_t pid = 0;
  bool json = false;
  ScenarioOptions scenario;
};

using Clock = std::chrono::steady_clock;

// One connection until `until`; its findings in `tally`.
void Drive(const Target& target, const ScenarioOptions& options,
           Clock::time_point until, Tally& tally) {
  Connection connection(target);
  auto scenario = MakeScenario(options);
  Result<> ready = scenario ? (*scenario)->Prepare(connection)
                            : Result<>(tl::unexpected(scenario.error()));
  if (!ready) {
    ++tally.errors["prepare: " + ready.error().Text()];
    return;
  }
  while (Clock::now() < until && tally.latencies_us.size() < kMaxSamples) {
    const auto start = Clock::now();
    const Result<size_t> done = (*scenario)->Once(connection);
    if (!done) {
      ++tally.errors[done.error().Text()];
      continue;
    }
    tally.bytes += *done;
    tally.latencies_us.push_back(static_cast<uint32_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() -
                                                              start)
            .count()));
  }
}

Result<int> Run(Flags flags) {
  const Target target = TRY(ParseTarget(flags.url));
  if (flags.connections == 0 || flags.connections > kMaxConnections ||
      flags.seconds == 0 || flags.seconds > kMaxSeconds) {
    return Fail(ErrorCode::kInvalidInput,
                "want 1 to 4096 connections and 1 to 600 seconds");
  }
  if (flags.body_file) {
    flags.scenario.body = TRY(cli::ReadFile(*flags.body_file));
  } else if (flags.scenario.name == "evaluate") {
    return Fail(ErrorCode::kInvalidInput, "evaluate needs --body-file");
  }
  TRY(MakeScenario(flags.scenario));
  std::optional<ProcessUse> before;
  if (flags.pid != 0) before = TRY(ReadProcess(flags.pid));
  std::vector<Tally> tallies(flags.connections);
  const auto start = Clock::now();
  const auto until = start + std::chrono::seconds(flags.seconds);
  {
    std::vector<std::jthread> threads;
    for (Tally& tally : tallies) {
      threads.emplace_back(
          [&] { Drive(target, flags.scenario, until, tally); });
    }
  }
  const double seconds =
      std::chrono::duration<double>(Clock::now() - start).count();
  std::optional<ProcessUse> after;
  if (flags.pid != 0) after = TRY(ReadProcess(flags.pid));
  const Report report = Summarise(flags.scenario.name, std::move(tallies),
                                  seconds, before, after);
  const std::string text =
      flags.json ? json::Write(ToJson(report)) + "\n" : ToText(report);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return report.errors.empty() && report.good > 0 ? cli::kOk : cli::kFailed;
}

}  // namespace
}  // namespace vouchsafe::load

int main(int argc, char** argv) {
  using namespace vouchsafe;  // NOLINT: this file is the program
  cli::CommandLine command_line("vouchsafe-load",
                                "Loads a server on loopback and measures it.",
                                "vouchsafe-load 0.1.0", load::kExamples);
  load::Flags flags;
  const auto declare = [&](const char* name, const char* help) {
    command_line.root()
        .Subcommand(name, help,
                    [&flags, name] {
                      flags.scenario.name = name;
                      const Result<int> code = load::Run(flags);
                      return code ? *code : cli::Report(code.error());
                    })
        .Option("--url", &flags.url, "URL", "http:// and a loopback address")
        .Option("--connections", &flags.connections, "N", "At once")
        .Option("--seconds", &flags.seconds, "S", "How long")
        .Option("--path", &flags.scenario.path, "PATH", "Resource to fetch")
        .Flag("--bearer", &flags.scenario.bearer,
              "Fetch with the token, not the session")
        .Option("--key", &flags.scenario.key, "KIND",
                "Guest's key: p256, p384, p521, rsa2048")
        .Option("--body-file", &flags.body_file, "PATH", "Body of evaluate")
        .Option("--pid", &flags.pid, "PID", "Server whose use to report")
        .Flag("--json", &flags.json, "As JSON");
  };
  declare("rcar", "Handshake with sample evidence, again and again");
  declare("fetch", "Attest once a connection, then fetch a resource");
  declare("evaluate", "Post a request to /attestation");
  return command_line.Main(argc, argv, nullptr);
}
