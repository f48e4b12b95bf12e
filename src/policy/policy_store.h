#pragma once

// PolicyStore: named policies in one namespace of a store, key "<id>.rego",
// value the Rego text (Trustee's layout, as.md section 9). Compiled programs
// are kept by the digest of their text; nothing is parsed for a request. What
// another process changed is seen within `refresh`; own changes at once.
//
// Thread-safe. No lock is held while reading, compiling or evaluating.

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/request.h"
#include "base/result.h"
#include "decision/record.h"
#include "policy/admission.h"
#include "policy/versions.h"
#include "rego/rego.h"
#include "storage/store.h"

namespace vouchsafe::policy {

// Namespace of the SHA-384 of each default that was ever stored: a stored text
// with such a digest was not edited by anybody (decision 6).
inline constexpr std::string_view kPolicyDefaultsNamespace =
    "vouchsafe_policy_defaults";

struct PolicyStoreOptions {
  PolicyCheck check = PolicyCheck::kWarn;
  std::chrono::milliseconds refresh{1'000};
  rego::CompileOptions compile;
  // Policies that are no Rego v1 are read as v0 (users' policies of that age).
  bool also_v0 = false;
  // Before the id in keys: "simple/".
  std::string key_prefix = {};
  // Where earlier texts are kept; without it there are none.
  PolicyVersions* versions = nullptr;
};

// One policy that may decide: immutable.
struct Policy {
  std::string id;
  std::string text;
  std::string sha384;  // lower hex of the text
  std::shared_ptr<const rego::Program> program;
  std::vector<rego::Entry> entries;  // the use's entry, then the optional ones
  std::vector<rego::Diagnostic> findings;
};

struct StoredPolicy {
  std::string id;
  std::string sha384;
};

// What a policy is asked with; pointers are borrowed for the call.
struct PolicyQuestion {
  const rego::Document* input = nullptr;
  const rego::Document* data = nullptr;
  rego::HostFunctionCall host;  // must be stable within one question
  bool explain = false;         // fill PolicyFact::deciding with the reasons
};

struct PolicyAnswer {
  std::vector<rego::Answer> answers;  // one per entry of the policy
  PolicyFact fact;                    // of the first entry
};

class PolicyStore {
 public:
  // All must outlive the store. `store` holds the policies; `defaults` is the
  // namespace kPolicyDefaultsNamespace. `cache` may be shared by stores.
  PolicyStore(storage::Store& store, storage::Store& defaults,
              rego::ProgramCache& cache, Logger& logger, PolicyUse use,
              PolicyStoreOptions options);

  // Stores the text if it is admitted, and answers its findings. Refusals as
  // of Admit.
  Result<std::vector<rego::Diagnostic>> Set(std::string_view id,
                                            std::string_view text);
  // What Set would answer, without storing.
  Result<std::vector<rego::Diagnostic>> Check(std::string_view id,
                                              std::string_view text) const;
  // kNotFound with Trustee's text "Policy `<id>.rego` not found".
  Result<std::string> Get(std::string_view id) const;
  // In byte order; keys of other forms are skipped.
  Result<std::vector<StoredPolicy>> List() const;
  // Its text stays among the versions.
  Result<> Delete(std::string_view id);

  // Texts that were stored under `id`, newest first, also after a Delete.
  // kUnsupported where none are kept.
  Result<std::vector<PolicyVersion>> Versions(std::string_view id) const;
  // One of them, by its digest. kNotFound.
  Result<std::string> VersionText(std::string_view id,
                                  std::string_view sha384) const;
  // Stores that text again, as Set does: what is admitted may have changed.
  Result<std::vector<rego::Diagnostic>> RollBack(std::string_view id,
                                                 std::string_view sha384);

  // Stores `text` if there is none under `id`, or if the stored one is an
  // earlier default. A default that is not admitted is kInternal.
  Result<> EnsureDefault(std::string_view id, std::string_view text);

  // The compiled policy. kNotFound as Get; kInternal when what is stored was
  // not admitted.
  Result<std::shared_ptr<const Policy>> Load(std::string_view id,
                                             const RequestContext& context);

  // kInternal (context "Failed to eval policy") when the evaluation fails.
  static Result<PolicyAnswer> Evaluate(const Policy& policy,
                                       const PolicyQuestion& question,
                                       const RequestContext& context);

 private:
  struct Kept {
    std::shared_ptr<const Policy> policy;
    std::chrono::steady_clock::time_point checked;
  };
  std::string KeyOf(std::string_view id) const;
  std::shared_ptr<const rego::CompileResult> Compile(
      const rego::Source& source) const;
  Result<std::shared_ptr<const Policy>> Make(std::string_view id,
                                             std::string text) const;
  void Forget(std::string_view id);
  // Keeps what is stored now, which may be a default or another program's.
  Result<> KeepStored(std::string_view id);
  Result<bool> WasDefault(std::string_view id, std::string_view sha384) const;

  storage::Store& store_;
  storage::Store& defaults_;
  rego::ProgramCache& cache_;
  Logger& logger_;
  const PolicyUse use_;
  const PolicyStoreOptions options_;
  mutable std::mutex mutex_;
  std::map<std::string, Kept, std::less<>> kept_;
  // By id and digest, so that a text that comes back is not admitted anew.
  mutable std::map<std::string, std::shared_ptr<const Policy>> made_;
  uint64_t changes_ = 0;  // own writes, so that no older reading is kept
};

}  // namespace vouchsafe::policy
