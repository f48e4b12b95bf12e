#include "http/problem.h"

#include <gtest/gtest.h>

#include "checks/check.h"
#include "http/status.h"
#include "json/parse.h"

namespace vouchsafe::http {
namespace {

TEST(StatusTest, Table) {
  struct Case {
    ErrorCode code;
    int kbs, as;
  } const cases[] = {
      {ErrorCode::kInvalidInput, 400, 400},
      {ErrorCode::kUntrusted, 401, 422},
      {ErrorCode::kUnauthenticated, 401, 401},
      {ErrorCode::kDenied, 401, 403},
      {ErrorCode::kForbidden, 403, 403},
      {ErrorCode::kNotFound, 404, 404},
      {ErrorCode::kConflict, 409, 409},
      {ErrorCode::kTooLarge, 413, 413},
      {ErrorCode::kUnsupported, 400, 400},
      {ErrorCode::kUnavailable, 503, 503},
      {ErrorCode::kBadPeer, 502, 502},
      {ErrorCode::kDeadline, 504, 504},
      {ErrorCode::kExhausted, 503, 503},
      {ErrorCode::kInternal, 500, 500},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(HttpStatus(c.code, Service::kKbs), c.kbs)
        << ErrorCodeName(c.code);
    EXPECT_EQ(HttpStatus(c.code, Service::kAs), c.as) << ErrorCodeName(c.code);
  }
}

std::string Member(const Response& response, std::string_view name) {
  const auto body = json::Parse(response.body);
  if (!body) return "no JSON: " + body.error().Text();
  const json::Value* member = body->Find(name);
  if (member == nullptr) return "absent";
  return member->is_string() ? *member->if_string() : member->number_text();
}

TEST(ProblemTest, HasTrusteesMembersAndOurs) {
  const Error error{ErrorCode::kNotFound, "operator only", nullptr, {}};
  const Response response = ProblemResponse(MakeProblem(
      error, Service::kKbs, "urn:t", "Plugin \"x\" not found", "id-1"));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.Get("content-type"), "application/problem+json");
  EXPECT_EQ(Member(response, "type"), "urn:t");
  EXPECT_EQ(Member(response, "detail"), "Plugin \"x\" not found");
  EXPECT_EQ(Member(response, "code"), "not_found");
  EXPECT_EQ(Member(response, "title"), "Not Found");
  EXPECT_EQ(Member(response, "status"), "404");
  EXPECT_EQ(Member(response, "request_id"), "id-1");
  EXPECT_EQ(response.body.find("operator only"), std::string::npos);
}

TEST(ProblemTest, CodeIsTheChecksIdOrItsGroup) {
  static constexpr Check kOpen{
      "a.b.c", "S", "S", "R", ErrorCode::kUntrusted, Disclosure::kId};
  static constexpr Check kOracle{
      "a.b.d", "S", "S", "R", ErrorCode::kUntrusted, Disclosure::kGroup};
  EXPECT_EQ(ProblemCode(Error{ErrorCode::kUntrusted, "", &kOpen, {}}), "a.b.c");
  EXPECT_EQ(ProblemCode(Error{ErrorCode::kUntrusted, "", &kOracle, {}}), "a.b");
}

TEST(ProblemTest, OverloadSaysWhenToComeBack) {
  EXPECT_EQ(ProblemResponse({503, "t", "d", "", ""}).headers.Get("retry-after"),
            "1");
  EXPECT_EQ(
      ProblemResponse({500, "t", "d", "", ""}).headers.Find("Retry-After"),
      nullptr);
}

TEST(ProblemTest, StrictHasTwoMembers) {
  const Response response = StrictProblemResponse({401, "t", "d", "c", "id"});
  EXPECT_EQ(response.body, R"({"type":"t","detail":"d"})");
  EXPECT_EQ(response.status, 401);
}

TEST(ProblemTest, EmptyMembersAreLeftOut) {
  const Response response = ProblemResponse({401, "t", "d", "", ""});
  EXPECT_EQ(Member(response, "code"), "absent");
  EXPECT_EQ(Member(response, "request_id"), "absent");
}

}  // namespace
}  // namespace vouchsafe::http
