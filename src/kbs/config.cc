#include "kbs/config.h"

namespace vouchsafe::kbs {
namespace {

Result<HttpConfig> ReadHttp(const config::Section& in) {
  HttpConfig out;
  out.sockets = in.Strings("sockets");
  out.insecure_http = in.Bool("insecure_http");
  out.private_key = in.String("private_key");
  out.certificate = in.String("certificate");
  out.max_body = in.Uint("payload_request_size") << 20;
  out.workers = in.IsSet("worker_count") ? in.Uint("worker_count") : 0;
  out.tls_profile = in.String("tls_profile");
  out.tls_min_version = in.OptionalString("tls_min_version");
  out.tls_max_version = in.OptionalString("tls_max_version");
  out.tls_ciphers = in.String("tls_ciphers");
  out.tls_groups = in.String("tls_groups");
  if (out.sockets.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "http_server.sockets: want at least one IP:port");
  }
  if (out.tls_min_version == "1.3" && out.tls_max_version == "1.2") {
    return Fail(ErrorCode::kInvalidInput,
                "http_server.tls_min_version: 1.3 is above tls_max_version "
                "1.2");
  }
  if (!out.insecure_http &&
      (out.private_key.empty() || out.certificate.empty())) {
    return Fail(ErrorCode::kInvalidInput,
                "http_server: HTTPS needs private_key and certificate; set "
                "insecure_http = true to serve plain HTTP");
  }
  return out;
}

token::TokenVerifierConfig ReadToken(const config::Section& in) {
  token::TokenVerifierConfig out;
  out.trusted_jwk_sets = in.Strings("trusted_jwk_sets");
  out.insecure_header_jwk = in.Bool("insecure_header_jwk");
  out.extra_teekey_paths = in.Strings("extra_teekey_paths");
  out.issuer = in.OptionalString("issuer");
  out.audience = in.OptionalString("audience");
  return out;
}

AdminConfig ReadAdmin(const config::Section& in) {
  AdminConfig out;
  const std::string mode = in.String("authorization_mode");
  if (mode == "InsecureAllowAll") out.mode = AdminMode::kInsecureAllowAll;
  if (mode != "AuthenticatedAuthorization") return out;
  out.mode = AdminMode::kAuthenticated;
  for (const config::Section& provider :
       in.Table("authentication.bearer_jwt").Tables("identity_providers")) {
    out.providers.push_back({provider.OptionalString("issuer"),
                             provider.OptionalString("audience"),
                             provider.OptionalString("public_key_uri"),
                             provider.OptionalString("jwk_set_uri"),
                             provider.OptionalString("role")});
  }
  for (const config::Section& acl :
       in.Table("authorization.regex_acl").Tables("acls")) {
    out.acls.push_back({acl.String("role"), acl.String("allowed_endpoints")});
  }
  return out;
}

Result<> ReadAttestation(const config::Section& in, KbsConfig& out) {
  if (in.IsSet("storage_backend") || in.IsSet("strict_trustee_errors")) {
    return Fail(ErrorCode::kInvalidInput,
                "attestation_service: storage_backend and "
                "strict_trustee_errors belong at the top of the file");
  }
  out.attestation = TRY(as::ReadAsConfig(in));
  out.attestation.storage = out.storage;
  out.attestation.storage_given = out.storage_given;
  if (const auto storage_type = in.OptionalString("storage_type")) {
    out.as_storage = TRY(storage::ParseStorageType(*storage_type));
  }
  out.session_timeout = std::chrono::minutes(in.Int("timeout"));
  return {};
}

void ReadPlugins(const std::vector<config::Section>& plugins, KbsConfig& out) {
  for (const config::Section& plugin : plugins) {
    ResourcePluginConfig resource;
    if (plugin.String("storage_backend_type") == "LocalFs") {
      resource.nested_dir = plugin.String("dir_path");
      resource.layout = ResourceLayout::kNested;
    } else if (out.storage.type == storage::StorageType::kLocalFs &&
               out.storage.local_fs) {
      resource.nested_dir = out.storage.local_fs->path + "/repository";
    }
    out.resource_plugin = std::move(resource);
  }
}

}  // namespace

Result<KbsConfig> ReadKbsConfig(const config::Section& root) {
  KbsConfig out;
  out.http = TRY(ReadHttp(root.Table("http_server")));
  const config::Section token = root.Table("attestation_token");
  out.trusted_certs_paths = token.Strings("trusted_certs_paths");
  out.token = ReadToken(token);
  out.admin = ReadAdmin(root.Table("admin"));
  const config::Section storage = root.Table("storage_backend");
  out.storage = TRY(as::ReadStorageConfig(storage));
  out.storage_given = storage.present();
  if (const auto type = root.OptionalString("session_storage_type")) {
    out.session_storage = TRY(storage::ParseStorageType(*type));
  }
  TRY(ReadAttestation(root.Table("attestation_service"), out));
  ReadPlugins(root.Tables("plugins"), out);
  out.initial_policy_path = root.String("policy_engine.policy_path");
  out.policy_check = root.String("policy_engine.policy_check") == "reject"
                         ? policy::PolicyCheck::kReject
                         : policy::PolicyCheck::kWarn;
  out.allow_rsa15 = root.Bool("allow_rsa1_5");
  out.strict_trustee_errors = root.Bool("strict_trustee_errors");
  return out;
}

std::vector<std::string> StartupWarnings(const KbsConfig& config) {
  std::vector<std::string> warnings;
  if (config.http.insecure_http) {
    warnings.push_back(
        "http_server.insecure_http: tokens and administration go over the "
        "wire in the clear");
  }
  if (config.token.insecure_header_jwk) {
    warnings.push_back(
        "attestation_token.insecure_header_jwk: whoever makes a key of their "
        "own can make tokens; never in production");
  }
  if (config.admin.mode == AdminMode::kInsecureAllowAll) {
    warnings.push_back(
        "admin.authorization_mode InsecureAllowAll: whoever reaches this port "
        "is an administrator");
  }
  if (!config.resource_plugin) {
    warnings.push_back(
        "no [[plugins]] entry: no secret can be stored or fetched");
  }
  return warnings;
}

}  // namespace vouchsafe::kbs
