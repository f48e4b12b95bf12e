#include "as/evaluation.h"

#include <algorithm>

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

policy::PolicyQuestion Evaluation::Question(const rego::Document& input) {
  policy::PolicyQuestion question;
  question.input = &input;
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
  return question;
}

Result<Evaluation::Opinion> Evaluation::Ask(const std::string& policy_id,
                                            const std::string& tee_class,
                                            const rego::Document& input,
                                            const std::string& submod) {
  const auto policy =
      TRY(deps_.policies->Load(policy_id + "_" + tee_class, context_));
  policy::PolicyQuestion question = Question(input);
  policy::PolicyAnswer answer =
      TRY(policy::PolicyStore::Evaluate(*policy, question, context_));
  CheckLog& log = record_.Section(submod);
  auto vector = TrustClaims(answer, log);
  if (explain_ || !vector) {
    Explain(*policy, std::move(question), answer);
  } else if (vector->Worst() != ear::Tier::kAffirming) {
    unexplained_.push_back({record_.policies.size(), policy, submod});
  }
  record_.policies.push_back(answer.fact);
  if (!vector) return tl::unexpected(std::move(vector).error());
  return Opinion{*vector, TRY(Extensions(answer, log)), policy->sha384};
}

Result<ear::Submod> Evaluation::Judge(
    Device device, const std::vector<std::string>& policy_ids) {
  const std::string tee_class = device.claims.tee_class;
  json::Value input = TRY(MakePolicyInput(
      device.tee, std::move(device.claims.claims),
      std::move(device.init_data_claims), std::move(device.runtime_data_claims),
      options_.verbose_token ? Verbose::kYes : Verbose::kNo));
  const rego::Document document =
      TRY_CONTEXT(rego::Document::FromValue(input), "Failed to set input data");

  ear::Submod submod;
  submod.name = tee_class + std::to_string(counters_[tee_class]++);
  ear::Appraisal& appraisal = submod.appraisal;
  for (const std::string& id : policy_ids) {
    TRY(context_.Alive());
    Opinion opinion = TRY(Ask(id, tee_class, document, submod.name));
    if (options_.policy_ids == PolicyIdsMode::kAll) {
      appraisal.policies.push_back(
          {id, opinion.sha384, opinion.vector.Worst()});
    }
    if (appraisal.policy_id.empty()) {
      appraisal.vector = opinion.vector;
      appraisal.extensions = std::move(opinion.extensions);
      appraisal.policy_id = id;
      appraisal.policy_sha384 = std::move(opinion.sha384);
      continue;
    }
    appraisal.vector.Worsen(opinion.vector);
    TRY(RequireOk(record_.Section(submod.name), kExtensions,
                  ear::MergeExtensions(appraisal.extensions,
                                       std::move(opinion.extensions))));
  }
  appraisal.evidence = std::move(input);
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
  const bool simple = options_.form == ear::TokenForm::kSimple;
  // One key for all of the token, whatever happens to keys meanwhile.
  const auto signer = deps_.keys->Signer();
  const json::Object claims =
      TRY(simple ? SimpleClaims(request, *signer) : EarClaims(request));
  auto payload = std::make_shared<const std::string>(json::Write(claims));
  const bool key_in_claims =
      simple && options_.simple_members != ear::SimpleMembers::kS2;
  auto token = signer->Sign(*payload, key_in_claims ? ear::KeyPlace::kClaims
                                                    : ear::KeyPlace::kHeader);
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

Result<std::vector<std::string>> Evaluation::PolicyIds(
    const EvaluateRequest& request) const {
  std::vector<std::string> ids;
  if (request.policy_ids.empty()) {
    ids.emplace_back("default");
  } else if (options_.policy_ids == PolicyIdsMode::kFirst) {
    ids.push_back(request.policy_ids.front());
    if (request.policy_ids.size() > 1) {
      deps_.logger->Warn("only the first policy id is used",
                         {{"request_id", context_.request_id},
                          {"policy", request.policy_ids.front()}});
    }
  } else if (request.policy_ids.size() > kMostPolicyIds) {
    return Fail(ErrorCode::kInvalidInput,
                "policy_ids: " + std::to_string(request.policy_ids.size()) +
                    " policies, want at most " +
                    std::to_string(kMostPolicyIds));
  } else {
    for (const std::string& id : request.policy_ids) {
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
  }
  if (std::find(ids.begin(), ids.end(), "") != ids.end()) {
    return Fail(ErrorCode::kInvalidInput, "policy_ids: an id is empty");
  }
  return ids;
}

Result<json::Object> Evaluation::EarClaims(const EvaluateRequest& request) {
  const std::vector<std::string> ids = TRY(PolicyIds(request));
  std::vector<ear::Submod> submods;
  for (Device& device : devices_) {
    TRY(context_.Alive());
    submods.push_back(TRY(Judge(std::move(device), ids)));
  }
  return ear::BuildClaims(options_.token, std::move(submods),
                          context_.clock->UnixSeconds(),
                          NewRequestId(*deps_.random));
}

}  // namespace vouchsafe::as
