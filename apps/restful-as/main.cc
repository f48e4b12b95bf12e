// restful-as: the Attestation Service over REST. Flags and configuration are
// Trustee's; flags that are ours say so in the help.

#include <cstdio>

#include "apps/cli/command_line.h"
#include "apps/cli/serving.h"
#include "as/assembly.h"
#include "as/rest.h"
#include "crypto/random.h"
#include "decision/metrics.h"
#include "decision/sink.h"
#include "http/cors.h"
#include "net/address.h"
#include "net/curl_fetcher.h"
#include "net/server.h"
#include "net/signals.h"
#include "storage/namespaces.h"
#include "verifier/registry/registry.h"

namespace vouchsafe {
namespace {

constexpr const char* kExamples =
    "  restful-as --socket 127.0.0.1:8080\n"
    "  restful-as --socket 0.0.0.0:8080 --config-file /etc/config.json\n"
    "  restful-as --socket 127.0.0.1:8080 --check-config -c as.json\n";

struct Flags {
  std::optional<std::string> config_file;
  std::string socket;
  std::optional<std::string> certificate;
  std::optional<std::string> private_key;
  std::vector<std::string> allowed_origins;
  std::optional<std::string> admin_socket;
  std::optional<std::string> write_token_file;
  cli::ServingFlags serving;
};

void Declare(cli::Command& root, Flags& flags) {
  root.Option("-c,--config-file", &flags.config_file, "PATH",
              "Configuration, JSON (TOML and YAML by extension); without it "
              "all defaults");
  root.Option("-s,--socket", &flags.socket, "IP:PORT", "Where to listen");
  root.Option("-t,--https-pubkey-cert", &flags.certificate, "PATH",
              "PEM certificate chain; serves HTTPS");
  root.Option("-k,--https-prikey", &flags.private_key, "PATH",
              "PEM key of that certificate");
  root.List("-r,--allowed_origin", &flags.allowed_origins, "ORIGIN",
            "Origin that browsers may call from; repeatable");
  root.Option("--admin-socket", &flags.admin_socket, "PATH",
              "Unix socket (mode 0600) that tells kept decisions and replaces "
              "the signing key");
  root.Option("--write-token-file", &flags.write_token_file, "PATH",
              "File of a bearer token that calls changing policies must carry");
  cli::DeclareServing(root, flags.serving);
}

Result<config::Document> LoadConfig(const Flags& flags) {
  config::ReadOptions options;
  options.naming = config::Naming::kElseJson;
  options.coercion = config::Coercion::kStrict;
  options.unknown = TRY(cli::ParseUnknownKeys(flags.serving.unknown_keys));
  if (!flags.config_file) {
    config::Source source;
    source.name = "(no file)";
    source.value = json::Object();
    return config::Document::Read(as::kAsSchema, std::move(source), options);
  }
  return config::Document::Load(as::kAsSchema, *flags.config_file, options);
}

net::ServerLimits Limits() {
  net::ServerLimits limits;
  limits.max_body_bytes = as::kMaxRestBody;
  return limits;
}

Result<std::unique_ptr<net::TlsOptions>> Tls(const Flags& flags) {
  if (flags.certificate.has_value() != flags.private_key.has_value()) {
    return Fail(ErrorCode::kInvalidInput,
                "HTTPS public key cert and private key must be provided to "
                "enable HTTPS.");
  }
  if (!flags.certificate) return std::unique_ptr<net::TlsOptions>();
  auto tls = std::make_unique<net::TlsOptions>();
  tls->certificate_file = *flags.certificate;
  tls->private_key_file = *flags.private_key;
  return tls;
}

std::vector<std::string> Origins(const Flags& flags, Logger& logger) {
  std::vector<std::string> out;
  for (const std::string& origin : flags.allowed_origins) {
    if (http::Cors::IsOrigin(origin)) {
      out.push_back(origin);
    } else {
      logger.Error("not an origin, skipped: want http://... or https://...",
                   {{"origin", origin}});
    }
  }
  return out;
}

Result<std::optional<SecretBytes>> WriteToken(const Flags& flags) {
  if (!flags.write_token_file) return std::optional<SecretBytes>();
  std::string text =
      TRY_CONTEXT(cli::ReadFile(*flags.write_token_file), "--write-token-file");
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.pop_back();
  }
  constexpr size_t kShortest = 16;
  if (text.size() < kShortest ||
      text.find_first_of(" \t\r\n") != std::string::npos) {
    return Fail(ErrorCode::kInvalidInput,
                "--write-token-file: want one line of at least " +
                    std::to_string(kShortest) + " characters, no blanks");
  }
  return std::optional(SecretBytes(AsBytes(text)));
}

// What the server itself counts.
void ShowServer(const net::Server& server, metrics::Writer& out) {
  const net::ServerStats stats = server.Stats();
  out.Gauge("as_http_connections", "Connections that are open.",
            static_cast<double>(stats.connections));
  out.Counter("as_http_requests_total", "Requests that were answered.",
              static_cast<double>(stats.requests));
  out.Gauge("as_http_queued_requests", "Requests that wait for a worker.",
            static_cast<double>(stats.queued));
  out.Counter("as_http_refused_total",
              "Connections and requests that were refused with 503.",
              static_cast<double>(stats.refused));
}

// What the whole program is made of, in the order that it is taken down.
struct Parts {
  SystemClock clock;
  crypto::SystemRandom random;
  std::unique_ptr<Logger> logger;
  net::CurlFetcher fetcher;
  std::unique_ptr<storage::Env> env = storage::MakePosixEnv();
  std::unique_ptr<storage::StoreProvider> stores;
  std::unique_ptr<as::AttestationService> service;
  DecisionRing ring;
  std::unique_ptr<DecisionLog> log;
  metrics::Registry metrics;
  std::unique_ptr<DecisionMetrics> counts;
  std::unique_ptr<DecisionFanOut> decisions;
  http::Router router;
  http::Router admin_router;
};

Result<> Assemble(const as::AsConfig& config, const Flags& flags,
                  Parts& parts) {
  parts.stores = std::make_unique<storage::StoreProvider>(
      config.storage, *parts.env, parts.clock);
  registry::VerifierDeps verifier_deps{parts.fetcher, parts.clock};
  verifier_deps.collateral_store =
      TRY(parts.stores->Open(storage::kOwnCollateral));
  VerifierSet verifiers =
      TRY(registry::MakeVerifiers(config.verifiers, verifier_deps));
  as::AssemblyDeps deps{&parts.clock, &parts.random, parts.logger.get(),
                        parts.stores.get(), registry::AllClaimSpecs()};
  parts.service = TRY(as::MakeService(config, std::move(verifiers), deps));
  parts.log = std::make_unique<DecisionLog>(*parts.logger);
  parts.counts =
      std::make_unique<DecisionMetrics>(parts.metrics, parts.clock, "as_");
  parts.decisions = std::make_unique<DecisionFanOut>(std::vector<DecisionSink*>{
      &parts.ring, parts.log.get(), parts.counts.get()});
  parts.router = as::MakeRestRouter(
      {config.strict_trustee_errors, Origins(flags, *parts.logger),
       TRY(WriteToken(flags))},
      {parts.service.get(), parts.decisions.get(), parts.logger.get(),
       &parts.metrics});
  parts.admin_router = as::MakeAdminRouter(
      parts.ring, parts.service->TokenSigningKeys(), *parts.decisions);
  return {};
}

Result<std::unique_ptr<net::Server>> MakeServer(const Flags& flags,
                                                Parts& parts) {
  net::ServerOptions options;
  options.addresses = {flags.socket};
  options.tls = TRY(Tls(flags));
  options.limits = Limits();
  return net::Server::Create(
      std::move(options),
      {&parts.router, &parts.clock, &parts.random, parts.logger.get()});
}

Result<std::unique_ptr<net::Server>> MakeAdminServer(const Flags& flags,
                                                     Parts& parts) {
  if (!flags.admin_socket) return std::unique_ptr<net::Server>();
  net::ServerOptions options;
  options.unix_paths = {*flags.admin_socket};
  options.worker_threads = 1;
  return net::Server::Create(
      std::move(options),
      {&parts.admin_router, &parts.clock, &parts.random, parts.logger.get()});
}

void WarnAtStart(const config::Document& document, const as::AsConfig& config,
                 bool with_write_token, Logger& logger) {
  for (const std::string& warning : document.warnings()) logger.Warn(warning);
  for (const std::string& warning : as::StartupWarnings(config)) {
    logger.Warn(warning);
  }
  if (with_write_token) return;
  logger.Warn(
      "policies can be changed by whoever reaches this port: there is no "
      "authentication; keep it on a private network, or set "
      "--write-token-file");
}

Result<int> Serve(const Flags& flags, const config::Document& document,
                  const as::AsConfig& config) {
  if (flags.socket.empty()) {
    std::fprintf(stderr, "--socket is required\n");
    return cli::kUsage;
  }
  if (const Result<> good = net::CheckAddress(flags.socket); !good) {
    std::fprintf(stderr, "--socket: %s\n", good.error().Text().c_str());
    return cli::kUsage;
  }
  net::Signals signals;  // before any other thread
  Parts parts;
  parts.logger = TRY(cli::MakeLogger());
  Logger& logger = *parts.logger;
  WarnAtStart(document, config, flags.write_token_file.has_value(), logger);
  TRY(Assemble(config, flags, parts));
  const auto server = TRY(MakeServer(flags, parts));
  const auto admin = TRY(MakeAdminServer(flags, parts));
  parts.metrics.AddSource(
      [&served = *server](metrics::Writer& out) { ShowServer(served, out); });
  server->Start();
  if (admin) admin->Start();
  logger.Info(
      "restful-as listens",
      {{"socket", flags.socket}, {"tls", flags.certificate ? "yes" : "no"}});
  signals.WaitForStop([&] { cli::ReloadTls(*server, logger); });
  server->Stop();
  if (admin) admin->Stop();
  logger.Info("restful-as stopped");
  return cli::kOk;
}

Result<int> Run(const Flags& flags) {
  if (flags.serving.print_limits) {
    cli::PrintLimits(Limits());
    return cli::kOk;
  }
  if (flags.serving.config_reference) {
    std::printf("%s", config::Reference(as::kAsSchema).c_str());
    return cli::kOk;
  }
  const auto document = LoadConfig(flags);
  const auto config =
      document ? as::ReadAsConfig(document->root())
               : Result<as::AsConfig>(tl::unexpected(document.error()));
  if (flags.serving.check_config && document) {
    std::printf("%s", config::CheckReport(document->name(), document).c_str());
  }
  if (!config) return tl::unexpected(config.error());
  if (flags.serving.check_config) return cli::kOk;
  if (flags.serving.print_config) {
    std::printf("%s", config::Print(*document).c_str());
    return cli::kOk;
  }
  return Serve(flags, *document, *config);
}

}  // namespace
}  // namespace vouchsafe

int main(int argc, char** argv) {
  using namespace vouchsafe;  // NOLINT: this file is the program
  cli::CommandLine command_line("restful-as",
                                "The Attestation Service over REST.",
                                "restful-as 0.1.0 (Vouchsafe)", kExamples);
  Flags flags;
  Declare(command_line.root(), flags);
  return command_line.Main(argc, argv, [&flags] {
    const Result<int> code = Run(flags);
    return code ? *code : cli::Report(code.error());
  });
}
