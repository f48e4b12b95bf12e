#include "as/evaluation.h"

#include "as/bound_data.h"
#include "as/checks.h"
#include "as/policy_input.h"
#include "json/write.h"

namespace vouchsafe::as {
namespace {

constexpr size_t kReferenceValueShown = 256;  // bytes in a record

// The check's refusal, with the text of what failed.
template <class T>
Result<T> RequireOk(CheckLog& log, const Check& check, Result<T> value) {
  if (value) return log.RequireOk(check, std::move(value));
  const std::string message = value.error().Text();
  Result<T> refused = log.RequireOk(check, std::move(value));
  Error error = std::move(refused).error();
  error.message = message;
  return tl::unexpected(std::move(error));
}

std::string Shortened(std::string text) {
  if (text.size() > kReferenceValueShown) {
    text.resize(kReferenceValueShown);
    text += "...";
  }
  return text;
}

}  // namespace

Result<AcceptedTee> FindAcceptedTee(const VerifierSet& verifiers,
                                    std::string_view tee, CheckLog& log) {
  const TeeInfo* info = FindTee(tee);
  if (info == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                "Unsupported TEE type: " + std::string(tee));
  }
  const Verifier* verifier = verifiers.Find(info->name);
  const auto found = log.RequireSome(
      kTeeAccepted,
      verifier == nullptr ? std::nullopt : std::optional(verifier),
      CheckValue::OfText(info->name));
  if (!found) return tl::unexpected(found.error());
  return AcceptedTee{info->name, *found};
}

Result<> Evaluation::Verify(const VerificationRequest& request, size_t index) {
  const std::string unit =
      "evidence " + std::to_string(index) + " (" + request.tee + ")";
  const AcceptedTee accepted = TRY(
      FindAcceptedTee(*deps_.verifiers, request.tee, record_.Section(unit)));
  BoundData runtime = TRY_CONTEXT(
      ResolveRuntimeData(request.runtime_data, request.runtime_hash),
      "parse runtime data");
  BoundData init =
      TRY_CONTEXT(ResolveInitData(request.init_data), "parse init data");
  const Expected expected{std::move(runtime.expected),
                          std::move(init.expected)};
  VerifyReport report;
  auto verified =
      accepted.verifier->Evaluate(request.evidence, expected, report, context_);
  record_.Section(unit).Append(report.checks);
  for (CollateralUse& use : report.collateral) {
    record_.collateral.push_back({std::move(use.kind), std::move(use.id),
                                  std::move(use.source), use.expires_unix_s});
  }
  if (!verified) {
    return tl::unexpected(
        WithContext(std::move(verified).error(), "Verifier evaluate failed"));
  }
  for (size_t i = 0; i < verified->size(); ++i) {
    const bool last = i + 1 == verified->size();  // it need not copy
    devices_.push_back({std::string(accepted.name), std::move((*verified)[i]),
                        last ? std::move(init.claims) : init.claims,
                        last ? std::move(runtime.claims) : runtime.claims});
  }
  return {};
}

Result<json::Value> Evaluation::ReferenceValue(std::string_view id) {
  const auto known = reference_values_.find(id);
  if (known != reference_values_.end()) return known->second;
  auto found = deps_.reference_values->Query(id, context_);
  if (!found) {
    return tl::unexpected(WithContext(std::move(found).error(),
                                      "Get Reference Value from RVPS failed"));
  }
  json::Value value = std::move(found->value).value_or(json::Value());
  record_.reference_values.push_back(
      {std::string(id), Shortened(json::Write(value)), std::move(found->note)});
  reference_values_.emplace(std::string(id), value);
  return value;
}

Result<ear::TrustVector> Evaluation::TrustClaims(
    const policy::PolicyAnswer& answer, CheckLog& log) {
  // Undefined is no object, and so refused with the same text as any other.
  return RequireOk(log, kTrustClaims,
                   ear::TrustVector::FromPolicy(answer.answers[0].value));
}

Result<std::vector<ear::Extension>> Evaluation::Extensions(
    const policy::PolicyAnswer& answer, CheckLog& log) {
  const rego::Answer& extensions = answer.answers[1];
  if (extensions.state == rego::State::kAbsent) {
    return std::vector<ear::Extension>();
  }
  return RequireOk(log, kExtensions,
                   ear::ExtensionsFromPolicy(extensions.value));
}

