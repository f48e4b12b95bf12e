#include "policy_tools/check_policy.h"

#include <algorithm>

#include "checks/check.h"
#include "policy_tools/excerpt.h"
#include "rego/parser.h"

namespace vouchsafe::policy_tools {
namespace {

constexpr std::string_view kServicePackage = "policy";

rego::CompileResult Compile(const PolicyReport& report, rego::Version version,
                            rego::Level level, rego::Lint lint) {
  rego::CompileOptions options;
  options.version = version;
  options.level = level;
  options.lint = std::move(lint);
  const auto nothing = std::make_shared<ReferenceTable>(json::Object());
  return rego::Compile(report.sources, ToolBuiltins(nothing), options);
}

// Tests and helpers in packages of their own are not what a service runs.
bool IsServicePolicy(const rego::Source& source, rego::Version version) {
  const rego::Parsed parsed = rego::Parse(source, version, {});
  return parsed.module && parsed.module->package.size() == 1 &&
         parsed.module->package[0] == kServicePackage;
}

const ServiceUse* Guess(const rego::Program& program,
                        std::span<const ServiceUse> services) {
  for (const ServiceUse& one : services) {
    if (!program.Find(one.use.entry).absent()) return &one;
  }
  return nullptr;
}

// Refusals, and what is found beyond the compiler's own findings.
void AskService(PolicyReport& report,
                std::shared_ptr<const rego::Program> program,
                rego::Version version, const ServiceUse& service) {
  bool any = false;
  for (const rego::Source& source : report.sources) {
    if (!IsServicePolicy(source, version)) continue;
    any = true;
    CheckLog log;
    auto findings = policy::Admit(source, {program, report.findings},
                                  service.use, policy::PolicyCheck::kWarn, log);
    if (!findings) {
      report.refusal = findings.error().message;
      const Check* check = findings.error().check;
      if (check != nullptr) report.remedy = check->remedy;
      return;
    }
    report.findings = std::move(*findings);
  }
  if (!any) {
    report.refusal = "no file is of package policy, which the service asks";
  }
}

// Rules of tests and helpers are asked for by nobody; only a policy that
// stands alone is held to that.
rego::Lint TablesFor(const PolicyReport& report, const ServiceUse* service) {
  if (service == nullptr) return {};
  rego::Lint out = policy::LintTables(service->use);
  if (report.sources.size() > 1) out.entries.clear();
  return out;
}

void ListEntries(PolicyReport& report, const rego::Program& program,
                 const ServiceUse& service) {
  std::vector<std::string> paths = {service.use.entry};
  for (const std::string& path : service.use.optional_entries) {
    paths.push_back(path);
  }
  for (const std::string& path : paths) {
    if (!program.Find(path).absent()) report.entries.push_back(path);
  }
}

void ListReferences(PolicyReport& report, const rego::Program& program,
                    const json::Value* stored) {
  report.reference_values = program.HostCallConstants(kReferenceValueFunction);
  std::sort(report.reference_values.begin(), report.reference_values.end());
  report.computed_ids = program.HostCallsOpen(kReferenceValueFunction);
  if (stored == nullptr) return;
  for (const std::string& id : report.reference_values) {
    if (stored->Find(id) == nullptr) report.missing.push_back(id);
  }
}

json::Array Strings(const std::vector<std::string>& list) {
  json::Array out;
  for (const std::string& text : list) out.push_back(text);
  return out;
}

}  // namespace

bool PolicyReport::passes(policy::PolicyCheck check) const {
  if (!refusal.empty() || HasErrors(findings)) return false;
  return check == policy::PolicyCheck::kWarn || findings.empty();
}

PolicyReport CheckPolicy(std::vector<rego::Source> sources,
                         rego::Version version,
                         std::span<const ServiceUse> services,
                         const ServiceUse* service, const json::Value* stored) {
  PolicyReport report;
  report.sources = std::move(sources);
  const rego::CompileResult lenient =
      Compile(report, version, rego::Level::kLenient, {});
  if (lenient.program && service == nullptr) {
    service = Guess(*lenient.program, services);
  }
  report.findings =
      Compile(report, version, rego::Level::kStrict, TablesFor(report, service))
          .diagnostics;
  if (!lenient.program) return report;
  if (service != nullptr) {
    report.service = service->name;
    AskService(report, lenient.program, version, *service);
    ListEntries(report, *lenient.program, *service);
  }
  ListReferences(report, *lenient.program, stored);
  return report;
}

std::string CheckText(const PolicyReport& report, policy::PolicyCheck check) {
  std::string out;
  for (const rego::Diagnostic& finding : report.findings) {
    out += FindingText(report.sources, finding);
  }
  if (!report.refusal.empty()) {
    out += "refused: " + report.refusal + "\n";
    if (!report.remedy.empty()) out += "  remedy: " + report.remedy + "\n";
  }
  if (!report.reference_values.empty() || report.computed_ids) {
    out += "reference values that it asks for:\n";
  }
  for (const std::string& id : report.reference_values) {
    const bool missing = std::find(report.missing.begin(), report.missing.end(),
                                   id) != report.missing.end();
    out += "  " + id + (missing ? "  (not stored)" : "") + "\n";
  }
  if (report.computed_ids) out += "  and others, whose ids it computes\n";
  for (const std::string& path : report.entries) {
    out += "answers " + path + "\n";
  }
  out += report.passes(check) ? "ok" : "not ok";
  if (!report.service.empty()) out += ": " + report.service + " policy";
  return out + "\n";
}

json::Value CheckJson(const PolicyReport& report, policy::PolicyCheck check) {
  json::Object out;
  out.Set("ok", report.passes(check));
  out.Set("service", report.service);
  json::Array findings;
  for (const rego::Diagnostic& finding : report.findings) {
    findings.push_back(FindingJson(finding));
  }
  out.Set("findings", std::move(findings));
  if (!report.refusal.empty()) out.Set("refusal", report.refusal);
  out.Set("entries", Strings(report.entries));
  out.Set("reference_values", Strings(report.reference_values));
  out.Set("computed_ids", report.computed_ids);
  out.Set("missing", Strings(report.missing));
  return out;
}

}  // namespace vouchsafe::policy_tools
