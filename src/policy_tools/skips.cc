// The one list of conformance cases that are not run. Only what is not planned
// (tier out) and parts of tier nice may stand here.

#include "policy_tools/conformance.h"

namespace vouchsafe::policy_tools {
namespace {

struct Skip {
  std::string_view where;  // a part of the case's id, or its whole note
  std::string_view reason;
};

constexpr Skip kSkips[] = {
    {"/graphql/", "graphql.* is not offered"},
    {"/invalidkeyerror/",
     "http.send is not offered: a policy does not reach the network"},
    {"/netlookupipaddr/",
     "net.lookup_ip_addr is not offered: a policy does not reach the network"},
    {"/providers-aws/", "providers.aws.sign_req is not offered"},
    {"/regoparsemodule/", "rego.parse_module is not offered"},
    {"/rendertemplate/", "strings.render_template is not offered"},
};

}  // namespace

std::string_view SkipReason(std::string_view id, std::string_view note) {
  for (const Skip& skip : kSkips) {
    if (note == skip.where || id.find(skip.where) != id.npos) {
      return skip.reason;
    }
  }
  return {};
}

}  // namespace vouchsafe::policy_tools
