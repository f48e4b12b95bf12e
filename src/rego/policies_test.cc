// Policies of the kinds that a service runs: trust claims from evidence, and
// the release of a resource.

#include <gtest/gtest.h>

#include "json/write.h"
#include "rego/rego.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::rego {
namespace {

constexpr const char* kTrustClaims = R"rego(package policy

import rego.v1

default executables := 33
default hardware := 97
default configuration := 36

trust_claims := {
	"executables": executables,
	"hardware": hardware,
	"configuration": configuration,
}

executables := 3 if {
	input.snp
	input.snp.measurement in query_reference_value("measurement")
}

hardware := 2 if {
	input.snp
	input.snp.tcb.bootloader in query_reference_value("bootloader")
	input.snp.tcb.microcode >= query_reference_value("microcode")
}

configuration := 2 if {
	input.snp
	input.snp.debug == false
	input.snp.smt == query_reference_value("smt")
} else := 3 if {
	input.snp
	input.snp.debug == false
}

executables := 3 if {
	input.tdx
	kernel_known
}

kernel_known if {
	event := input.tdx.log[_]
	event.type == "EV_KERNEL"
	"File(kernel)" in event.paths
	digest := event.digests[_]
	digest.value == query_reference_value("kernel")
}

extensions := [extension |
	some name, key in {"owner": 100, "image": 101}
	value := input.init_data[name]
	extension := {"name": name, "key": key, "value": value}
]
)rego";

struct Row {
  const char* name;
  const char* input;
  const char* stored;
  const char* want;
};

Outcome Appraise(const char* input, const char* stored_text) {
  HostFunction query;
  query.name = "query_reference_value";
  const json::Value stored = *json::Parse(stored_text);
  query.call = [stored](
                   HostCall&,
                   std::span<const json::Value> args) -> Result<json::Value> {
    const json::Value* found = stored.Find(*args[0].if_string());
    return found ? *found : json::Value();
  };
  const CompileResult compiled =
      Compile(Source{"", kTrustClaims}, *Builtins::WithHost({query}));
  for (const Diagnostic& finding : compiled.diagnostics) {
    if (!finding.code.starts_with("lint_")) ADD_FAILURE() << finding.Text();
  }
  if (!compiled.program) return {};
  const Document document = *Document::FromJson(input);
  Request request;
  request.input = &document;
  request.entries = {compiled.program->Find("data.policy.trust_claims"),
                     compiled.program->Find("data.policy.extensions")};
  return Evaluate(*compiled.program, request);
}

TEST(Policies, TrustClaims) {
  const Row rows[] = {
      {"good snp",
       R"({"snp": {"measurement": "m", "debug": false, "smt": true,
                   "tcb": {"bootloader": 3, "microcode": 115}}})",
       R"({"measurement": ["m"], "bootloader": [2, 3], "microcode": 100,
           "smt": true})",
       R"({"configuration":2,"executables":3,"hardware":2})"},
      {"nothing stored: members of null there are none, and null sorts lowest",
       R"({"snp": {"measurement": "m", "debug": false, "smt": true,
                   "tcb": {"bootloader": 3, "microcode": 115}}})",
       R"({})", R"({"configuration":3,"executables":33,"hardware":97})"},
      {"debug",
       R"({"snp": {"measurement": "x", "debug": true, "smt": true,
                   "tcb": {"bootloader": 1, "microcode": 115}}})",
       R"({"measurement": ["m"], "bootloader": [2, 3]})",
       R"({"configuration":36,"executables":33,"hardware":97})"},
      {"tdx log",
       R"x({"tdx": {"log": [{"type": "EV_OTHER"}, {"type": "EV_KERNEL",
           "paths": ["a", "File(kernel)"],
           "digests": [{"value": "no"}, {"value": "k"}]}]}})x",
       R"({"kernel": "k"})",
       R"({"configuration":36,"executables":3,"hardware":97})"},
      {"no platform", R"({})", R"({"measurement": ["m"]})",
       R"({"configuration":36,"executables":33,"hardware":97})"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Outcome outcome = Appraise(row.input, row.stored);
    ASSERT_FALSE(outcome.error) << outcome.error->Text();
    EXPECT_EQ(json::Write(outcome.answers[0].value), row.want);
    EXPECT_EQ(json::Write(outcome.answers[1].value), "[]");
  }
  const Outcome outcome =
      Appraise(R"({"init_data": {"owner": "o", "image": [1]}})", "{}");
  EXPECT_EQ(json::Write(outcome.answers[1].value),
            R"([{"key":101,"name":"image","value":[1]},)"
            R"({"key":100,"name":"owner","value":"o"}])");
}

