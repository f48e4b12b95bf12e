#include "policy/policy_store.h"

#include <algorithm>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "json/write.h"
#include "policy/text_scan.h"

namespace vouchsafe::policy {
namespace {

constexpr std::string_view kSuffix = ".rego";
constexpr size_t kMostKept = 4096;    // policies; beyond, all are read again
constexpr size_t kMostMade = 64;      // policies; beyond, all are made again
constexpr size_t kAnswerShown = 512;  // bytes of an answer in a record
constexpr size_t kDecidingShown = 8;  // lines; a record stays small

std::string Sha384Hex(std::string_view text) {
  return HexEncode(crypto::Sha384(AsBytes(text)));
}

Error NotFound(std::string_view key) {
  return Error{ErrorCode::kNotFound,
               "Policy `" + std::string(key) + "` not found",
               nullptr,
               {}};
}

bool IsParseFailure(const rego::CompileResult& result) {
  return result.program == nullptr &&
         std::any_of(result.diagnostics.begin(), result.diagnostics.end(),
                     [](const rego::Diagnostic& diagnostic) {
                       return diagnostic.code == "rego_parse_error";
                     });
}

std::string Shortened(std::string text) {
  if (text.size() > kAnswerShown) {
    text.resize(kAnswerShown);
    text += "...";
  }
  return text;
}

// What a guest says about itself is not for records: only its type and size.
rego::WhyOptions ExplainedHow() {
  rego::WhyOptions options;
  options.value_length = 64;
  options.redact = {"input.init_data", "input.init_data_claims",
                    "input.runtime_data", "input.runtime_data_claims",
                    "data.query"};
  return options;
}

PolicyFact FactOf(const Policy& policy, const rego::Answer& answer,
                  const std::vector<std::string>& lines) {
  PolicyFact fact;
  fact.id = policy.id;
  fact.sha384 = policy.sha384;
  fact.entry = answer.path;
  fact.answer = answer.defined() ? Shortened(json::Write(answer.value))
                                 : std::string("undefined");
  std::string place;
  if (answer.location.row > 0) {
    place = answer.location.file + ":" + std::to_string(answer.location.row);
  } else if (const int row = DefinitionRow(
                 policy.text, answer.path.substr(answer.path.rfind('.') + 1));
             row > 0) {
    // No definition applied: where the first of them stands.
    place = policy.id + std::string(kSuffix) + ":" + std::to_string(row);
  }
  fact.deciding.push_back((place.empty() ? "" : place + ": ") + answer.Why());
  for (const std::string& line : lines) {
    fact.deciding.push_back(Shortened(line));
  }
  return fact;
}

}  // namespace

PolicyStore::PolicyStore(storage::Store& store, storage::Store& defaults,
                         rego::ProgramCache& cache, Logger& logger,
                         PolicyUse use, PolicyStoreOptions options)
    : store_(store),
      defaults_(defaults),
      cache_(cache),
      logger_(logger),
      use_(std::move(use)),
      options_(std::move(options)) {}

std::string PolicyStore::KeyOf(std::string_view id) const {
  return options_.key_prefix + std::string(id) + std::string(kSuffix);
}

std::shared_ptr<const rego::CompileResult> PolicyStore::Compile(
    const rego::Source& source) const {
  auto compiled = cache_.Get(source, options_.compile);
  if (!options_.also_v0 || !IsParseFailure(*compiled)) return compiled;
  rego::CompileOptions v0 = options_.compile;
  v0.version = rego::Version::kV0;
  auto as_v0 = cache_.Get(source, v0);
  return as_v0->program != nullptr ? as_v0 : compiled;
}

Result<std::vector<rego::Diagnostic>> PolicyStore::Check(
    std::string_view id, std::string_view text) const {
  const rego::Source source{std::string(id) + std::string(kSuffix),
                            std::string(text)};
  const auto compiled = Compile(source);
  CheckLog log;
  return Admit(source, *compiled, use_, options_.check, log);
}

Result<std::vector<rego::Diagnostic>> PolicyStore::Set(std::string_view id,
                                                       std::string_view text) {
  std::vector<rego::Diagnostic> findings = TRY(Check(id, text));
  for (const rego::Diagnostic& finding : findings) {
    logger_.Warn("policy finding",
                 {{"policy", std::string(id)}, {"finding", finding.Text()}});
  }
  if (options_.versions != nullptr) {
    TRY_CONTEXT(KeepStored(id), "policy storage error");
    TRY_CONTEXT(options_.versions->Keep(KeyOf(id), text),
                "policy storage error");
  }
  TRY_CONTEXT(store_.Set(KeyOf(id), AsBytes(text)), "policy storage error");
  Forget(id);
  return findings;
}

Result<> PolicyStore::KeepStored(std::string_view id) {
  const std::optional<Bytes> stored = TRY(store_.Get(KeyOf(id)));
  if (!stored) return {};
  return options_.versions->Keep(KeyOf(id), AsText(*stored));
}

Result<std::vector<PolicyVersion>> PolicyStore::Versions(
    std::string_view id) const {
  if (options_.versions == nullptr) {
    return Fail(ErrorCode::kUnsupported, "no versions of policies are kept");
  }
  std::vector<PolicyVersion> out = TRY(options_.versions->List(KeyOf(id)));
  const std::optional<Bytes> stored = TRY(store_.Get(KeyOf(id)));
  if (!stored) return out;
  const std::string sha384 = Sha384Hex(AsText(*stored));
  const auto it = std::find_if(
      out.begin(), out.end(),
      [&](const PolicyVersion& version) { return version.sha384 == sha384; });
  if (it != out.end()) it->current = true;
  return out;
}

Result<std::string> PolicyStore::VersionText(std::string_view id,
                                             std::string_view sha384) const {
  if (options_.versions == nullptr) {
    return Fail(ErrorCode::kUnsupported, "no versions of policies are kept");
  }
  return options_.versions->Text(KeyOf(id), sha384);
}

Result<std::vector<rego::Diagnostic>> PolicyStore::RollBack(
    std::string_view id, std::string_view sha384) {
  const std::string text = TRY(VersionText(id, sha384));
  return Set(id, text);
}

Result<std::string> PolicyStore::Get(std::string_view id) const {
  const std::optional<Bytes> text = TRY(store_.Get(KeyOf(id)));
  if (!text) return tl::unexpected(NotFound(KeyOf(id)));
  return ToText(*text);
}

Result<std::vector<StoredPolicy>> PolicyStore::List() const {
  const std::vector<std::string> keys =
      TRY(store_.ListAll(options_.key_prefix));
  std::vector<StoredPolicy> out;
  for (const std::string& key : keys) {
    std::string_view id = key;
    id.remove_prefix(options_.key_prefix.size());
    // A foreign key must not spoil the list.
    if (id.size() <= kSuffix.size() || !id.ends_with(kSuffix)) continue;
    const std::optional<Bytes> text = TRY(store_.Get(key));
    if (!text) continue;  // deleted meanwhile
    id.remove_suffix(kSuffix.size());
    out.push_back({std::string(id), Sha384Hex(AsText(*text))});
  }
  return out;
}

Result<> PolicyStore::Delete(std::string_view id) {
  if (options_.versions != nullptr) TRY(KeepStored(id));
  const std::optional<Bytes> old = TRY(store_.Delete(KeyOf(id)));
  Forget(id);
  if (!old) return tl::unexpected(NotFound(KeyOf(id)));
  return {};
}

Result<bool> PolicyStore::WasDefault(std::string_view id,
                                     std::string_view sha384) const {
  const std::optional<Bytes> known =
      TRY(defaults_.Get(KeyOf(id) + "/" + std::string(sha384)));
  return known.has_value();
}

Result<> PolicyStore::EnsureDefault(std::string_view id,
                                    std::string_view text) {
  Result<std::vector<rego::Diagnostic>> admitted = Check(id, text);
  if (!admitted) {
    Error error = std::move(admitted).error();
    error.code = ErrorCode::kInternal;
    return tl::unexpected(WithContext(std::move(error), "default policy"));
  }
  const std::string sha384 = Sha384Hex(text);
  // Remembered first: a crash in between must not make a default look edited.
  TRY(defaults_.SetIfAbsent(KeyOf(id) + "/" + sha384, AsBytes("shipped")));
  const storage::SetOutcome outcome =
      TRY(store_.SetIfAbsent(KeyOf(id), AsBytes(text)));
  if (outcome == storage::SetOutcome::kStored) return {};
  const std::optional<Bytes> stored = TRY(store_.Get(KeyOf(id)));
  if (!stored || AsText(*stored) == text) return {};
  const bool was_default = TRY(WasDefault(id, Sha384Hex(AsText(*stored))));
  if (!was_default) return {};
  TRY(store_.SetIfEqual(KeyOf(id), AsBytes(text), *stored));
  logger_.Info("default policy upgraded", {{"policy", std::string(id)}});
  return {};
}

void PolicyStore::Forget(std::string_view id) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  const auto it = kept_.find(id);
  if (it != kept_.end()) kept_.erase(it);
}

