// vouchsafe-load: measures a server of the key broker protocol, or restful-as,
// on this machine. Ours alone.

#include <cstdio>

#include "apps/cli/command_line.h"
#include "apps/vouchsafe-load/report.h"
#include "apps/vouchsafe-load/runner.h"
#include "apps/vouchsafe-load/workload.h"
#include "json/write.h"

namespace vouchsafe::load {
namespace {

constexpr uint64_t kMaxConnections = 1024;
constexpr uint64_t kMaxSeconds = 86'400;
constexpr uint64_t kMaxRate = 1'000'000;
constexpr uint64_t kMaxFreshTokens = 100'000;

constexpr const char* kExamples =
    "  vouchsafe-load rcar --url http://127.0.0.1:8080 --pid $(pidof kbs)\n"
    "  vouchsafe-load fetch --path default/key/1 --key p521 --seconds 10\n"
    "  vouchsafe-load evaluate --body-file snp-request.json --requests 5000\n"
    "\n"
    "rcar: attest with sample evidence. fetch: attest once for each\n"
    "connection, then get --path. evaluate: post --body-file to /attestation.\n"
    "Exit code 1 when any operation failed.\n";

struct Flags {
  std::string mode;
  std::string url = "http://127.0.0.1:8080";
  uint64_t connections = 16;
  Extent extent;
  std::optional<std::string> path;
  std::optional<std::string> body_file;
  std::string key = "p256";
  uint64_t pid = 0;
  bool bearer = false;
  bool fresh_bearer = false;
  bool json = false;
};

void Declare(cli::Command& root, Flags& flags) {
  root.Argument("mode", &flags.mode, "rcar, fetch or evaluate");
  root.Option("--url", &flags.url, "URL", "Of the server, on this machine");
  root.Option("--connections", &flags.connections, "N",
              "Connections side by side, a thread each");
  root.Option("--seconds", &flags.extent.seconds, "S", "How long");
  root.Option("--requests", &flags.extent.requests, "N",
              "So many operations instead, over all connections");
  root.Option(
      "--rate", &flags.extent.rate, "R",
      "Begin R operations a second, late or not; 0: as fast as it goes");
  root.Option("--path", &flags.path, "PATH",
              "fetch: <repository>/<type>/<tag>");
  root.Option("--body-file", &flags.body_file, "PATH",
              "evaluate: what is posted");
  root.Option("--key", &flags.key, "p256|p384|p521|rsa2048", "The guest's key");
  root.Flag("--bearer", &flags.bearer,
            "fetch: with the token, not with the session's cookie");
  root.Flag("--fresh-bearer", &flags.fresh_bearer,
            "fetch: with a token not seen before each time (--requests of "
            "them are made first)");
  root.Option("--pid", &flags.pid, "PID",
              "Process of the server: its CPU time and memory");
  root.Flag("--json", &flags.json, "Print JSON");
}

// What cannot be, as the text of a usage error; empty when all is well.
std::string Contradiction(const Flags& flags, Mode mode) {
  if (flags.connections < 1 || flags.connections > kMaxConnections) {
    return "--connections: want 1 to 1024";
  }
  if (flags.extent.seconds < 1 || flags.extent.seconds > kMaxSeconds) {
    return "--seconds: want 1 to 86400";
  }
  if (flags.path.has_value() != (mode == Mode::kFetch)) {
    return "--path: needed by fetch, and by fetch alone";
  }
  if (flags.body_file.has_value() != (mode == Mode::kEvaluate)) {
    return "--body-file: needed by evaluate, and by evaluate alone";
  }
  if (flags.extent.rate > kMaxRate) return "--rate: want 1000000 at most";
  if ((flags.bearer || flags.fresh_bearer) && mode != Mode::kFetch) {
    return "--bearer, --fresh-bearer: only for fetch";
  }
  if (flags.bearer && flags.fresh_bearer) {
    return "--bearer or --fresh-bearer, not both";
  }
  if (flags.fresh_bearer &&
      (flags.extent.requests < 1 || flags.extent.requests > kMaxFreshTokens)) {
    return "--fresh-bearer: needs --requests, 1 to 100000";
  }
  return "";
}

Result<WorkloadOptions> MakeOptions(const Flags& flags, Mode mode) {
  WorkloadOptions out;
  out.mode = mode;
  out.server = TRY(ParseTarget(flags.url));
  out.path = flags.path.value_or("");
  if (flags.body_file) out.body = TRY(cli::ReadFile(*flags.body_file));
  if (flags.bearer) out.credential = Credential::kBearer;
  if (flags.fresh_bearer) {
    out.credential = Credential::kFreshBearer;
    out.tokens = std::make_shared<TokenPool>();
    out.tokens_each = flags.extent.requests / flags.connections + 1;
  }
  return out;
}

Result<Report> Measure(const Flags& flags, const WorkloadOptions& options) {
  std::vector<client::TeeKey> keys;
  if (options.mode != Mode::kEvaluate) {
    keys = TRY(MakeKeys(flags.key, flags.connections));
  }
  std::vector<std::unique_ptr<Workload>> workloads;
  for (size_t i = 0; i < flags.connections; ++i) {
    const client::TeeKey* key = keys.empty() ? nullptr : &keys[i % keys.size()];
    workloads.push_back(TRY(MakeWorkload(options, key)));
    TRY_CONTEXT(workloads.back()->Prepare(), "before measuring");
  }
  Report out;
  out.mode = flags.mode;
  out.connections = flags.connections;
  out.requests_each = RequestsEach(options.mode);
  if (flags.pid != 0) {
    ServerUsage usage;
    usage.before = TRY(ReadProcessUsage(flags.pid));
    out.tally = RunLoad(workloads, flags.extent);
    usage.after = TRY(ReadProcessUsage(flags.pid));
    out.server = usage;
  } else {
    out.tally = RunLoad(workloads, flags.extent);
  }
  return out;
}

int Usage(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return cli::kUsage;
}

Result<int> Run(const Flags& flags) {
  const Result<Mode> mode = ParseMode(flags.mode);
  if (!mode) return Usage(mode.error().message);
  const std::string wrong = Contradiction(flags, *mode);
  if (!wrong.empty()) return Usage(wrong);
  const WorkloadOptions options = TRY(MakeOptions(flags, *mode));
  const Report report = TRY(Measure(flags, options));
  std::printf("%s", flags.json ? (json::Write(ToJson(report)) + "\n").c_str()
                               : ToText(report).c_str());
  if (report.tally.failed() == 0) return cli::kOk;
  std::fprintf(stderr, "Error: %llu operations failed; the first: %s\n",
               static_cast<unsigned long long>(report.tally.failed()),
               report.tally.first_error.c_str());
  return cli::kFailed;
}

}  // namespace
}  // namespace vouchsafe::load

int main(int argc, char** argv) {
  using namespace vouchsafe;  // NOLINT: this file is the program
  cli::CommandLine command_line(
      "vouchsafe-load", "Measures a key broker or attestation service.",
      "vouchsafe-load 0.1.0 (Vouchsafe)", load::kExamples);
  load::Flags flags;
  load::Declare(command_line.root(), flags);
  return command_line.Main(argc, argv, [&flags] {
    const Result<int> code = load::Run(flags);
    return code ? *code : cli::Report(code.error());
  });
}
