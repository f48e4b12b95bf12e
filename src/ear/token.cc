#include "ear/token.h"

#include <algorithm>
#include <limits>

namespace vouchsafe::ear {
namespace {

constexpr std::string_view kPolicyDigestMember = "ear.vouchsafe.policy-sha384";
constexpr std::string_view kPoliciesMember = "ear.vouchsafe.policies";

// Members that an extension may not take over: readers that keep the last of
// two equal names would see the policy's value instead of the verdict.
constexpr std::string_view kReserved[] = {"ear.status",
                                          "ear.trustworthiness-vector",
                                          "ear.appraisal-policy-id",
                                          "ear.veraison.annotated-evidence",
                                          "ear.veraison.policy-claims",
                                          "ear.veraison.key-attestation",
                                          kPolicyDigestMember,
                                          kPoliciesMember};

Error Unusable(const std::string& what) {
  return Error{ErrorCode::kInternal, what, nullptr, {}};
}

Result<Extension> ReadExtension(const json::Value& value) {
  const json::Value* name = value.Find("name");
  const json::Value* key = value.Find("key");
  const json::Value* content = value.Find("value");
  if (name == nullptr || name->if_string() == nullptr) {
    return tl::unexpected(Unusable("extension: want a name"));
  }
  const std::string& text = *name->if_string();
  const std::optional<int64_t> number =
      key == nullptr ? std::nullopt : key->int64();
  if (!number || *number < std::numeric_limits<int32_t>::min() ||
      *number > std::numeric_limits<int32_t>::max()) {
    return tl::unexpected(
        Unusable("extension `" + text + "`: want a 32-bit number as key"));
  }
  if (content == nullptr) {
    return tl::unexpected(Unusable("extension `" + text + "`: has no value"));
  }
  if (std::find(std::begin(kReserved), std::end(kReserved), text) !=
      std::end(kReserved)) {
    return tl::unexpected(
        Unusable("extension `" + text + "`: the token itself uses this name"));
  }
  return Extension{text, static_cast<int32_t>(*number), *content};
}

json::Object ToJson(Appraisal appraisal) {
  json::Object out;
  out.Set("ear.status", TierName(appraisal.vector.Worst()));
  out.Set("ear.trustworthiness-vector", appraisal.vector.ToJson());
  out.Set("ear.appraisal-policy-id", std::move(appraisal.policy_id));
  out.Set("ear.veraison.annotated-evidence", std::move(appraisal.evidence));
  out.Set(kPolicyDigestMember, std::move(appraisal.policy_sha384));
  if (!appraisal.policies.empty()) {
    json::Array policies;
    for (PolicyVerdict& policy : appraisal.policies) {
      json::Object one;
      one.Set("id", std::move(policy.id));
      one.Set("sha384", std::move(policy.sha384));
      one.Set("status", TierName(policy.status));
      policies.emplace_back(std::move(one));
    }
    out.Set(kPoliciesMember, std::move(policies));
  }
  std::sort(
      appraisal.extensions.begin(), appraisal.extensions.end(),
      [](const Extension& a, const Extension& b) { return a.name < b.name; });
  for (Extension& extension : appraisal.extensions) {
    out.Set(extension.name, std::move(extension.value));
  }
  return out;
}

}  // namespace

Result<> CheckTokenOptions(const TokenOptions& options) {
  const std::pair<std::string_view, const std::string*> required[] = {
      {"profile_name", &options.profile_name},
      {"developer_name", &options.developer_name},
      {"build_name", &options.build_name}};
  for (const auto& [name, value] : required) {
    if (value->empty()) {
      return Fail(ErrorCode::kInvalidInput, "attestation_token_broker." +
                                                std::string(name) +
                                                ": must not be empty");
    }
  }
  constexpr int64_t kMostMinutes = int64_t{60} * 24 * 366 * 100;
  if (options.duration_min <= 0 || options.duration_min > kMostMinutes) {
    return Fail(ErrorCode::kInvalidInput,
                "attestation_token_broker.duration_min: " +
                    std::to_string(options.duration_min) +
                    ", want 1 minute to 100 years");
  }
  return {};
}

Result<std::vector<Extension>> ExtensionsFromPolicy(const json::Value& answer) {
  const json::Array* array = answer.if_array();
  if (array == nullptr) {
    return tl::unexpected(Unusable("extensions: want an array"));
  }
  std::vector<Extension> out;
  for (const json::Value& value : *array) {
    Extension extension = TRY(ReadExtension(value));
    for (const Extension& other : out) {
      if (other.name == extension.name || other.key == extension.key) {
        return tl::unexpected(Unusable("extension `" + extension.name +
                                       "`: its name or key occurs twice"));
      }
    }
    if (!extension.value.is_null()) out.push_back(std::move(extension));
  }
  return out;
}

Result<> MergeExtensions(std::vector<Extension>& into,
                         std::vector<Extension> from) {
  for (Extension& extension : from) {
    bool known = false;
    for (const Extension& other : into) {
      if (other.name != extension.name && other.key != extension.key) continue;
      if (other.name != extension.name || other.key != extension.key ||
          !(other.value == extension.value)) {
        return tl::unexpected(
            Unusable("extension `" + extension.name +
                     "`: two of the policies do not agree on it"));
      }
      known = true;
    }
    if (!known) into.push_back(std::move(extension));
  }
  return {};
}

Result<json::Object> BuildClaims(const TokenOptions& options,
                                 std::vector<Submod> submods,
                                 int64_t now_unix_s, std::string jti) {
  if (submods.empty()) {
    return Fail(ErrorCode::kInternal,
                "the evidence names no device: a token needs a submodule");
  }
  int64_t expires = 0;
  if (__builtin_mul_overflow(options.duration_min, int64_t{60}, &expires) ||
      __builtin_add_overflow(expires, now_unix_s, &expires)) {
    return Fail(ErrorCode::kInternal, "Token expiration overflow.");
  }
  std::sort(submods.begin(), submods.end(),
            [](const Submod& a, const Submod& b) { return a.name < b.name; });
  json::Object by_name;
  for (Submod& submod : submods) {
    by_name.Set(submod.name, ToJson(std::move(submod.appraisal)));
  }
  json::Object verifier;
  verifier.Set("developer", options.developer_name);
  verifier.Set("build", options.build_name);

  json::Object out;
  out.Set("eat_profile", options.profile_name);
  out.Set("iat", now_unix_s);
  out.Set("ear.verifier-id", std::move(verifier));
  out.Set("submods", std::move(by_name));
  out.Set("exp", expires);
  out.Set("iss", options.issuer_name);
  out.Set("nbf", now_unix_s);
  out.Set("jti", std::move(jti));
  return out;
}

}  // namespace vouchsafe::ear
