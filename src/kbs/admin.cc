#include "kbs/admin.h"

#include <re2/re2.h>

#include "kbs/checks.h"

namespace vouchsafe::kbs {

struct AdminGate::Rule {
  std::string role;
  std::unique_ptr<RE2> endpoints;
};

AdminGate::AdminGate() = default;
AdminGate::~AdminGate() = default;

namespace {

Result<std::unique_ptr<RE2>> CompileEndpoints(const AclRule& acl) {
  const std::string& pattern = acl.allowed_endpoints;
  const std::string where =
      "[admin.authorization.regex_acl] role \"" + acl.role + "\": ";
  // Anchored at both ends, so that a pattern never allows more than it shows.
  if (!pattern.starts_with("^/kbs") || !pattern.ends_with('$')) {
    return Fail(ErrorCode::kInvalidInput,
                where +
                    "allowed_endpoints must start with ^/kbs and end with "
                    "$, got \"" +
                    pattern + "\"");
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(int64_t{1} << 20);
  auto compiled = std::make_unique<RE2>(pattern, options);
  if (!compiled->ok()) {
    return Fail(
        ErrorCode::kInvalidInput,
        where + "allowed_endpoints \"" + pattern + "\": " + compiled->error());
  }
  return compiled;
}

}  // namespace

Result<std::unique_ptr<AdminGate>> AdminGate::Create(
    const AdminConfig& config, http::Fetcher* fetcher,
    const RequestContext& context) {
  std::unique_ptr<AdminGate> gate(new AdminGate());
  gate->mode_ = config.mode;
  if (config.mode != AdminMode::kAuthenticated) return gate;
  gate->verifier_ = TRY_CONTEXT(
      token::AdminVerifier::Create(config.providers, fetcher, context),
      "[admin.authentication.bearer_jwt]");
  for (const AclRule& acl : config.acls) {
    gate->rules_.push_back({acl.role, TRY(CompileEndpoints(acl))});
  }
  return gate;
}

Result<std::string> AdminGate::Admit(const http::Request& request,
                                     CheckLog& log,
                                     const RequestContext& context) const {
  if (mode_ == AdminMode::kInsecureAllowAll) return std::string();
  TRY_CONTEXT(log.Require(kAdminMode, mode_ != AdminMode::kDenyAll),
              "Admin access denied as DenyAll authorization_mode is enabled");
  const std::string* header = request.headers.Find("Authorization");
  const std::string bearer =
      TRY(token::ParseBearer(header != nullptr ? *header : ""));
  const token::AdminIdentity identity =
      TRY(verifier_->Verify(bearer, log, context));
  bool allowed = false;
  for (const Rule& rule : rules_) {
    allowed = allowed || (rule.role == identity.role &&
                          RE2::PartialMatch(request.target, *rule.endpoints));
  }
  TRY_CONTEXT(
      log.Require(kAdminRole, allowed, CheckValue::OfText(identity.role)),
      "Role " + identity.role + " not allowed for path " + request.target);
  return identity.role;
}

std::string AdminErrorText(const Error& error) {
  const std::string& text =
      error.context.empty() ? error.message : error.context.front();
  if (text == token::kBadBearerText) return text;
  return "Admin access denied: " + text;
}

}  // namespace vouchsafe::kbs