// One program of a default policy, and 256 devices: each is judged as it would
// be alone, for the same price, and nothing is left of the one before.
TEST(Policies, TheDefaultPolicyOf256Devices) {
  SHARED_OR_SKIP(inputs, "conformance/trustee-policies/inputs");
  const std::string text = vouchsafe::testing::ReadFile(
      std::string(VOUCHSAFE_SOURCE_DIR) + "/src/as/policies/default_cpu.rego");
  HostFunction query;
  query.name = "query_reference_value";
  query.call = [](HostCall&, std::span<const json::Value>) {
    return Result<json::Value>(json::Value());
  };
  const CompileResult compiled =
      Compile(Source{"", text}, *Builtins::WithHost({query}));
  ASSERT_TRUE(compiled.program);
  struct Device {
    Document document;
    std::string answer;
    uint64_t steps = 0;
    size_t bytes = 0;
  };
  std::vector<Device> devices;
  for (const char* name : {"snp.json", "tdx_ovmf.json", "tdx_grub_gke.json"}) {
    devices.push_back({*Document::FromJson(vouchsafe::testing::ReadFile(
                           std::string(inputs) + "/" + name)),
                       ""});
  }
  devices.push_back({*Document::FromJson("{}"), ""});
  for (size_t i = 0; i < 256; ++i) {
    Device& device = devices[i % devices.size()];
    Request request;
    request.input = &device.document;
    request.entries = {compiled.program->Find("data.policy.trust_claims")};
    const Outcome outcome = Evaluate(*compiled.program, request);
    ASSERT_FALSE(outcome.error) << outcome.error->Text();
    const std::string answer = json::Write(outcome.answers[0].value);
    if (device.answer.empty()) {
      device = {device.document, answer, outcome.stats.steps,
                outcome.stats.arena_bytes};
    }
    EXPECT_EQ(answer, device.answer);
    EXPECT_EQ(outcome.stats.steps, device.steps);
    // Blocks come in other sizes when the thread has some.
    EXPECT_LE(outcome.stats.arena_bytes,
              std::max<size_t>(2 * device.bytes, 64 * 1024));
  }
  EXPECT_NE(devices[0].answer, devices[3].answer);
}

constexpr const char* kRelease = R"(package policy

import rego.v1

default allow := false

resource := concat("/", data["resource-path"])

allow if {
	data.plugin == "resource"
	some name, device in input.submods
	device["ear.status"] == "affirming"
	not any_contraindicated
	glob := sprintf("^%s/.*$", [name])
	regex.match(glob, resource)
}

any_contraindicated if {
	some device in input.submods
	device["ear.status"] == "contraindicated"
}
)";

TEST(Policies, Release) {
  const Row rows[] = {
      {"allowed", R"({"submods": {"cpu0": {"ear.status": "affirming"}}})",
       R"({"plugin": "resource", "resource-path": ["cpu0", "a", "b"]})",
       "data.policy.allow is true (line 9)"},
      {"other plugin", R"({"submods": {"cpu0": {"ear.status": "affirming"}}})",
       R"({"plugin": "other", "resource-path": ["cpu0", "a", "b"]})",
       "data.policy.allow is false (default, line 5)"},
      {"other path", R"({"submods": {"cpu0": {"ear.status": "affirming"}}})",
       R"({"plugin": "resource", "resource-path": ["gpu0", "a", "b"]})",
       "data.policy.allow is false (default, line 5)"},
      {"one device is bad",
       R"({"submods": {"cpu0": {"ear.status": "affirming"},
                       "gpu0": {"ear.status": "contraindicated"}}})",
       R"({"plugin": "resource", "resource-path": ["cpu0", "a", "b"]})",
       "data.policy.allow is false (default, line 5)"},
      {"no claims", "{}",
       R"({"plugin": "resource", "resource-path": ["cpu0", "a", "b"]})",
       "data.policy.allow is false (default, line 5)"},
  };
  const CompileResult compiled =
      Compile(Source{"", kRelease}, Builtins::Standard());
  ASSERT_TRUE(compiled.program);
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Document input = *Document::FromJson(row.input);
    const Document data = *Document::FromJson(row.stored);
    Request request;
    request.input = &input;
    request.data = &data;
    request.entries = {compiled.program->Find("data.policy.allow")};
    const Outcome outcome = Evaluate(*compiled.program, request);
    ASSERT_FALSE(outcome.error) << outcome.error->Text();
    EXPECT_EQ(outcome.answers[0].Why(), row.want);
  }
}

}  // namespace
}  // namespace vouchsafe::rego
