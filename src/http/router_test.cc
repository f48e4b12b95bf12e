#include "http/router.h"

#include <gtest/gtest.h>

namespace vouchsafe::http {
namespace {

Handler Says(std::string text) {
  return
      [text](const Request&, const RequestContext&) { return Text(200, text); };
}

Router KbsLike() {
  Router router;
  router.Add(
      {{"GET", "POST", "PUT", "DELETE"}, "/kbs/v0/{tail}", Says("kbs"), 10});
  router.Add({{"GET"}, "/kbs/v0/admin/{tail}", Says("admin")});
  router.Add({{"GET"}, "/healthz", Says("ok"), 10, true, 404});
  router.Add({{"GET"}, "/policy", Says("list")});
  router.Add({{"POST"}, "/policy", Says("set")});
  return router;
}

Response Ask(const Router& router, std::string method, std::string target,
             std::string_view body = "") {
  Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.body = ToBytes(body);
  return router.Handle(request, RequestContext{});
}

TEST(RouterTest, Table) {
  const Router router = KbsLike();
  struct Case {
    std::string method, target;
    int status;
    std::string body;
  } const cases[] = {
      {"POST", "/kbs/v0/auth", 200, "kbs"},
      {"GET", "/kbs/v0/", 200, "kbs"},
      {"GET", "/kbs/v0/a/b?c=d", 200, "kbs"},
      {"GET", "/kbs/v0", 404, ""},
      {"GET", "/kbs/v0/admin/sessions", 200, "admin"},
      {"HEAD", "/kbs/v0/a", 405, ""},
      {"PATCH", "/kbs/v0/a", 405, ""},
      {"get", "/kbs/v0/a", 405, ""},
      {"GET", "/healthz", 200, "ok"},
      {"HEAD", "/healthz", 404, ""},
      {"GET", "/healthz/", 404, ""},
      {"GET", "/policy", 200, "list"},
      {"POST", "/policy", 200, "set"},
      {"DELETE", "/policy", 405, ""},
      {"GET", "/", 404, ""},
      {"OPTIONS", "*", 404, ""},
      {"GET", "", 404, ""},
  };
  for (const Case& c : cases) {
    const Response response = Ask(router, c.method, c.target);
    EXPECT_EQ(response.status, c.status) << c.method << " " << c.target;
    EXPECT_EQ(response.body, c.body) << c.method << " " << c.target;
  }
  EXPECT_EQ(Ask(router, "DELETE", "/policy").headers.Get("allow"), "GET, POST");
  EXPECT_EQ(Ask(router, "PUT", "/healthz").headers.Find("allow"), nullptr);
}

TEST(RouterTest, BodyOverTheRoutesLimitIs413) {
  const Router router = KbsLike();
  EXPECT_EQ(Ask(router, "POST", "/kbs/v0/auth", "0123456789").status, 200);
  const Response response = Ask(router, "POST", "/kbs/v0/auth", "0123456789a");
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.body, "payload reached size limit");
  EXPECT_TRUE(response.headers.Get("content-type").starts_with("text/plain"));
}

TEST(RouterTest, PlanTellsLimitsBeforeTheBody) {
  const Router router = KbsLike();
  const auto plan = router.Match("GET", "/healthz");
  ASSERT_NE(plan.route, nullptr);
  EXPECT_TRUE(plan.cheap);
  EXPECT_EQ(plan.max_body, 10u);
  EXPECT_FALSE(router.Match("POST", "/kbs/v0/auth").cheap);
  EXPECT_TRUE(router.Match("GET", "/nowhere").cheap);
}

TEST(RouterTest, Tail) {
  EXPECT_EQ(Router::Tail("/kbs/v0/{tail}", "/kbs/v0/a//b"), "a//b");
  EXPECT_EQ(Router::Tail("/kbs/v0/{tail}", "/kbs/v0/"), "");
  EXPECT_EQ(Router::Tail("/kbs/v0/{tail}", "/other"), "");
  EXPECT_EQ(Router::Tail("/exact", "/exact"), "");
}

Request Cross(std::string method, std::string origin, std::string asks = "") {
  Request request;
  request.method = std::move(method);
  request.target = "/policy";
  request.headers.Add("Origin", origin);
  if (!asks.empty()) {
    request.headers.Add("Access-Control-Request-Method", asks);
  }
  return request;
}

TEST(CorsTest, ListedOriginsAlone) {
  Router router = KbsLike();
  router.SetCors(Cors({"http://ok.example"}));
  const RequestContext context;

  const Response listed =
      router.Handle(Cross("GET", "http://ok.example"), context);
  EXPECT_EQ(listed.headers.Get("access-control-allow-origin"),
            "http://ok.example");
  const Response other = router.Handle(Cross("GET", "http://bad"), context);
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.headers.Find("access-control-allow-origin"), nullptr);
  EXPECT_EQ(other.headers.Get("vary"),
            "Origin, Access-Control-Request-Method, "
            "Access-Control-Request-Headers");
}

TEST(CorsTest, Preflight) {
  Router router = KbsLike();
  router.SetCors(Cors({"http://ok.example"}));
  const RequestContext context;
  Request good = Cross("OPTIONS", "http://ok.example", "POST");
  good.headers.Add("Access-Control-Request-Headers", "content-type");
  const Response allowed = router.Handle(good, context);
  EXPECT_EQ(allowed.status, 200);
  EXPECT_EQ(allowed.headers.Get("access-control-allow-methods"),
            "POST, OPTIONS, GET");
  EXPECT_EQ(allowed.headers.Get("access-control-allow-headers"),
            "content-type, authorization");
  EXPECT_EQ(allowed.headers.Get("access-control-max-age"), "86400");

  const Response origin =
      router.Handle(Cross("OPTIONS", "http://bad", "POST"), context);
  EXPECT_EQ(origin.status, 400);
  EXPECT_EQ(origin.body, "Origin is not allowed to make this request");
  EXPECT_EQ(origin.headers.Find("vary"), nullptr);
  EXPECT_EQ(router.Handle(Cross("OPTIONS", "http://ok.example", "PUT"), context)
                .status,
            400);
  Request header = Cross("OPTIONS", "http://ok.example", "POST");
  header.headers.Add("Access-Control-Request-Headers", "authorization, x-evil");
  EXPECT_EQ(router.Handle(header, context).status, 400);
  // Not a preflight: an ordinary OPTIONS.
  EXPECT_EQ(
      router.Handle(Cross("OPTIONS", "http://ok.example"), context).status,
      405);
  EXPECT_TRUE(Cors::IsOrigin("https://a"));
  EXPECT_FALSE(Cors::IsOrigin("*"));
}

}  // namespace
}  // namespace vouchsafe::http