Result<std::shared_ptr<const Policy>> PolicyStore::Make(
    std::string_view id, std::string text) const {
  const std::string sha384 = Sha384Hex(text);
  const std::string name = std::string(id) + "/" + sha384;
  {
    const std::lock_guard lock(mutex_);
    const auto it = made_.find(name);
    if (it != made_.end()) return it->second;
  }
  const rego::Source source{std::string(id) + std::string(kSuffix),
                            std::move(text)};
  const auto compiled = Compile(source);
  CheckLog log;
  // Findings were answered, or refused, when it was uploaded.
  auto admitted = Admit(source, *compiled, use_, PolicyCheck::kWarn, log);
  if (!admitted) {
    Error error = std::move(admitted).error();
    error.code = ErrorCode::kInternal;
    return tl::unexpected(std::move(error));
  }
  auto policy = std::make_shared<Policy>();
  policy->id = std::string(id);
  policy->sha384 = sha384;
  policy->text = source.text;
  policy->program = compiled->program;
  policy->entries.push_back(compiled->program->Find(use_.entry));
  for (const std::string& entry : use_.optional_entries) {
    policy->entries.push_back(compiled->program->Find(entry));
  }
  policy->findings = *std::move(admitted);
  const std::lock_guard lock(mutex_);
  if (made_.size() >= kMostMade) made_.clear();
  made_[name] = policy;
  return std::shared_ptr<const Policy>(std::move(policy));
}

