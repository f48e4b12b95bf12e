// kbs-client: attest, fetch and administer from the command line (clients.md
// section 2). Flags are Trustee's; those that are ours say so.

#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "apps/cli/command_line.h"
#include "apps/kbs-client/output.h"
#include "attester/attester.h"
#include "base/encoding.h"
#include "client/kbs_client.h"
#include "crypto/random.h"
#include "json/parse.h"
#include "json/write.h"
#include "net/curl_fetcher.h"
#include "policy/admission.h"
#include "policy/resource_policies.h"

namespace vouchsafe {
namespace {

static_assert(client::kFindingHeader == policy::kFindingHeader);

constexpr const char* kExamples =
    "  kbs-client --url http://127.0.0.1:8080 attest\n"
    "  kbs-client get-resource --path default/key/1\n"
    "  kbs-client config --admin-token-file token set-resource "
    "--path default/key/1 --resource-file secret\n"
    "  kbs-client config set-resource-policy --affirming\n";

struct Flags {
  std::string url = "http://127.0.0.1:8080";
  std::optional<std::string> cert_file;
  Output output;

  std::optional<std::string> tee_key_file;
  std::optional<std::string> init_data;
  std::optional<std::string> attestation_token;
  std::optional<std::string> evidence_file;
  std::optional<std::string> tee;
  std::string path;

  std::optional<std::string> admin_token_file;
  std::optional<std::string> policy_file;
  std::string policy_id = "default_cpu";
  std::string policy_type = "rego";
  bool allow_all = false;
  bool deny_all = false;
  bool affirming = false;
  bool default_policy = false;
  std::string resource_file;
  std::string id;
  std::string name;
  std::string value;
  bool as_integer = false;
  bool as_bool = false;
  bool as_single_value = false;
};

std::string Trim(std::string text) {
  while (!text.empty() &&
         std::isspace(static_cast<unsigned char>(text.back()))) {
    text.pop_back();
  }
  size_t start = 0;
  while (start < text.size() &&
         std::isspace(static_cast<unsigned char>(text[start]))) {
    ++start;
  }
  return text.substr(start);
}

// One run: the client and what it needs.
class Run {
 public:
  explicit Run(const Flags& flags) : flags_(flags) {
    context_.request_id = "kbs-client";
    context_.clock = &clock_;
  }

  Result<int> Attest();
  Result<int> GetResource();
  Result<int> SetAttestationPolicy();
  Result<int> SetResourcePolicy();
  Result<int> SetResource();
  Result<int> DeleteResource();
  Result<int> GetReferenceValue();
  Result<int> SetSampleReferenceValue();

  const std::optional<client::ServerRefusal>& refusal() const {
    static const std::optional<client::ServerRefusal> none;
    return client_ ? client_->refusal() : none;
  }

 private:
  Result<> Connect();
  Result<> ConnectAdmin();
  Result<client::TeeKey> Key() const;
  Result<std::unique_ptr<attester::Attester>> Attester() const;

