#include "as/policy_input.h"

namespace vouchsafe::as {
namespace {

Result<> Move(json::Object& from, json::Object& to, std::string_view name,
              std::string_view claims_name, json::Value claims) {
  const json::Value* value = from.Find(name);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    return Fail(ErrorCode::kInternal, "claim " + std::string(name) +
                                          ": want a string, got " +
                                          std::string(json::TypeName(*value)));
  }
  to.Set(name, *value);
  to.Set(claims_name, std::move(claims));
  from.Erase(name);
  return {};
}

}  // namespace

Result<json::Object> MakePolicyInput(std::string_view tee, json::Object claims,
                                     json::Value init_data_claims,
                                     json::Value runtime_data_claims,
                                     Verbose verbose) {
  json::Object* runtime = runtime_data_claims.if_object();
  if (verbose == Verbose::kNo && runtime != nullptr) {
    runtime->Erase("additional-evidence");
  }
  json::Object out;
  TRY(Move(claims, out, "init_data", "init_data_claims",
           std::move(init_data_claims)));
  TRY(Move(claims, out, "report_data", "runtime_data_claims",
           std::move(runtime_data_claims)));
  out.Set(tee, std::move(claims));
  return out;
}

}  // namespace vouchsafe::as