Result<std::shared_ptr<const Policy>> PolicyStore::Load(
    std::string_view id, const RequestContext& context) {
  const auto now = context.clock->Steady();
  std::shared_ptr<const Policy> known;
  uint64_t changes = 0;
  {
    const std::lock_guard lock(mutex_);
    changes = changes_;
    const auto it = kept_.find(id);
    if (it != kept_.end()) {
      if (now - it->second.checked < options_.refresh) return it->second.policy;
      known = it->second.policy;
    }
  }
  std::optional<Bytes> stored = TRY(store_.Get(KeyOf(id)));
  if (!stored) {
    Forget(id);
    return tl::unexpected(NotFound(KeyOf(id)));
  }
  if (known == nullptr || known->text != AsText(*stored)) {
    known = TRY(Make(id, ToText(*stored)));
  }
  const std::lock_guard lock(mutex_);
  if (changes != changes_) return known;  // written meanwhile: read again
  if (kept_.size() >= kMostKept) kept_.clear();
  kept_.insert_or_assign(std::string(id), Kept{known, now});
  return known;
}

Result<PolicyAnswer> PolicyStore::Evaluate(const Policy& policy,
                                           const PolicyQuestion& question,
                                           const RequestContext& context) {
  rego::Request request;
  request.input = question.input;
  request.data = question.data;
  request.entries = policy.entries;
  request.stop = context.stop;
  request.clock = context.clock;
  request.host = question.host;
  request.limits.time = context.Left(request.limits.time);
  request.limits.host_time = context.Left(request.limits.host_time);
  rego::Outcome outcome;
  std::vector<std::string> lines;
  if (question.explain) {
    rego::Explanation why = rego::Why(*policy.program, request,
                                      policy.entries.front(), ExplainedHow());
    lines = rego::WhyLines(why.tree, kDecidingShown);
    outcome = std::move(why.outcome);
  } else {
    outcome = rego::Evaluate(*policy.program, request);
  }
  if (outcome.error) {
    Error error = outcome.error->ToError();
    // Who asks is not at fault for what the policy does.
    if (error.code == ErrorCode::kInvalidInput ||
        error.code == ErrorCode::kUnsupported) {
      error.code = ErrorCode::kInternal;
    }
    return tl::unexpected(
        WithContext(std::move(error), "Failed to eval policy"));
  }
  PolicyAnswer out;
  out.fact = FactOf(policy, outcome.answers.front(), lines);
  out.answers = std::move(outcome.answers);
  return out;
}

}  // namespace vouchsafe::policy
