// kbs: the Key Broker Service. Flags and configuration are Trustee's; flags
// that are ours say so in the help.

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>

#include "apps/cli/command_line.h"
#include "apps/cli/serving.h"
#include "as/assembly.h"
#include "crypto/random.h"
#include "kbs/config.h"
#include "kbs/resource_plugin.h"
#include "kbs/service.h"
#include "net/address.h"
#include "net/curl_fetcher.h"
#include "net/server.h"
#include "net/signals.h"
#include "policy/resource_policies.h"
#include "rego_ext/rego_ext.h"
#include "storage/namespaces.h"
#include "verifier/registry/registry.h"

namespace vouchsafe {
namespace {

constexpr const char* kExamples =
    "  kbs --config-file /etc/kbs-config.toml\n"
    "  KBS_CONFIG_FILE=/etc/kbs-config.toml kbs\n"
    "  kbs --check-config --config-file kbs-config.toml\n";

// The resource policy's built-ins: no host functions.
constexpr size_t kPolicyCacheBytes = size_t{16} << 20;
constexpr auto kSweepEvery = std::chrono::seconds(60);

struct Flags {
  std::optional<std::string> config_file;
  cli::ServingFlags serving;
};

void Declare(cli::Command& root, Flags& flags) {
  root.Option("-c,--config-file", &flags.config_file, "PATH",
              "Configuration: TOML, JSON or YAML by extension; else the "
              "environment's KBS_CONFIG_FILE");
  cli::DeclareServing(root, flags.serving);
}

// What the whole program is made of, in the order that it is taken down.
struct Parts {
  SystemClock clock;
  crypto::SystemRandom random;
  std::unique_ptr<Logger> logger;
  net::CurlFetcher fetcher;
  std::unique_ptr<storage::Env> env = storage::MakePosixEnv();
  std::unique_ptr<storage::StoreProvider> stores;
  std::unique_ptr<storage::StoreProvider> as_stores;  // when of another type
  std::unique_ptr<as::AttestationService> attestation;
  std::unique_ptr<token::TokenVerifier> tokens;
  std::unique_ptr<kbs::AdminGate> admin;
  rego::ProgramCache programs{rego_ext::WithExtras(rego::Builtins::Standard()),
                              kPolicyCacheBytes};
  std::shared_ptr<storage::Store> policy_store;
  std::shared_ptr<storage::Store> policy_defaults;
  std::unique_ptr<policy::PolicyStore> policies;
  std::unique_ptr<kbs::SessionStore> sessions;
  DecisionRing ring;
  std::unique_ptr<DecisionLog> log;
  std::unique_ptr<DecisionFanOut> decisions;
  std::unique_ptr<kbs::KbsService> service;
  http::Router router;

