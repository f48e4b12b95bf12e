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

json::Array Reports(std::vector<PolicyReport> from, SimpleMembers members) {
  json::Array out;
  for (PolicyReport& report : from) {
    json::Object one;
    one.Set("policy-id", std::move(report.id));
    one.Set("policy-hash", std::move(report.sha384));
    if (members == SimpleMembers::kS0) {
      one.Set("evaluation-result", std::move(report.result));
    }
    out.emplace_back(std::move(one));
  }
  return out;
}

// What the oldest readers find: no digest of runtime data in a member of its
// own, since those tokens had none.
json::Object OldestStatus(json::Object status) {
  status.Erase("report_data");
  status.Erase("init_data");
  return status;
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
                                       SimpleMembers members,
                                       SimpleClaims claims, int64_t now_unix_s,
                                       std::string jti) {
  int64_t expires = 0;
  if (__builtin_mul_overflow(options.duration_min, int64_t{60}, &expires) ||
      __builtin_add_overflow(expires, now_unix_s, &expires)) {
    return Fail(ErrorCode::kInternal, "Token expiration overflow.");
  }
  const bool old = members != SimpleMembers::kS2;
  const bool oldest = members == SimpleMembers::kS0;
  json::Object customized;
  customized.Set("init_data", std::move(claims.init_data));
  customized.Set("runtime_data", std::move(claims.runtime_data));
  json::Object out;
  out.Set("iss", options.issuer_name);
  if (!oldest) {
    out.Set("iat", now_unix_s);
    out.Set("jti", std::move(jti));
  }
  out.Set("nbf", now_unix_s);
  out.Set("exp", expires);
  if (old) out.Set("jwk", std::move(claims.jwk));
  if (!oldest) out.Set("tee", std::move(claims.tee));
  out.Set("evaluation-reports", Reports(std::move(claims.reports), members));
  if (members == SimpleMembers::kS1) {
    out.Set("reference-data", std::move(claims.reference));
  }
  if (oldest) {
    out.Set("tcb-status", OldestStatus(std::move(claims.tcb_status)));
  } else if (old) {
    out.Set("tcb-status", std::move(claims.tcb_status));
  } else {
    out.Set("tcb-status", json::WriteSorted(std::move(claims.tcb_status)));
  }
  out.Set("customized_claims", std::move(customized));
  return out;
}

}  // namespace vouchsafe::ear
