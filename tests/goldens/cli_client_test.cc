// kbs-client against kbs, both as programs: the recorded command lines, and the
// HTTP that they cause.

#include <gtest/gtest.h>

#include <map>

#include "base/encoding.h"
#include "json/parse.h"
#include "json/write.h"
#include "tests/goldens/cli_deployment.h"
#include "tests/goldens/cli_relay.h"
#include "tests/goldens/differences.h"
#include "tests/goldens/transcript.h"

namespace vouchsafe::goldens {
namespace {

constexpr const char* kFlows = "cli/kbs-client-flows.json";
constexpr const char* kWire = "cli/kbs-client-wire.json";

// The policies that the recordings used, as their output shows them.
constexpr const char* kOkRego =
    "package policy\n\ndefault allow = false\n\nallow if {\n"
    "  data.plugin == \"resource\"\n}\n";
constexpr const char* kAttestationRego =
    "package policy\ntrust_claims := {\"executables\": 3, \"hardware\": 2, "
    "\"configuration\": 2}\n";
constexpr const char* kBadRego = "package policy\nallow if {\n";

std::vector<std::string> ArgsOf(const json::Value& run) {
  std::vector<std::string> args;
  for (const json::Value& arg : *run.Find("args")->if_array()) {
    args.push_back(*arg.if_string());
  }
  return args;
}

// The place and what was asked, without the parts that every line has.
std::string StepName(size_t index, const json::Value& run) {
  std::string name = std::to_string(index);
  const std::vector<std::string> args = ArgsOf(run);
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i] == "kbs-client") continue;
    if (args[i] == "--admin-token-file" || args[i] == "--url") {
      ++i;
      continue;
    }
    name += " " + args[i];
  }
  const std::string note = TextOf(run, "/note");
  return note.empty() ? name : name + ": " + note;
}

bool IsToken(const std::string& text) {
  return text.starts_with("eyJ") &&
         std::count(text.begin(), text.end(), '.') == 2;
}

std::string Last(const std::string& text, char separator) {
  return text.substr(text.rfind(separator) + 1);
}

// The message at the end of stderr; of a refused request what both sides' body
// has: `Request Failed, Response: AdminAuthAccess: admin access denied ...`.
std::string ErrorIn(const std::string& err) {
  size_t at = err.rfind("Error: ");
  if (at == std::string::npos) at = err.rfind("error: ");
  if (at == std::string::npos) return err;
  std::string text = err.substr(at);
  while (text.ends_with('\n')) text.pop_back();
  const std::string kPrefix = "Error: Request Failed, Response: ";
  if (!text.starts_with(kPrefix)) return text;
  const auto quoted = json::Parse(text.substr(kPrefix.size()));
  const auto body = quoted && quoted->if_string() != nullptr
                        ? json::Parse(*quoted->if_string())
                        : Result<json::Value>(json::Value());
  if (!body || !body->is_object()) return text;
  return kPrefix + Last(TextOf(*body, "/type"), '/') + ": " +
         TextOf(*body, "/detail");
}

TEST(CliGoldens, KbsClientFlows) {
  SHARED_OR_SKIP(goldens, "goldens");
  CliDeployment deployment(goldens);
  deployment.Write("secret.txt", "top secret\n");
  deployment.Write("ok.rego", kOkRego);
  deployment.Write("att.rego", kAttestationRego);
  deployment.Write("bad.rego", kBadRego);
  deployment.Write("badtoken", "x");
  Differences differences({kFlows});
  const json::Value recorded = LoadJson(goldens + "/" + kFlows);
  size_t index = 0;
  for (const json::Value& run : *recorded.Find("runs")->if_array()) {
    const std::string step = StepName(index++, run);
    SCOPED_TRACE(step);
    if (differences.NotReplayed(kFlows, step)) continue;
    differences.Step(kFlows, step, "");
    Program::Options options;
    options.folder = deployment.folder();
    options.args = ArgsOf(run);
    for (std::string& arg : options.args) {
      ReplaceAll(arg, "http://127.0.0.1:8080", deployment.url());
    }
    const std::string note = TextOf(run, "/note");
    if (note == "invalid RUST_LOG") options.environment["RUST_LOG"] = "=";
    const Finished ours = RunProgram(options);
    if (note == "attest with key") deployment.Write("token", ours.out);
    differences.Compare("exit", std::to_string(*run.Find("exit")->int64()),
                        std::to_string(ours.exit));
    const std::string out = TextOf(run, "/stdout");
    const bool tokens = IsToken(out) && IsToken(ours.out);
    if (!tokens) differences.Compare("stdout", out, ours.out);
    if (ours.exit == 0 && *run.Find("exit")->int64() == 0) continue;
    differences.Compare("error", ErrorIn(TextOf(run, "/stderr")),
                        ErrorIn(ours.err));
  }
  differences.Finish();
}

