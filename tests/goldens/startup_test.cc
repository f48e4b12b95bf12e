// Configurations that Trustee was started with: served or refused, and why.
// The real programs are run, each on the recorded file.

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "crypto/keys.h"
#include "tests/goldens/cli_program.h"
#include "tests/goldens/differences.h"
#include "tests/goldens/transcript.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::goldens {
namespace {

using vouchsafe::testing::ReadFile;

// What a message of ours must say: which key, what was wanted, what was found.
struct Said {
  const char* name;
  const char* text;
};

// Refused here.
constexpr Said kRefusals[] = {
    {"no http_server", "http_server: HTTPS needs private_key and certificate"},
    {"no admin", "kbs.toml: admin: missing"},
    {"attestation_service unknown type",
     "kbs.toml:7: attestation_service.type: want one of coco_as_builtin, "
     "coco_as_grpc, intel_ta, got \"x\""},
    {"unknown top key", "kbs.toml:1: zz: unknown key"},
    {"unknown http_server key", "kbs.toml:4: http_server.zz: unknown key"},
    {"unknown admin key", "kbs.toml:8: admin.zz: unknown key"},
    {"admin type beside mode",
     "kbs.toml:8: admin.type: the old spelling of "
     "\"admin.authorization_mode\", which is given too"},
    {"trusted cert missing",
     "attestation_token.trusted_certs_paths: Failed to read: none.pem"},
    {"jwk set missing", "attestation_token: none.json: no such file"},
    {"jwk set http",
     "attestation_token: http://127.0.0.1/x: want https://, file:// or a "
     "path"},
    {"LocalFs without section", "Local FS configuration is required"},
    {"LocalJson without section", "Local JSON configuration is required"},
    {"Postgres without section", "storage type Postgres is not offered"},
    {"Redis, nothing listens", "storage type Redis is not offered"},
    {"storage type unknown",
     "kbs.toml:9: storage_backend.storage_type: want one of Memory, LocalFs, "
     "LocalJson, Postgres, Redis, got \"X\""},
    {"acl pattern without anchors",
     "[admin.authorization.regex_acl] role \"a\": allowed_endpoints must "
     "start with ^/kbs and end with $, got \"/kbs/.*\""},
    {"acl pattern default",
     "allowed_endpoints must start with ^/kbs and end with $, got \"\""},
    {"acl pattern bad regex", "allowed_endpoints \"^/kbs/(.$\": missing )"},
    {"no identity provider",
     "[admin.authentication.bearer_jwt]: no identity_providers"},
    {"provider without URI",
     "identity_providers[0]: neither public_key_uri nor jwk_set_uri"},
    {"provider key missing", "identity_providers[0]: none: no such file"},
    {"provider file URI relative",
     "identity_providers[0]: file://keys/admin.pub: file:// wants an absolute "
     "path"},
    {"provider unknown key",
     "kbs.toml:9: admin.authentication.bearer_jwt.identity_providers[0].zz: "
     "unknown key"},
    {"authentication missing", "kbs.toml: admin.authentication: missing"},
    {"https without key", "HTTPS needs private_key and certificate"},
    {"tls min above max",
     "http_server.tls_min_version: 1.3 is above tls_max_version 1.2"},
    {"tls 1.1",
     "kbs.toml:5: http_server.tls_min_version: want one of 1.2, 1.3, got "
     "\"1.1\""},
    {"tls profile unknown",
     "kbs.toml:5: http_server.tls_profile: want one of old, intermediate, "
     "modern, custom, got \"x\""},
    {"tls groups bad", "tls: groups \"nope\""},
    {"socket host name",
     "http_server.sockets[0]: address \"localhost:8080\": want IP:port"},
    {"worker_count 0",
     "kbs.toml:4: http_server.worker_count: want an integer from 1 to 1024, "
     "got 0"},
    {"payload_request_size 4096",
     "http_server.payload_request_size: want an integer from 1 to 1024, got "
     "4096"},
    {"plugin unknown",
     "kbs.toml:9: plugins[0].name: want one of resource, sample, provisioner, "
     "pkcs11, nebula-ca, external, got \"zz\""},
    {"plugin sample without item",
     "plugins[0].name: sample is not built in this version"},
    {"plugin pkcs11 (not compiled in)",
     "plugins[0].name: pkcs11 is not built in this version"},
    {"vault (not compiled in)",
     "plugins[0].storage_backend_type: vault is not built in this version"},
    {"signer P-384", "Only P-256 attestation token signing keys"},
    {"signer RSA", "Only P-256 attestation token signing keys"},
    {"signer missing",
     "Read Token Signer private key failed: cannot read none.pem"},
    {"remote RVPS unreachable",
     "rvps_config.type: GrpcRemote is not built in this version"},
    {"grpc AS unreachable",
     "attestation_service.type: coco_as_grpc is not built in this version"},
    {"malformed TOML", "kbs.toml:1:13: Error while parsing table header"},
    {"session_storage_type bad",
     "kbs.toml:1: session_storage_type: want one of"},
    {"unknown extension",
     "c.conf: want a name that ends in .toml, .json, .yaml or .yml"},
    {"missing file", ": no such file"},
    {"invalid RUST_LOG", "RUST_LOG: log level: want trace"},
    {"malformed", "as.json: json 1:2: want a key or '}'"},
    {"empty issuer fields",
     "attestation_token_broker.profile_name: must not be empty"},
    {"unknown keys", "as.json: attestation_token_broker.zz: unknown key"},
    {"only the certificate",
     "HTTPS public key cert and private key must be provided"},
    {"only the key", "HTTPS public key cert and private key must be provided"},
    {"host name socket", "--socket: address \"localhost:8091\": want IP:port"},
};

// Served here with a warning that says what was made of it.
constexpr Said kWarnings[] = {
    {"work_dir and old keys", "attestation_service.work_dir: ignored"},
    {"old admin type",
     "kbs.toml:7: admin.type: an old spelling, write "
     "\"admin.authorization_mode\" instead"},
    {"old insecure_api",
     "kbs.toml:7: admin.insecure_api: an old spelling, write "
     "\"admin.authorization_mode\" instead"},
    {"old auth_public_key",
     "kbs.toml:7: admin.auth_public_key: an old spelling, write "
     "\"admin.authentication.bearer_jwt.identity_providers\" instead"},
    {"insecure_key",
     "kbs.toml:5: attestation_token.insecure_key: an old spelling, write "
     "\"insecure_header_jwk\" instead"},
    {"plugin resource old type",
     "plugins[0].type: an old spelling, write \"storage_backend_type\""},
    {"plugin resource type kvstorage",
     "plugins[0].type: an old spelling, write \"storage_backend_type\""},
    {"shipped config.json",
     "work_dir: an old spelling, write \"storage_backend\" instead"},
    {"token broker a string",
     "write \"attestation_token_broker.type\" instead"},
    {"old seed config",
     "rvps_config.store_config.file_path: is not read: register the "
     "reference values again"},
    {"bad origin", "foo"},
};

// Served here: what the configuration comes to (--print-config).
constexpr Said kMeanings[] = {
    {"CoCoASBuiltIn spelling", "type = \"coco_as_builtin\""},
    {"snake case storage", "storage_type = \"LocalFs\""},
    {"snake case storage", "dir_path = \"dotted\""},
    {"string for integer", "payload_request_size = 5"},
    {"string for bool", "insecure_http = true"},
    {"plugin ResourceStorage", "name = \"resource\""},
    {"plugin ResourceStorage", "storage_backend_type = \"kvstorage\""},
    {"plugin resource old type", "storage_backend_type = \"LocalFs\""},
    {"plugin resource old type", "dir_path = \"x\""},
    {"tls custom with min 1.3", "tls_ciphers = \"TLS_AES_256_GCM_SHA384\""},
    {"YAML", "authorization_mode = \"InsecureAllowAll\""},
    {"JSON", "authorization_mode = \"InsecureAllowAll\""},
    {"KBS_CONFIG_FILE", "authorization_mode = \"InsecureAllowAll\""},
    {"old insecure_api", "authorization_mode = \"InsecureAllowAll\""},
    {"old auth_public_key", "public_key_uri = \"keys/admin.pub\""},
    {"token broker type Simple", "type = \"Simple\""},
    {"token broker a string", "type = \"Simple\""},
    {"old seed config", "type = \"Ear\""},
    {"LocalFs section empty", "dir_path = \"asst\""},
};

template <size_t N>
std::vector<std::string> Sayings(const Said (&table)[N],
                                 const std::string& name) {
  std::vector<std::string> out;
  for (const Said& said : table) {
    if (said.name == name) out.emplace_back(said.text);
  }
  return out;
}

bool Holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Everything up to the file's name stands alike in both.
std::string LoadPrefix(const std::string& err, const std::string& path) {
  const std::string prefix =
      "Error: failed to load configuration file " + path + ": ";
  return Holds(err, prefix) ? prefix : "";
}

class Startup {
 public:
  Startup(const std::string& goldens, const std::string& file)
      : file_(file),
        cases_(LoadJson(goldens + "/" + file)),
        differences_({file}) {
    for (const std::string& key :
         vouchsafe::testing::FilesIn(goldens + "/kbs-http/keys")) {
      std::filesystem::create_directories(dir_.path() + "/keys");
      std::filesystem::copy(key, dir_.path() + "/keys");
    }
    WriteKey("p384.pem", crypto::KeyType::kEcP384);
    WriteKey("rsa.pem", crypto::KeyType::kRsa);
  }

