#pragma once

// Who may administer: one of three modes (kbs.md 4.1), and in the last a token
// of an identity provider and an access list of roles.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/request.h"
#include "base/result.h"
#include "checks/check_log.h"
#include "http/types.h"
#include "token/admin_jwt.h"

namespace vouchsafe::kbs {

enum class AdminMode { kInsecureAllowAll, kDenyAll, kAuthenticated };

// `allowed_endpoints` is a regular expression over the request target as it
// came: path and query, nothing decoded. It starts with ^/kbs and ends with $.
struct AclRule {
  std::string role;
  std::string allowed_endpoints;
};

struct AdminConfig {
  AdminMode mode = AdminMode::kDenyAll;
  std::vector<token::IdentityProvider> providers;
  std::vector<AclRule> acls;
};

// Thread-safe and immutable, but for the key sets inside.
class AdminGate {
 public:
  // Reads keys and compiles patterns; any failure refuses to start. `fetcher`
  // must outlive the gate.
  static Result<std::unique_ptr<AdminGate>> Create(
      const AdminConfig& config, http::Fetcher* fetcher,
      const RequestContext& context);
  ~AdminGate();

  // The role that was admitted ("" when everything is allowed). The innermost
  // text of the error is Trustee's and may be shown to the client.
  Result<std::string> Admit(const http::Request& request, CheckLog& log,
                            const RequestContext& context) const;

 private:
  struct Rule;
  AdminGate();
  AdminMode mode_ = AdminMode::kDenyAll;
  std::unique_ptr<token::AdminVerifier> verifier_;
  std::vector<Rule> rules_;
};

// "Admin access denied: <reason>", or the bearer header's text as it is.
std::string AdminErrorText(const Error& error);

}  // namespace vouchsafe::kbs
