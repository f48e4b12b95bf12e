#include "as/checks.h"
#include "as/evaluation.h"
#include "json/write.h"

namespace vouchsafe::as {
namespace {

// Ten characters, as those tokens always had.
std::string ShortTokenId(RandomSource& random) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  while (out.size() < 10) {
    const uint8_t byte = random.Get(1)[0];
    // Bytes beyond the last whole multiple would favour the first letters.
    if (byte < 4 * kAlphabet.size()) out += kAlphabet[byte % kAlphabet.size()];
  }
  return out;
}

}  // namespace

Result<json::Object> Evaluation::AllReferenceValues(
    const json::Object& claims) {
  const std::vector<std::string> ids =
      TRY_CONTEXT(deps_.reference_values->List(context_),
                  "Get Reference Value from RVPS failed");
  // The older services asked for the names of the claims alone.
  const bool of_claims = options_.simple_members != ear::SimpleMembers::kS2;
  json::Object reference;
  for (const std::string& id : ids) {
    if (of_claims && claims.Find(id) == nullptr) continue;
    auto found = TRY_CONTEXT(deps_.reference_values->Query(id, context_),
                             "Get Reference Value from RVPS failed");
    if (found.value) reference.Set(id, *std::move(found.value));
  }
  return reference;
}

Result<ear::PolicyReport> Evaluation::RequireAllowed(
    const std::string& policy_id, const rego::Document& input,
    const rego::Document& data) {
  const auto policy = TRY(deps_.policies->Load(policy_id, context_));
  policy::PolicyQuestion question = Question(input);
  question.data = &data;
  policy::PolicyAnswer answer =
      TRY(policy::PolicyStore::Evaluate(*policy, question, context_));
  const bool* allow = answer.answers[0].value.if_bool();
  const bool allowed = answer.answers[0].defined() && allow && *allow;
  if (explain_ || !allowed) Explain(*policy, std::move(question), answer);
  record_.policies.push_back(answer.fact);
  Result<> required =
      record_.Section("policy " + policy_id)
          .Require(kSimpleAllows, allowed, CheckValue::OfText(policy_id));
  if (!required) {
    Error error = std::move(required).error();
    error.message = "Reject by policy " + policy_id;
    return tl::unexpected(std::move(error));
  }
  json::Object result;
  result.Set("allow", answer.answers[0].value);
  return ear::PolicyReport{policy_id, policy->sha384, json::Write(result)};
}

Result<json::Object> Evaluation::SimpleClaims(const EvaluateRequest& request,
                                              const ear::TokenSigner& signer) {
  if (devices_.size() != 1) {
    return Fail(ErrorCode::kUnsupported,
                "a Simple token holds one device, the evidence has " +
                    std::to_string(devices_.size()) + "; use Ear");
  }
  Device& device = devices_.front();
  ear::SimpleClaims claims;
  claims.tee = device.tee;
  claims.tcb_status = ear::FlattenClaims(device.tee, device.claims.claims);
  claims.init_data = std::move(device.init_data_claims);
  claims.runtime_data = std::move(device.runtime_data_claims);
  const rego::Document input = TRY_CONTEXT(
      rego::Document::FromValue(claims.tcb_status), "Failed to set input data");
  json::Object reference = TRY(AllReferenceValues(claims.tcb_status));
  json::Object values;
  values.Set("reference", reference);
  const rego::Document data = TRY(rego::Document::FromValue(values));
  std::vector<std::string> ids = request.policy_ids;
  if (ids.empty()) ids.push_back("default");
  for (const std::string& id : ids) {
    TRY(context_.Alive());
    claims.reports.push_back(TRY(RequireAllowed(id, input, data)));
  }
  claims.jwk = signer.embedded_jwk();
  for (const json::Member& member : reference) {
    const json::Array* list = member.value.if_array();
    if (list != nullptr && list->empty()) continue;
    claims.reference.Set(member.name, member.value);
  }
  return ear::BuildSimpleClaims(
      options_.token, options_.simple_members, std::move(claims),
      context_.clock->UnixSeconds(), ShortTokenId(*deps_.random));
}

}  // namespace vouchsafe::as