  void Run() {
    size_t index = 0;
    for (const json::Value& recorded : *cases_.if_array()) {
      RunCase(recorded, std::to_string(index++));
    }
    // Once, for it is so in every case: logs go there, ours to stderr.
    differences_.Step(file_, "every one", "");
    differences_.Compare("stdout", "log", out_);
    differences_.Finish();
  }

 private:
  void WriteKey(const std::string& name, crypto::KeyType type) {
    const auto key = crypto::PrivateKey::Generate(type);
    ASSERT_TRUE(key) << name;
    WriteFile(dir_.path() + "/" + name, ToText(key->Pkcs8Pem().view()));
  }

  // Ports are bound to any that is free, paths to the test's folder.
  std::string Bound(std::string config) const {
    ReplaceAll(config, "127.0.0.1:8080", "127.0.0.1:0");
    ReplaceAll(config, "/var/lib/attestation-service/", dir_.path() + "/as");
    if (!Holds(config, "sockets")) {
      ReplaceAll(config, "[http_server]\n",
                 "[http_server]\nsockets = [\"127.0.0.1:0\"]\n");
      ReplaceAll(config, "\"http_server\":{",
                 "\"http_server\":{\"sockets\":[\"127.0.0.1:0\"],");
      ReplaceAll(config, "http_server:\n",
                 "http_server:\n  sockets: [\"127.0.0.1:0\"]\n");
    }
    return config;
  }