void Evaluation::Explain(const policy::Policy& policy,
                         policy::PolicyQuestion question,
                         policy::PolicyAnswer& answer) {
  question.explain = true;
  auto again = policy::PolicyStore::Evaluate(policy, question, context_);
  if (again) answer.fact = std::move(again->fact);
}

Result<ear::Submod> Evaluation::Judge(Device device,
                                      const std::string& policy_id) {
  const std::string tee_class = device.claims.tee_class;
  json::Value input = TRY(MakePolicyInput(
      device.tee, std::move(device.claims.claims),
      std::move(device.init_data_claims), std::move(device.runtime_data_claims),
      options_.verbose_token ? Verbose::kYes : Verbose::kNo));
  const auto policy =
      TRY(deps_.policies->Load(policy_id + "_" + tee_class, context_));
  const rego::Document document =
      TRY_CONTEXT(rego::Document::FromValue(input), "Failed to set input data");

  policy::PolicyQuestion question;
  question.input = &document;
  question.host =
      [this](rego::HostCall&,
             std::span<const json::Value> args) -> Result<json::Value> {
    const std::string* id = args.empty() ? nullptr : args[0].if_string();
    if (id == nullptr) {
      return Fail(ErrorCode::kInvalidInput,
                  "query_reference_value: want a string");
    }
    return ReferenceValue(*id);
  };
  policy::PolicyAnswer answer =
      TRY(policy::PolicyStore::Evaluate(*policy, question, context_));

  ear::Submod submod;
  submod.name = tee_class + std::to_string(counters_[tee_class]++);
  CheckLog& log = record_.Section(submod.name);
  auto vector = TrustClaims(answer, log);
  if (explain_ || !vector) {
    Explain(*policy, std::move(question), answer);
  } else if (vector->Worst() != ear::Tier::kAffirming) {
    unexplained_.push_back({record_.policies.size(), policy, submod.name});
  }
  record_.policies.push_back(answer.fact);
  if (!vector) return tl::unexpected(std::move(vector).error());

  submod.appraisal.vector = *vector;
  submod.appraisal.extensions = TRY(Extensions(answer, log));
  submod.appraisal.policy_id = policy_id;
  submod.appraisal.policy_sha384 = policy->sha384;
  submod.appraisal.evidence = std::move(input);
  return submod;
}

Result<std::string> Evaluation::Run(const EvaluateRequest& request) {
  if (request.requests.empty()) {
    return Fail(ErrorCode::kInvalidInput, "No verification requests provided.");
  }
  explain_ = request.explain;
  for (size_t i = 0; i < request.requests.size(); ++i) {
    TRY(context_.Alive());
    TRY(Verify(request.requests[i], i));
  }
  const json::Object claims =
      TRY(options_.form == ear::TokenForm::kSimple ? SimpleClaims(request)
                                                   : EarClaims(request));
  auto payload = std::make_shared<const std::string>(json::Write(claims));
  auto token = deps_.signer->Sign(*payload);
  RecordForLater(std::move(payload));
  return token;
}

void Evaluation::RecordForLater(std::shared_ptr<const std::string> payload) {
  if (unexplained_.empty()) return;
  const auto answers =
      std::make_shared<const policy::HostAnswers>(std::move(reference_values_));
  for (Unexplained& one : unexplained_) {
    record_.policies[one.fact].explanation =
        std::make_shared<const policy::RecordedEvaluation>(
            policy::RecordedQuestion{
                std::move(one.policy), payload,
                "/submods/" + one.submod + "/ear.veraison.annotated-evidence",
                answers, context_.clock->UnixMicros()});
  }
}

Result<json::Object> Evaluation::EarClaims(const EvaluateRequest& request) {
  if (request.policy_ids.size() > 1) {
    deps_.logger->Warn("only the first policy id is used",
                       {{"request_id", context_.request_id},
                        {"policy", request.policy_ids.front()}});
  }
  const std::string policy_id =
      request.policy_ids.empty() ? "default" : request.policy_ids.front();
  std::vector<ear::Submod> submods;
  for (Device& device : devices_) {
    TRY(context_.Alive());
    submods.push_back(TRY(Judge(std::move(device), policy_id)));
  }
  return ear::BuildClaims(options_.token, std::move(submods),
                          context_.clock->UnixSeconds(),
                          NewRequestId(*deps_.random));
}

}  // namespace vouchsafe::as