  const Flags& flags_;
  SystemClock clock_;
  net::CurlFetcher fetcher_;
  RequestContext context_;
  std::optional<client::KbsClient> client_;
};

Result<> Run::Connect() {
  client::KbsClientConfig config;
  config.url = flags_.url;
  if (flags_.cert_file) {
    config.ca_pem.push_back(TRY(cli::ReadFile(*flags_.cert_file)));
  }
  client_.emplace(std::move(config), fetcher_);
  return {};
}

// clients.md section 2.4; never silently anonymous.
Result<std::optional<std::string>> AdminToken(const Flags& flags) {
  if (flags.admin_token_file) {
    return std::optional<std::string>(
        Trim(TRY(cli::ReadFile(*flags.admin_token_file))));
  }
  const char* home = std::getenv("HOME");
  for (const std::string& path :
       {std::string("kbs/config/docker-compose/admin-token"),
        std::string(home != nullptr ? home : "") + "/.trustee/admin-token"}) {
    auto token = cli::ReadFile(path);
    if (token) return std::optional<std::string>(Trim(*std::move(token)));
  }
  std::fprintf(stderr,
               "warning: no admin token (--admin-token-file): asking as "
               "nobody, which works only with authorization_mode "
               "InsecureAllowAll\n");
  return std::optional<std::string>();
}

Result<> Run::ConnectAdmin() {
  TRY(Connect());
  client_->SetAdminToken(TRY(AdminToken(flags_)));
  return {};
}

Result<client::TeeKey> Run::Key() const {
  if (!flags_.tee_key_file) return client::TeeKey::Generate();
  return client::TeeKey::FromPem(TRY(cli::ReadFile(*flags_.tee_key_file)));
}

Result<std::unique_ptr<attester::Attester>> Run::Attester() const {
  if (flags_.evidence_file) {
    if (!flags_.tee) {
      return Fail(ErrorCode::kInvalidInput,
                  "--evidence needs --tee: which TEE the evidence is of");
    }
    const std::string text = TRY(cli::ReadFile(*flags_.evidence_file));
    json::Value evidence = TRY_CONTEXT(json::Parse(text), "--evidence");
    return attester::MakeRecordedAttester(*flags_.tee, std::move(evidence));
  }
  if (flags_.tee && *flags_.tee != "sample") {
    return Fail(ErrorCode::kUnsupported,
                "--tee " + *flags_.tee +
                    ": this build has the sample attester only; bring "
                    "evidence with --evidence FILE");
  }
  std::fprintf(stderr,
               "warning: sample evidence, which proves nothing and which the "
               "default policies give nothing to\n");
  return attester::MakeSampleAttester();
}

Result<int> Run::Attest() {
  TRY(Connect());
  const client::TeeKey key = TRY(Key());
  const auto attester = TRY(Attester());
  const std::string token =
      TRY(client_->Attest(*attester, key, flags_.init_data, context_));
  return flags_.output.Print(token, "token", token);
}

Result<int> Run::GetResource() {
  TRY(Connect());
  std::optional<std::string> token;
  if (flags_.attestation_token) {
    if (!flags_.tee_key_file) {
      return Fail(ErrorCode::kInvalidInput,
                  "if `--attestation-token` is set, `--tee_key_file` argument "
                  "should also be set, and the public part of TEE Key should "
                  "be consistent with tee-pubkey in the token.");
    }
    token = Trim(TRY(cli::ReadFile(*flags_.attestation_token)));
  }
  const client::TeeKey key = TRY(Key());
  if (!token) {
    const auto attester = TRY(Attester());
    TRY(client_->Attest(*attester, key, flags_.init_data, context_));
  }
  const SecretBytes secret =
      TRY(client_->GetResource("resource", flags_.path, key, token, context_));
  return flags_.output.PrintSecret(secret.view());
}

Result<int> Run::SetAttestationPolicy() {
  TRY(ConnectAdmin());
  const std::string policy = TRY(cli::ReadFile(*flags_.policy_file));
  TRY(client_->SetAttestationPolicy(flags_.policy_id, flags_.policy_type,
                                    AsBytes(policy), context_));
  flags_.output.PrintFindings(client_->findings());
  const std::string base64 = Base64Encode(AsBytes(policy));
  return flags_.output.Print(
      "Set attestation policy success \n policy: " + base64, "policy", base64);
}

Result<std::string> ResourcePolicy(const Flags& flags) {
  if (flags.policy_file) return cli::ReadFile(*flags.policy_file);
  if (flags.allow_all) return std::string(policy::kAllowAllResourcePolicy);
  if (flags.deny_all) return std::string(policy::kDenyAllResourcePolicy);
  if (flags.affirming) return std::string(policy::kAffirmingResourcePolicy);
  if (flags.default_policy) return std::string(policy::kDefaultResourcePolicy);
  return Fail(ErrorCode::kInvalidInput, "No policy specified");
}

Result<int> Run::SetResourcePolicy() {
  const int choices = (flags_.policy_file ? 1 : 0) + flags_.allow_all +
                      flags_.deny_all + flags_.affirming +
                      flags_.default_policy;
  if (choices > 1) {
    std::fprintf(stderr,
                 "only one of --policy-file, --allow-all, --deny-all, "
                 "--affirming and --default can be given\n");
    return cli::kUsage;
  }
  const std::string policy = TRY(ResourcePolicy(flags_));
  TRY(ConnectAdmin());
  TRY(client_->SetResourcePolicy(AsBytes(policy), context_));
  flags_.output.PrintFindings(client_->findings());
  const std::string base64 = Base64Encode(AsBytes(policy));
  return flags_.output.Print("Set resource policy success \n policy: " + base64,
                             "policy", base64);
}

Result<int> Run::SetResource() {
  const std::string value = TRY(cli::ReadFile(flags_.resource_file));
  TRY(ConnectAdmin());
  TRY(client_->SetResource(flags_.path, AsBytes(value), context_));
  // Trustee echoes the secret here; we never do (decision 15).
  return flags_.output.Print("Set resource success ", "resource", flags_.path);
}

Result<int> Run::DeleteResource() {
  TRY(ConnectAdmin());
  TRY(client_->DeleteResource(flags_.path, context_));
  return flags_.output.Print("Delete resource success", "resource",
                             flags_.path);
}

Result<int> Run::GetReferenceValue() {
  TRY(ConnectAdmin());
  const std::string answer =
      TRY(client_->GetReferenceValue(flags_.id, context_));
  const json::Value value = TRY(json::Parse(answer));
  // Trustee prints the body in quotes of its language; so do we, as JSON.
  return flags_.output.Print(json::Quote(answer), "value", value);
}

Result<json::Value> ReferenceValue(const Flags& flags) {
  json::Value value(flags.value);
  if (flags.as_integer) {
    int32_t number = 0;
    const char* end = flags.value.data() + flags.value.size();
    const auto [stop, error] = std::from_chars(flags.value.data(), end, number);
    if (error != std::errc() || stop != end) {
      return Fail(
          ErrorCode::kInvalidInput,
          "--as-integer: want a 32-bit integer, got \"" + flags.value + "\"");
    }
    value = json::Value(int64_t{number});
  } else if (flags.as_bool) {
    if (flags.value != "true" && flags.value != "false") {
      return Fail(ErrorCode::kInvalidInput,
                  "--as-bool: want true or false, got \"" + flags.value + "\"");
    }
    value = json::Value(flags.value == "true");
  }
  if (flags.as_single_value) return value;
  json::Array list;
  list.push_back(std::move(value));
  return json::Value(std::move(list));
}

Result<int> Run::SetSampleReferenceValue() {
  if (flags_.as_integer && flags_.as_bool) {
    std::fprintf(stderr,
                 "--as-integer and --as-bool cannot be given together\n");
    return cli::kUsage;
  }
  json::Value value = TRY(ReferenceValue(flags_));
  TRY(ConnectAdmin());
  TRY(client_->SetSampleReferenceValue(flags_.name, value, context_));
  return flags_.output.Print("Reference Values Updated", flags_.name,
                             std::move(value));
}

std::function<int()> Action(const Flags& flags, Result<int> (Run::*act)()) {
  return [&flags, act] {
    Run run(flags);
    const Result<int> code = (run.*act)();
    return code ? *code : flags.output.Report(code.error(), run.refusal());
  };
}

void DeclareGuest(cli::Command& root, Flags& flags) {
  const auto evidence = [&flags](cli::Command& command) -> cli::Command& {
    return command
        .Option("--tee-key-file", &flags.tee_key_file, "PATH",
                "PEM of the guest's private key; default: a new P-256 key")
        .Option("--evidence", &flags.evidence_file, "FILE",
                "Evidence made elsewhere, JSON (ours)")
        .Option("--tee", &flags.tee, "NAME", "Which TEE that is of (ours)")
        .OptionalArgument("init_data", &flags.init_data,
                          "Text of the init-data TOML itself");
  };
  evidence(root.Subcommand("attest", "Attest, and print the token",
                           Action(flags, &Run::Attest)));
  cli::Command& get =
      root.Subcommand("get-resource", "Attest, fetch a resource, print base64",
                      Action(flags, &Run::GetResource));
  get.Option("--path", &flags.path, "PATH", "<repository>/<type>/<tag>")
      .Required();
  get.Option("--attestation-token", &flags.attestation_token, "PATH",
             "Fetch with this token instead of attesting");
  evidence(get);
}

void DeclareConfig(cli::Command& root, Flags& flags) {
  cli::Command& config =
      root.Subcommand("config", "Administer the key broker", nullptr);
  config.Option("--admin-token-file", &flags.admin_token_file, "PATH",
                "Bearer token of an administrator");
  config
      .Subcommand("set-attestation-policy", "Set a policy for evidence",
                  Action(flags, &Run::SetAttestationPolicy))
      .Option("--policy-file", &flags.policy_file, "PATH", "Rego text")
      .Required()
      .Option("--id", &flags.policy_id, "ID", "Which policy")
      .Option("--type", &flags.policy_type, "TYPE", "Ignored by the server");
  config
      .Subcommand("set-resource-policy", "Set the policy of releases",
                  Action(flags, &Run::SetResourcePolicy))
      .Option("--policy-file", &flags.policy_file, "PATH", "Rego text")
      .Flag("--allow-all", &flags.allow_all, "Any attested guest, even sample")
      .Flag("--deny-all", &flags.deny_all, "Nobody")
      .Flag("--affirming", &flags.affirming, "Guests appraised as affirming")
      .Flag("--default", &flags.default_policy,
            "What a key broker starts with");
  config
      .Subcommand("set-resource", "Store a secret",
                  Action(flags, &Run::SetResource))
      .Option("--path", &flags.path, "PATH", "<repository>/<type>/<tag>")
      .Required()
      .Option("--resource-file", &flags.resource_file, "PATH", "The secret")
      .Required();
  config
      .Subcommand("delete-resource", "Delete a secret",
                  Action(flags, &Run::DeleteResource))
      .Option("--path", &flags.path, "PATH", "<repository>/<type>/<tag>")
      .Required();
  config
      .Subcommand("get-reference-value", "Print a reference value",
                  Action(flags, &Run::GetReferenceValue))
      .Option("--id", &flags.id, "ID", "Its name")
      .Required();
  config
      .Subcommand("set-sample-reference-value", "Register a reference value",
                  Action(flags, &Run::SetSampleReferenceValue))
      .Argument("name", &flags.name, "Its name")
      .Argument("value", &flags.value, "Its value, a string by default")
      .Flag("--as-integer", &flags.as_integer, "The value is an integer")
      .Flag("--as-bool", &flags.as_bool, "The value is true or false")
      .Flag("--as-single-value", &flags.as_single_value,
            "Not wrapped in a list");
}

}  // namespace
}  // namespace vouchsafe

int main(int argc, char** argv) {
  using namespace vouchsafe;  // NOLINT: this file is the program
  cli::CommandLine command_line("kbs-client", "A client of the key broker.",
                                "KBS client 0.1.0", kExamples);
  Flags flags;
  command_line.root()
      .Option("--url", &flags.url, "URL", "Of the key broker")
      .Option("--cert-file", &flags.cert_file, "PATH",
              "PEM certificate to trust")
      .Flag("--json", &flags.output.json, "Print JSON (ours)")
      .Option("--output", &flags.output.file, "FILE",
              "Write the result there, mode 0600 (ours)");
  DeclareGuest(command_line.root(), flags);
  DeclareConfig(command_line.root(), flags);
  return command_line.Main(argc, argv, nullptr);
}