// Nonces, the guest's key and what is made of them are of the run.
void BindFresh(json::Value& value) {
  json::Object* object = value.if_object();
  if (object == nullptr) return;
  for (const char* name : {"nonce", "x", "y", "report_data"}) {
    if (json::Value* fresh = object->Find(name)) *fresh = "(fresh)";
  }
  for (const char* name :
       {"runtime-data", "tee-pubkey", "tee-evidence", "primary_evidence"}) {
    if (json::Value* below = object->Find(name)) BindFresh(*below);
  }
}

std::string BoundBody(const std::string& body) {
  auto value = json::Parse(body);
  if (!value || !value->is_object()) return body;
  BindFresh(*value);
  const auto text = json::Canonical(*value);
  return text ? *text : body;
}

// What may be compared of a header.
std::string BoundHeader(const std::string& name, const std::string& value) {
  if (name == "host" || name == "content-length") return "(of the run)";
  if (name == "authorization") return value.substr(0, value.find(' '));
  if (name == "cookie") return value.substr(0, value.find('='));
  return value;
}

SeenRequest Recorded(const json::Value& exchange) {
  SeenRequest request;
  request.start_line = TextOf(exchange, "/start_line");
  for (const json::Value& header : *exchange.Find("headers")->if_array()) {
    const json::Array& pair = *header.if_array();
    request.headers.emplace_back(*pair[0].if_string(), *pair[1].if_string());
  }
  request.body = TextOf(exchange, "/body/text");
  return request;
}

std::string StartLines(const std::vector<SeenRequest>& requests) {
  std::string lines;
  for (const SeenRequest& request : requests) {
    lines += (lines.empty() ? "" : "\n") + request.start_line;
  }
  return lines;
}

void CompareRequests(Differences& differences, const SeenRequest& recorded,
                     const SeenRequest& ours) {
  std::map<std::string, std::pair<std::string, std::string>> headers;
  for (const auto& [name, value] : recorded.headers) {
    headers[name].first = BoundHeader(name, value);
  }
  for (const auto& [name, value] : ours.headers) {
    headers[name].second = BoundHeader(name, value);
  }
  for (const auto& [name, values] : headers) {
    differences.Compare("header " + name, values.first, values.second);
  }
  differences.Compare("body", BoundBody(recorded.body), BoundBody(ours.body));
}

TEST(CliGoldens, KbsClientWire) {
  SHARED_OR_SKIP(goldens, "goldens");
  CliDeployment deployment(goldens);
  Relay relay(deployment.port());
  const json::Value recorded = LoadJson(goldens + "/" + kWire);
  deployment.Write("s", "secret");
  deployment.Write("p.rego", kOkRego);
  deployment.Write("k.pem", TextOf(recorded, "/tee_private_key_pem"));
  Differences differences({kWire});
  size_t index = 0;
  for (const json::Value& run : *recorded.Find("runs")->if_array()) {
    const std::string step = StepName(index++, run);
    SCOPED_TRACE(step);
    if (differences.NotReplayed(kWire, step)) continue;
    differences.Step(kWire, step, "");
    Program::Options options;
    options.folder = deployment.folder();
    options.args = {"kbs-client", "--url",
                    "http://127.0.0.1:" + std::to_string(relay.port())};
    for (std::string& arg : ArgsOf(run)) options.args.push_back(std::move(arg));
    const Finished ours = RunProgram(options);
    if (TextOf(run, "/note") == "attest") deployment.Write("t", ours.out);
    differences.Compare("exit", std::to_string(*run.Find("exit")->int64()),
                        std::to_string(ours.exit));
    std::vector<SeenRequest> theirs;
    for (const json::Value& exchange : *run.Find("exchange")->if_array()) {
      if (TextOf(exchange, "/direction") != "client to KBS") continue;
      theirs.push_back(Recorded(exchange));
    }
    const std::vector<SeenRequest> sent = relay.Take();
    differences.Compare("requests", StartLines(theirs), StartLines(sent));
    for (const SeenRequest& request : sent) {
      // The last one alike: the first GET of Trustee's is in vain.
      const SeenRequest* alike = nullptr;
      for (const SeenRequest& other : theirs) {
        if (other.start_line == request.start_line) alike = &other;
      }
      if (alike != nullptr) CompareRequests(differences, *alike, request);
    }
  }
  differences.Finish();
}

}  // namespace
}  // namespace vouchsafe::goldens