  RequestContext StartContext() const {
    RequestContext context;
    context.request_id = "start";
    context.clock = &clock;
    return context;
  }
};

Result<> MakeAttestation(const kbs::KbsConfig& config, Parts& parts) {
  storage::StoreProvider* stores = parts.stores.get();
  if (config.as_storage && *config.as_storage != config.storage.type) {
    storage::StorageConfig other = config.storage;
    other.type = *config.as_storage;
    parts.as_stores = std::make_unique<storage::StoreProvider>(
        other, *parts.env, parts.clock);
    stores = parts.as_stores.get();
  }
  registry::VerifierDeps verifier_deps{parts.fetcher, parts.clock};
  verifier_deps.collateral_store = TRY(stores->Open(storage::kOwnCollateral));
  VerifierSet verifiers =
      TRY(registry::MakeVerifiers(config.attestation.verifiers, verifier_deps));
  const as::AssemblyDeps deps{&parts.clock, &parts.random, parts.logger.get(),
                              stores, registry::AllClaimSpecs()};
  parts.attestation =
      TRY(as::MakeService(config.attestation, std::move(verifiers), deps));
  return {};
}

// With nothing configured, the tokens of the service in this process are
// believed, and no others.
Result<> MakeTokenVerifier(const kbs::KbsConfig& config, Parts& parts) {
  token::TokenVerifierConfig trust = config.token;
  for (const std::string& path : config.trusted_certs_paths) {
    trust.trusted_certs_pem.push_back(TRY_CONTEXT(
        cli::ReadFile(path), "attestation_token.trusted_certs_paths"));
  }
  if (trust.trusted_certs_pem.empty() && trust.trusted_jwk_sets.empty() &&
      !trust.insecure_header_jwk) {
    trust.own_jwk_set = [&service = *parts.attestation] {
      return service.TokenSignerJwks();
    };
  }
  parts.tokens =
      TRY_CONTEXT(token::TokenVerifier::Create(std::move(trust), &parts.fetcher,
                                               parts.StartContext()),
                  "attestation_token");
  return {};
}

// What a store without a resource policy starts with.
Result<std::string> InitialPolicy(const kbs::KbsConfig& config,
                                  Logger& logger) {
  const std::string& path = config.initial_policy_path;
  if (path.empty()) return std::string(policy::kDefaultResourcePolicy);
  if (!std::filesystem::exists(path)) {
    logger.Warn(
        "policy_engine.policy_path: no such file; the product's own policy is "
        "the first",
        {{"path", path}});
    return std::string(policy::kDefaultResourcePolicy);
  }
  return TRY_CONTEXT(cli::ReadFile(path), "policy_engine.policy_path");
}

Result<> MakePolicies(const kbs::KbsConfig& config, Parts& parts) {
  parts.policy_store = TRY(parts.stores->Open(storage::kKbsPolicies));
  parts.policy_defaults =
      TRY(parts.stores->Open(policy::kPolicyDefaultsNamespace));
  policy::PolicyUse use;
  use.entry = "data.policy.allow";
  policy::PolicyStoreOptions options;
  options.check = config.policy_check;
  options.compile.lint = policy::LintTables(use);
  parts.policies = std::make_unique<policy::PolicyStore>(
      *parts.policy_store, *parts.policy_defaults, parts.programs,
      *parts.logger, std::move(use), std::move(options));
  const std::string first = TRY(InitialPolicy(config, *parts.logger));
  return parts.policies->EnsureDefault(kbs::kResourcePolicyId, first);
}

Result<kbs::PluginSet> MakePlugins(const kbs::KbsConfig& config, Parts& parts) {
  kbs::PluginSet plugins;
  if (config.resource_plugin) {
    plugins["resource"] = std::make_unique<kbs::ResourcePlugin>(
        TRY(parts.stores->Open(storage::kRepository)),
        config.resource_plugin->nested_dir, config.resource_plugin->layout);
  }
  return plugins;
}

Result<> Assemble(const kbs::KbsConfig& config, Parts& parts) {
  parts.stores = std::make_unique<storage::StoreProvider>(
      config.storage, *parts.env, parts.clock);
  kbs::PluginSet plugins = TRY(MakePlugins(config, parts));
  TRY(MakeAttestation(config, parts));
  TRY(MakeTokenVerifier(config, parts));
  TRY(MakePolicies(config, parts));
  parts.admin = TRY(kbs::AdminGate::Create(config.admin, &parts.fetcher,
                                           parts.StartContext()));
  storage::StoreProvider::OpenOptions sessions;
  sessions.type = config.session_storage;
  sessions.durability = storage::Durability::kKill;
  parts.sessions = std::make_unique<kbs::SessionStore>(
      TRY(parts.stores->Open(storage::kSessions, sessions)), parts.clock,
      config.session_timeout);
  parts.log = std::make_unique<DecisionLog>(*parts.logger);
  parts.decisions = std::make_unique<DecisionFanOut>(
      std::vector<DecisionSink*>{&parts.ring, parts.log.get()});

  kbs::KbsParts service;
  service.attestation = parts.attestation.get();
  service.tokens = parts.tokens.get();
  service.sessions = parts.sessions.get();
  service.admin = parts.admin.get();
  service.policies = parts.policies.get();
  service.plugins = std::move(plugins);
  service.decisions = parts.decisions.get();
  service.ring = &parts.ring;
  service.random = &parts.random;
  service.logger = parts.logger.get();
  kbs::KbsOptions options;
  options.strict = config.strict_trustee_errors ? kbs::StrictErrors::kYes
                                                : kbs::StrictErrors::kNo;
  options.allow_rsa15 = config.allow_rsa15;
  options.max_body = config.http.max_body;
  parts.service =
      std::make_unique<kbs::KbsService>(std::move(service), options);
  parts.service->AddRoutes(parts.router);
  return {};
}

std::optional<net::TlsVersion> TlsVersionOf(
    const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return *text == "1.3" ? net::TlsVersion::k13 : net::TlsVersion::k12;
}

std::unique_ptr<net::TlsOptions> TlsOf(const kbs::HttpConfig& http) {
  if (http.insecure_http) return nullptr;
  auto tls = std::make_unique<net::TlsOptions>();
  tls->certificate_file = http.certificate;
  tls->private_key_file = http.private_key;
  if (http.tls_profile == "old") tls->profile = net::TlsProfile::kOld;
  if (http.tls_profile == "modern") tls->profile = net::TlsProfile::kModern;
  if (http.tls_profile == "custom") tls->profile = net::TlsProfile::kCustom;
  tls->min_version = TlsVersionOf(http.tls_min_version);
  tls->max_version = TlsVersionOf(http.tls_max_version);
  tls->ciphers = http.tls_ciphers;
  tls->groups = http.tls_groups;
  return tls;
}

net::ServerLimits LimitsOf(const kbs::KbsConfig& config) {
  net::ServerLimits limits;
  limits.max_body_bytes = config.http.max_body;
  // Trustee's head limit, for those who compare answers byte by byte.
  if (config.strict_trustee_errors) limits.max_head_bytes = 131'072;
  return limits;
}

// Deletes expired sessions until told to stop.
void SweepSessions(std::stop_token stop, Parts& parts) {
  std::mutex mutex;
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    const auto swept = parts.sessions->Sweep();
    if (!swept) {
      parts.logger->Warn("expired sessions not deleted, will try again",
                         {{"reason", swept.error().Text()}});
    }
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, kSweepEvery, [] { return false; });
  }
}