  Program::Options OptionsOf(const json::Value& recorded,
                             const std::string& name) {
    Program::Options options;
    options.folder = dir_.path();
    for (const json::Value& arg : *recorded.Find("args")->if_array()) {
      std::string text = *arg.if_string();
      ReplaceAll(text, "127.0.0.1:8091", "127.0.0.1:0");
      options.args.push_back(std::move(text));
    }
    if (name == "KBS_CONFIG_FILE") {
      options.environment["KBS_CONFIG_FILE"] = "c.yaml";
    }
    if (name == "invalid RUST_LOG") options.environment["RUST_LOG"] = "=";
    const std::string config = TextOf(recorded, "/config");
    const std::string path = ConfigPath(options.args);
    if (!config.empty()) WriteFile(dir_.path() + "/" + path, Bound(config));
    return options;
  }

  static std::string ConfigPath(const std::vector<std::string>& args) {
    for (size_t i = 0; i + 1 < args.size(); ++i) {
      if (args[i] == "-c") return args[i + 1];
    }
    return "";
  }

  void RunCase(const json::Value& recorded, const std::string& index) {
    const std::string name = TextOf(recorded, "/case");
    const Program::Options options = OptionsOf(recorded, name);
    const std::string step = index + " " + options.args[0] + " " + name;
    SCOPED_TRACE(file_ + ": " + step);
    if (differences_.NotReplayed(file_, step)) return;
    differences_.Step(file_, step, "");
    Program program(options);
    const bool served = program.WaitFor(" listens ");
    if (served) program.Terminate();
    const int exit = program.Finish();
    if (served) {
      EXPECT_EQ(exit, 0) << program.err();
    }
    const json::Value& want = *recorded.Find("exit");
    const std::string* running = want.if_string();
    differences_.Compare(
        "exit", running != nullptr ? *running : std::to_string(*want.int64()),
        served ? "still running" : std::to_string(exit));
    out_ += program.out();
    if (served) return CheckServed(options, name, program.err());
    CheckRefused(recorded, options, name, program.err());
  }

  void CheckRefused(const json::Value& recorded,
                    const Program::Options& options, const std::string& name,
                    const std::string& err) {
    const auto sayings = Sayings(kRefusals, name);
    EXPECT_FALSE(sayings.empty()) << "nothing is wanted of: " << err;
    for (const std::string& text : sayings) {
      EXPECT_TRUE(Holds(err, text)) << "want: " << text << "\ngot: " << err;
    }
    const std::string theirs = TextOf(recorded, "/stderr");
    if (theirs.empty()) return;  // refused here only
    const std::string path = ConfigPath(options.args);
    differences_.Compare("how it begins", LoadPrefix(theirs, path),
                         LoadPrefix(err, path));
    const size_t at = err.rfind("Error: ");
    differences_.Compare("error", theirs,
                         at == std::string::npos ? err : err.substr(at));
  }

  void CheckServed(const Program::Options& options, const std::string& name,
                   const std::string& err) {
    for (const std::string& text : Sayings(kWarnings, name)) {
      EXPECT_TRUE(Holds(err, text)) << "want: " << text << "\ngot: " << err;
    }
    const auto meanings = Sayings(kMeanings, name);
    if (meanings.empty()) return;
    Program::Options print = options;
    print.args.emplace_back("--print-config");
    const Finished printed = RunProgram(print);
    for (const std::string& text : meanings) {
      EXPECT_TRUE(Holds(printed.out, text))
          << "want: " << text << "\ngot: " << printed.out << printed.err;
    }
  }

  const std::string file_;
  const json::Value cases_;
  Differences differences_;
  vouchsafe::testing::TempDir dir_;
  std::string out_;  // of all
};

TEST(CliGoldens, KbsStartup) {
  SHARED_OR_SKIP(goldens, "goldens");
  Startup(goldens, "cli/kbs-startup.json").Run();
}

TEST(CliGoldens, AsStartup) {
  SHARED_OR_SKIP(goldens, "goldens");
  Startup(goldens, "cli/as-startup.json").Run();
}

}  // namespace
}  // namespace vouchsafe::goldens
