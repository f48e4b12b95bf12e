// The recorded conversation with Trustee's REST service, replayed on ours with
// strict_trustee_errors: the status of every step, and the body of those whose
// text is Trustee's own. What differs is listed, with its reason.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "as/rest.h"
#include "as/test_service.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::as {
namespace {

struct Difference {
  int status;
  const char* reason;
};

const std::map<std::string, Difference>& Differences() {
  static const std::map<std::string, Difference> all = {
      {"policy_ids absent", {200, "as.md 18: optional, as documented"}},
      {"seed body", {200, "decision 17: the seed's example works"}},
      {"policy: no trust_claims", {500, "decision 5: refused on upload"}},
      {"evaluate: no trust_claims", {500, "decision 5: never status none"}},
      {"policy: other package", {500, "decision 5: refused on upload"}},
      {"evaluate: other package", {500, "decision 5: never status none"}},
      {"evaluate: value 300", {500, "decision 5: not cut to 8 bits"}},
      {"evaluate: extension standard name",
       {500, "a policy cannot overwrite the verdict"}},
      {"evaluate: crypto builtin", {200, "the engine offers more functions"}},
      {"policy: unknown claim name", {500, "decision 5: refused on upload"}},
      {"evaluate: unknown claim name", {500, "strict never restores a panic"}},
      {"set policy: id with blank", {200, "decision 9: keys are escaped"}},
      {"challenge: se", {500, "no se verifier in this test"}},
  };
  return all;
}

std::string StepName(const json::Value& step) {
  const json::Value* note = step.Find("note");
  if (note != nullptr && note->if_string()) return *note->if_string();
  return *step.At("/request/method")->if_string() + " " +
         *step.At("/request/target")->if_string();
}

http::Request RequestOf(const json::Value& step) {
  http::Request request;
  request.method = *step.At("/request/method")->if_string();
  request.target = *step.At("/request/target")->if_string();
  if (const json::Value* headers = step.At("/request/headers")) {
    for (const json::Member& header : *headers->if_object()) {
      request.headers.Add(header.name, *header.value.if_string());
    }
  }
  if (const json::Value* text = step.At("/request/body/text")) {
    request.body = ToBytes(*text->if_string());
  }
  if (step.At("/request/body/generated") != nullptr) {
    request.body = Bytes(kMaxRestBody + 8, 'a');
  }
  return request;
}

TEST(RecordedRest, EveryStepAnswersAsTrusteeOrByOurDecision) {
  SHARED_OR_SKIP(path, "goldens/ear/rest-api.json");
  const json::Value recorded = *json::Parse(vouchsafe::testing::ReadFile(path));
  TestService service;
  DecisionRing decisions;
  const http::Router router =
      MakeRestRouter({true, {"http://ok.example"}},
                     {&*service, &decisions, &service.logger()});
  std::set<std::string> used;
  size_t seen = 0;
  for (const json::Value& step : *recorded.Find("steps")->if_array()) {
    const std::string name = StepName(step);
    SCOPED_TRACE(name);
    const http::Response response =
        router.Handle(RequestOf(step), service.Context());
    int64_t want = step.At("/response/status")->int64().value_or(0);
    if (const auto it = Differences().find(name); it != Differences().end()) {
      EXPECT_NE(want, it->second.status) << "no difference any more";
      want = it->second.status;
      used.insert(name);
    }
    EXPECT_EQ(response.status, want) << response.body.substr(0, 300);
    ++seen;
  }
  EXPECT_EQ(seen, 116u);
  EXPECT_EQ(used.size(), Differences().size());
}

}  // namespace
}  // namespace vouchsafe::as