Result<int> Serve(const config::Document& document,
                  const kbs::KbsConfig& config) {
  net::Signals signals;  // before any other thread
  Parts parts;
  parts.logger = TRY(cli::MakeLogger());
  Logger& logger = *parts.logger;
  for (const std::string& warning : document.warnings()) logger.Warn(warning);
  for (const std::string& warning : kbs::StartupWarnings(config)) {
    logger.Warn(warning);
  }
  for (const std::string& warning : as::StartupWarnings(config.attestation)) {
    logger.Warn(warning);
  }
  TRY(Assemble(config, parts));

  net::ServerOptions options;
  options.addresses = config.http.sockets;
  options.tls = TlsOf(config.http);
  options.worker_threads = config.http.workers;
  options.limits = LimitsOf(config);
  const auto server = TRY(net::Server::Create(
      std::move(options),
      {&parts.router, &parts.clock, &parts.random, parts.logger.get()}));
  server->Start();
  std::jthread sweeper(
      [&parts](std::stop_token stop) { SweepSessions(stop, parts); });
  for (const std::string& socket : config.http.sockets) {
    logger.Info("kbs listens",
                {{"socket", socket},
                 {"tls", config.http.insecure_http ? "no" : "yes"}});
  }
  signals.WaitForStop([&] { cli::ReloadTls(*server, logger); });
  server->Stop();
  logger.Info("kbs stopped");
  return cli::kOk;
}

Result<> CheckSockets(const kbs::HttpConfig& http) {
  for (size_t i = 0; i < http.sockets.size(); ++i) {
    TRY_CONTEXT(net::CheckAddress(http.sockets[i]),
                "http_server.sockets[" + std::to_string(i) + "]");
  }
  return {};
}

Result<int> Run(const Flags& flags) {
  if (flags.serving.print_limits) {
    cli::PrintLimits(net::ServerLimits{});
    return cli::kOk;
  }
  if (flags.serving.config_reference) {
    std::printf("%s", config::Reference(kbs::kKbsSchema).c_str());
    return cli::kOk;
  }
  std::optional<std::string> path = flags.config_file;
  const char* from_env = std::getenv("KBS_CONFIG_FILE");
  if (!path && from_env != nullptr) path = from_env;
  if (!path) {
    std::fprintf(stderr,
                 "a configuration is required: --config-file PATH or the "
                 "environment variable KBS_CONFIG_FILE\n");
    return cli::kUsage;
  }
  config::ReadOptions options;
  options.unknown = TRY(cli::ParseUnknownKeys(flags.serving.unknown_keys));
  const auto document = config::Document::Load(kbs::kKbsSchema, *path, options);
  if (!document) {
    return tl::unexpected(WithContext(
        document.error(), "failed to load configuration file " + *path));
  }
  const kbs::KbsConfig config =
      TRY_CONTEXT(kbs::ReadKbsConfig(document->root()),
                  "failed to load configuration file " + *path);
  TRY_CONTEXT(CheckSockets(config.http),
              "failed to load configuration file " + *path);
  if (flags.serving.check_config) {
    std::printf("%s", config::CheckReport(document->name(), document).c_str());
    return cli::kOk;
  }
  if (flags.serving.print_config) {
    std::printf("%s", config::Print(*document).c_str());
    return cli::kOk;
  }
  return Serve(*document, config);
}

}  // namespace
}  // namespace vouchsafe

int main(int argc, char** argv) {
  using namespace vouchsafe;  // NOLINT: this file is the program
  cli::CommandLine command_line("kbs", "The Key Broker Service.",
                                "kbs 0.1.0 (Vouchsafe)", kExamples);
  Flags flags;
  Declare(command_line.root(), flags);
  return command_line.Main(argc, argv, [&flags] {
    const Result<int> code = Run(flags);
    return code ? *code : cli::Report(code.error());
  });
}
