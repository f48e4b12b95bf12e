#include "ear/simple_token.h"

#include "json/write.h"

namespace vouchsafe::ear {
namespace {

// The reader's bound on depth bounds this recursion too.
void Flatten(const std::string& path, const json::Value& value,
             json::Object& out) {
  const json::Object* object = value.if_object();
  if (object == nullptr) {
    out.Set(path, value);
    return;
  }
  for (const json::Member& member : *object) {
    Flatten(path + "." + member.name, member.value, out);
  }
}

}  // namespace

json::Object FlattenClaims(std::string_view tee, const json::Object& claims) {
  json::Object out;
  for (std::string_view name : {"report_data", "init_data"}) {
    const json::Value* value = claims.Find(name);
    out.Set(name, value == nullptr ? json::Value("") : *value);
  }
  for (const json::Member& member : claims) {
    if (member.name == "report_data" || member.name == "init_data") continue;
    Flatten(std::string(tee) + "." + member.name, member.value, out);
  }
  return out;
}

Result<json::Object> BuildSimpleClaims(const TokenOptions& options,
                                       SimpleClaims claims, int64_t now_unix_s,
                                       std::string jti) {
  int64_t expires = 0;
  if (__builtin_mul_overflow(options.duration_min, int64_t{60}, &expires) ||
      __builtin_add_overflow(expires, now_unix_s, &expires)) {
    return Fail(ErrorCode::kInternal, "Token expiration overflow.");
  }
  json::Array reports;
  for (PolicyReport& report : claims.reports) {
    json::Object one;
    one.Set("policy-id", std::move(report.id));
    one.Set("policy-hash", std::move(report.sha384));
    reports.emplace_back(std::move(one));
  }
  json::Object customized;
  customized.Set("init_data", std::move(claims.init_data));
  customized.Set("runtime_data", std::move(claims.runtime_data));
  json::Object out;
  out.Set("iss", options.issuer_name);
  out.Set("iat", now_unix_s);
  out.Set("jti", std::move(jti));
  out.Set("nbf", now_unix_s);
  out.Set("exp", expires);
  out.Set("tee", std::move(claims.tee));
  out.Set("evaluation-reports", std::move(reports));
  out.Set("tcb-status", json::WriteSorted(std::move(claims.tcb_status)));
  out.Set("customized_claims", std::move(customized));
  return out;
}

}  // namespace vouchsafe::ear
