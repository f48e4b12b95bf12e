#include "as/policy_input.h"

namespace vouchsafe::as {
namespace {

Result<> Move(json::Object& from, json::Object& to, std::string_view name,
              std::string_view claims_name, const json::Value& claims) {
  const json::Value* value = from.Find(name);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    return Fail(ErrorCode::kInternal, "claim " + std::string(name) +
                                          ": want a string, got " +
                                          std::string(json::TypeName(*value)));
  }
  to.Set(name, *value);
  to.Set(claims_name, claims);
  from.Erase(name);
  return {};
}

json::Value WithoutDevices(const json::Value& claims) {
  const json::Object* object = claims.if_object();
  if (object == nullptr) return claims;
  json::Object out = *object;
  out.Erase("additional-evidence");
  return out;
}

}  // namespace

Result<json::Object> MakePolicyInput(std::string_view tee, json::Object claims,
                                     const json::Value& init_data_claims,
                                     const json::Value& runtime_data_claims,
                                     Verbose verbose) {
  json::Object out;
  TRY(Move(claims, out, "init_data", "init_data_claims", init_data_claims));
  TRY(Move(claims, out, "report_data", "runtime_data_claims",
           verbose == Verbose::kYes ? runtime_data_claims
                                    : WithoutDevices(runtime_data_claims)));
  out.Set(tee, std::move(claims));
  return out;
}

}  // namespace vouchsafe::as
