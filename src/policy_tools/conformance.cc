#include "policy_tools/conformance.h"

#include <algorithm>
#include <map>

#include "base/encoding.h"
#include "config/source.h"
#include "crypto/hash.h"
#include "json/fields.h"
#include "json/parse.h"
#include "policy_tools/files.h"
#include "policy_tools/judge.h"

namespace vouchsafe::policy_tools {
namespace {

struct File {
  std::string path;
  std::string name;  // from the suite's folder on: "v1/strings/a.yaml"
  std::string suite;
  std::string category;
};

std::vector<std::string_view> Parts(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    if (end > 0) out.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

// The suite is the last folder called v0, v1 or compile; compile holds folders
// of those names itself.
File Describe(const std::string& path) {
  File out;
  out.path = path;
  const std::vector<std::string_view> parts = Parts(path);
  size_t begin = parts.size() - 1;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    const bool version = parts[i] == "v0" || parts[i] == "v1";
    if (parts[i] == "compile" || (version && out.suite != "compile")) {
      out.suite = parts[i];
      begin = i;
    }
  }
  for (size_t i = begin; i < parts.size(); ++i) {
    out.name += (i == begin ? "" : "/") + std::string(parts[i]);
  }
  if (out.suite.empty()) out.suite = "v1";
  if (parts.size() > 1) out.category = parts[parts.size() - 2];
  if (out.suite == "compile") out.category = "compile";
  return out;
}

class Runner {
 public:
  explicit Runner(const ConformanceOptions& options) : options_(options) {}

  void AddYaml(const std::string& path) {
    const File file = Describe(path);
    const auto text = ReadWholeFile(path);
    auto source = text ? config::ParseSource(*text, config::Format::kYaml, path)
                       : Result<config::Source>(tl::unexpected(text.error()));
    const json::Value* cases = source ? source->value.Find("cases") : nullptr;
    if (cases == nullptr || !cases->if_array()) {
      AddBroken(file, source ? "no list \"cases\"" : source.error().Text());
      return;
    }
    counts_[path] = cases->if_array()->size();
    size_t index = 0;
    for (const json::Value& test : *cases->if_array()) {
      AddCase(file, index++, test);
    }
  }

  void AddPolicies(const std::string& path) {
    File file;
    file.path = path;
    file.name = "cases.json";
    file.suite = "policies";
    file.category = "trustee-policies";
    const auto text = ReadWholeFile(path);
    const auto value = text ? json::Parse(*text)
                            : Result<json::Value>(tl::unexpected(text.error()));
    const json::Value* cases = value ? value->Find("cases") : nullptr;
    if (cases == nullptr || !cases->if_array()) {
      AddBroken(file, value ? "no list \"cases\"" : value.error().Text());
      return;
    }
    size_t index = 0;
    for (const json::Value& test : *cases->if_array()) {
      AddCase(file, index++, test);
    }
  }

  // What the index lists must be there, unchanged.
  void AddIndex(const std::string& path) {
    const auto text = ReadWholeFile(path);
    const auto value = text ? json::Parse(*text)
                            : Result<json::Value>(tl::unexpected(text.error()));
    if (!value || !value->if_array()) return;  // another kind of index
    for (const json::Value& entry : *value->if_array()) {
      const std::string name = TextOf(entry, "file");
      const json::Value* cases = entry.Find("cases");
      if (name.empty() || cases == nullptr || !cases->if_array()) return;
      CheckListed(FolderOf(path) + "/" + name, *cases->if_array(),
                  TextOf(entry, "sha256"));
    }
  }

  std::vector<CaseResult> Take() { return std::move(results_); }

 private:
  CaseResult Start(const File& file, const std::string& id,
                   const std::string& note) const {
    CaseResult out;
    out.id = id;
    out.note = note;
    out.suite = file.suite;
    out.category = file.category;
    out.tier = TierOf(file.category);
    return out;
  }

  bool IsWanted(const std::string& id, const std::string& note) const {
    return id.find(options_.filter) != id.npos ||
           note.find(options_.filter) != note.npos;
  }

  void AddBroken(const File& file, const std::string& problem) {
    CaseResult result = Start(file, file.name, "");
    result.wanted = "a file of cases";
    result.got = problem;
    results_.push_back(std::move(result));
  }

  void CheckListed(const std::string& path, const json::Array& cases,
                   const std::string& sha256) {
    const File file = Describe(path);
    const auto found = counts_.find(path);
    const auto text = ReadWholeFile(path);
    const bool same = found != counts_.end() && found->second == cases.size() &&
                      text &&
                      HexEncode(crypto::Sha256(AsBytes(*text))) == sha256;
    if (same) return;
    AddBroken(file, "not the file that index.json lists");
  }

  void AddCase(const File& file, size_t index, const json::Value& test) {
    const std::string id = file.name + "#" + std::to_string(index);
    const bool policy = file.suite == "policies";
    const std::string note = TextOf(test, policy ? "name" : "note");
    if (!IsWanted(id, note)) return;
    CaseResult result = Start(file, id, note);
    const std::string_view reason = SkipReason(id, note);
    if (!reason.empty()) {
      result.verdict = Verdict::kSkipped;
      result.got = reason;
      results_.push_back(std::move(result));
      return;
    }
    Judgement judgement;
    if (policy) {
      judgement = JudgePolicyCase(test, FolderOf(file.path));
    } else if (test.Find("want_errors") != nullptr) {
      judgement = JudgeCompileCase(test);
    } else {
      judgement = JudgeQueryCase(
          test, file.suite == "v0" ? rego::Version::kV0 : rego::Version::kV1);
    }
    result.verdict = judgement.passed ? Verdict::kPassed : Verdict::kFailed;
    result.wanted = std::move(judgement.wanted);
    result.got = std::move(judgement.got);
    results_.push_back(std::move(result));
  }

  const ConformanceOptions& options_;
  std::vector<CaseResult> results_;
  std::map<std::string, size_t> counts_;  // cases by path
};

}  // namespace

Result<std::vector<CaseResult>> RunConformance(
    const std::vector<std::string>& paths, const ConformanceOptions& options) {
  Runner runner(options);
  for (const std::string& path : paths) {
    const std::vector<std::string> yaml = TRY(FilesBelow(path, ".yaml"));
    const std::vector<std::string> json = TRY(FilesBelow(path, ".json"));
    for (const std::string& file : yaml) {
      if (file.ends_with(".yaml")) runner.AddYaml(file);
    }
    for (const std::string& file : json) {
      if (file.ends_with("cases.json")) runner.AddPolicies(file);
      if (file.ends_with("/index.json")) runner.AddIndex(file);
    }
  }
  std::vector<CaseResult> results = runner.Take();
  if (results.empty()) {
    return Fail(ErrorCode::kNotFound, "no conformance case found");
  }
  return results;
}

}  // namespace vouchsafe::policy_tools
