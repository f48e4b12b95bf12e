#include "as/bound_data.h"

#include "config/source.h"
#include "json/fields.h"
#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::as {
namespace {

constexpr std::string_view kPolicyMark = "policy_data := {";

Result<BoundData> HashStructured(const json::Value& value, crypto::Hash hash) {
  const std::string canonical = TRY(json::Canonical(value));
  return BoundData{crypto::Digest(hash, AsBytes(canonical)), value};
}

// Exactly these spellings (as.md section 3.2).
Result<crypto::Hash> TomlHash(const std::string& name) {
  for (crypto::Hash hash : {crypto::Hash::kSha256, crypto::Hash::kSha384,
                            crypto::Hash::kSha512, crypto::Hash::kSm3}) {
    if (crypto::HashName(hash) == name) return hash;
  }
  return Fail(ErrorCode::kInvalidInput,
              "algorithm: unknown variant `" + name +
                  "`, expected one of `sha256`, `sha384`, `sha512`, `sm3`");
}

// The object that follows the mark and ends the text, or nothing.
std::optional<json::Value> AgentPolicyClaims(std::string_view policy) {
  const size_t mark = policy.find(kPolicyMark);
  if (mark == std::string_view::npos) return std::nullopt;
  auto value = json::Parse(policy.substr(mark + kPolicyMark.size() - 1));
  if (!value) return std::nullopt;
  return *std::move(value);
}

Result<json::Object> TransformData(const json::Fields& data) {
  json::Object out;
  for (const json::Member& member : data.object()) {
    const std::string text = TRY(data.String(member.name));
    if (member.name == "aa.toml" || member.name == "cdh.toml") {
      auto parsed = config::ParseToml(text);
      out.Set(member.name,
              parsed ? *std::move(parsed) : json::Value(std::move(text)));
      continue;
    }
    std::optional<json::Value> claims;
    if (member.name == "policy.rego") claims = AgentPolicyClaims(text);
    if (claims) {
      out.Set("agent_policy_claims", *std::move(claims));
    } else {
      out.Set(member.name, text);
    }
  }
  return out;
}

Result<BoundData> ResolveToml(const std::string& text) {
  const json::Value value = TRY(config::ParseToml(text));
  const json::Fields in = TRY(json::Fields::Of(value, "init data"));
  TRY(in.String("version"));
  const std::string algorithm = TRY(in.String("algorithm"));
  const crypto::Hash hash = TRY(TomlHash(algorithm));
  const json::Fields data = TRY(in.ObjectOf("data"));
  json::Object claims = TRY(TransformData(data));
  return BoundData{crypto::Digest(hash, AsBytes(text)),
                   json::Value(std::move(claims))};
}

}  // namespace

Result<BoundData> ResolveRuntimeData(const std::optional<RuntimeData>& data,
                                     crypto::Hash hash) {
  if (!data) return BoundData{};
  if (const auto* raw = std::get_if<RuntimeData::Raw>(&data->form)) {
    return BoundData{raw->bytes, {}};
  }
  return HashStructured(std::get<RuntimeData::Structured>(data->form).value,
                        hash);
}

Result<BoundData> ResolveInitData(const std::optional<InitData>& data) {
  if (!data) return BoundData{};
  if (const auto* digest = std::get_if<InitData::Digest>(&data->form)) {
    return BoundData{digest->digest, {}};
  }
  if (const auto* toml = std::get_if<InitData::Toml>(&data->form)) {
    Result<BoundData> bound = ResolveToml(toml->text);
    if (bound) return bound;
    Error error = std::move(bound).error();
    error.code = ErrorCode::kInvalidInput;
    return tl::unexpected(
        WithContext(std::move(error), "parse TOML structured data"));
  }
  const auto& structured = std::get<InitData::Structured>(data->form);
  return HashStructured(structured.value, structured.hash);
}

}  // namespace vouchsafe::as
