#include "as/rest_body.h"

#include "base/encoding.h"
#include "json/fields.h"
#include "json/parse.h"
#include "verifier/core/tee.h"

namespace vouchsafe::as {
namespace {

using json::Fields;

template <class T>
Result<T> Shape(Result<T> result) {
  if (result) return result;
  return tl::unexpected(WithContext(std::move(result).error(), kShape));
}

Error ShapeError(std::string message) {
  return WithContext(
      Error{ErrorCode::kInvalidInput, std::move(message), nullptr, {}}, kShape);
}

// An object with exactly one of two members; nullptr when absent or null.
struct OneOf {
  const json::Value* first = nullptr;
  const json::Value* second = nullptr;
};
Result<OneOf> ReadOneOf(const Fields& in, std::string_view name,
                        std::string_view first, std::string_view second) {
  const json::Value* value = in.Optional(name);
  if (value == nullptr) return OneOf{};
  const json::Object* object = value->if_object();
  if (object == nullptr || object->size() != 1) {
    return tl::unexpected(
        ShapeError(in.PathOf(name) + ": want exactly one of `" +
                   std::string(first) + "` and `" + std::string(second) + "`"));
  }
  OneOf out{object->Find(first), object->Find(second)};
  if (out.first == nullptr && out.second == nullptr) {
    return tl::unexpected(ShapeError(in.PathOf(name) + ": unknown variant `" +
                                     object->begin()->name + "`, expected `" +
                                     std::string(first) + "` or `" +
                                     std::string(second) + "`"));
  }
  return out;
}

Result<crypto::Hash> ReadHash(const Fields& in, std::string_view name) {
  const auto text = TRY(Shape(in.OptionalString(name)));
  if (!text) return crypto::Hash::kSha384;
  const std::optional<crypto::Hash> hash = crypto::ParseHashName(*text);
  if (hash && *hash != crypto::Hash::kSha1) return *hash;
  return tl::unexpected(
      WithContext(Error{ErrorCode::kInvalidInput,
                        in.PathOf(name) + ": `" + *text +
                            "`, want sha256, sha384, sha512 or sm3",
                        nullptr,
                        {}},
                  "parse runtime data HashAlgorithm failed"));
}

Result<Bytes> DecodeBound(const std::string& text, std::string_view what,
                          std::string_view outer) {
  Result<Bytes> bytes = Base64UrlDecode(text);
  if (bytes) return bytes;
  Error error = WithContext(std::move(bytes).error(),
                            "base64 decode " + std::string(what));
  return tl::unexpected(WithContext(std::move(error), outer));
}

Result<std::optional<RuntimeData>> ReadRuntimeData(const Fields& in) {
  const OneOf data = TRY(ReadOneOf(in, "runtime_data", "raw", "structured"));
  if (data.second != nullptr) {
    return std::optional(RuntimeData{RuntimeData::Structured{*data.second}});
  }
  if (data.first == nullptr) return std::optional<RuntimeData>();
  const std::string text =
      TRY(Shape(json::AsString(*data.first, in.PathOf("runtime_data.raw"))));
  Bytes bytes =
      TRY(DecodeBound(text, "raw runtime data", "decode given Runtime Data"));
  return std::optional(RuntimeData{RuntimeData::Raw{std::move(bytes)}});
}

Result<std::optional<InitData>> ReadInitData(const Fields& in) {
  const OneOf data =
      TRY(ReadOneOf(in, "init_data", "init_data_digest", "init_data_toml"));
  if (data.second != nullptr) {
    std::string toml = TRY(Shape(
        json::AsString(*data.second, in.PathOf("init_data.init_data_toml"))));
    return std::optional(InitData{InitData::Toml{std::move(toml)}});
  }
  if (data.first == nullptr) return std::optional<InitData>();
  const std::string text = TRY(Shape(
      json::AsString(*data.first, in.PathOf("init_data.init_data_digest"))));
  Bytes digest =
      TRY(DecodeBound(text, "init data digest", "decode given Init Data"));
  return std::optional(InitData{InitData::Digest{std::move(digest)}});
}

// Released clients up to v0.13: init data like runtime data.
Result<std::optional<InitData>> ReadOldInitData(const Fields& in) {
  const OneOf data = TRY(ReadOneOf(in, "init_data", "raw", "structured"));
  if (data.second != nullptr) {
    const crypto::Hash hash = TRY(ReadHash(in, "init_data_hash_algorithm"));
    return std::optional(InitData{InitData::Structured{*data.second, hash}});
  }
  if (data.first == nullptr) return std::optional<InitData>();
  const std::string text =
      TRY(Shape(json::AsString(*data.first, in.PathOf("init_data.raw"))));
  Bytes digest =
      TRY(DecodeBound(text, "raw init data", "decode given Init Data"));
  return std::optional(InitData{InitData::Digest{std::move(digest)}});
}

enum class Era { kHead, kSeed };

Result<VerificationRequest> ReadRequest(const Fields& in, Era era) {
  VerificationRequest out;
  out.tee = TRY(Shape(in.String("tee")));
  const std::string evidence = TRY(Shape(in.String("evidence")));
  if (FindTee(out.tee) == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                "tee `" + out.tee + " not supported`");
  }
  const Bytes bytes =
      TRY_CONTEXT(Base64UrlDecode(evidence), "base64 decode evidence");
  out.evidence = TRY_CONTEXT(json::Parse(AsText(bytes)),
                             "failed to parse evidence as JSON");
  out.runtime_data = TRY(ReadRuntimeData(in));
  out.init_data =
      TRY(era == Era::kSeed ? ReadOldInitData(in) : ReadInitData(in));
  out.runtime_hash = TRY(ReadHash(in, "runtime_data_hash_algorithm"));
  return out;
}

Result<std::vector<std::string>> ReadPolicyIds(const Fields& in) {
  std::vector<std::string> out;
  if (in.Optional("policy_ids") == nullptr) return out;
  const json::Array* ids = TRY(Shape(in.ArrayOf("policy_ids")));
  for (const json::Value& id : *ids) {
    out.push_back(TRY(Shape(json::AsString(id, "policy_ids[]"))));
  }
  return out;
}

}  // namespace

Result<EvaluateRequest> ParseAttestationBody(std::string_view body) {
  const json::Value value = TRY(Shape(json::Parse(body)));
  const Fields in = TRY(Shape(Fields::Of(value, "body")));
  const bool head = in.object().Find("verification_requests") != nullptr;
  EvaluateRequest out;
  if (!head && in.object().Find("tee") != nullptr) {
    out.requests.push_back(TRY(ReadRequest(in, Era::kSeed)));
  } else {
    const json::Array* requests =
        TRY(Shape(in.ArrayOf("verification_requests")));
    for (size_t i = 0; i < requests->size(); ++i) {
      const Fields one = TRY(Shape(Fields::Of(
          (*requests)[i], "verification_requests[" + std::to_string(i) + "]")));
      out.requests.push_back(TRY(ReadRequest(one, Era::kHead)));
    }
  }
  out.policy_ids = TRY(ReadPolicyIds(in));
  return out;
}

Result<PolicyBody> ParsePolicyBody(std::string_view body) {
  const json::Value value = TRY(Shape(json::Parse(body)));
  const Fields in = TRY(Shape(Fields::Of(value, "body")));
  PolicyBody out;
  out.id = TRY(Shape(in.String("policy_id")));
  out.policy_base64url = TRY(Shape(in.String("policy")));
  return out;
}

Result<ChallengeBody> ParseChallengeBody(std::string_view body) {
  const json::Value value = TRY(Shape(json::Parse(body)));
  const Fields in = TRY(Shape(Fields::Of(value, "body")));
  for (const json::Member& member : in.object()) {
    TRY(Shape(json::AsString(member.value, member.name)));
  }
  ChallengeBody out;
  if (in.object().Find("tee") == nullptr) {
    return Fail(ErrorCode::kInvalidInput, "Failed to get inner tee");
  }
  if (in.object().Find("tee_params") == nullptr) {
    return Fail(ErrorCode::kInvalidInput, "Failed to get inner tee_params");
  }
  out.tee = TRY(in.String("tee"));
  out.tee_params = TRY(in.String("tee_params"));
  if (FindTee(out.tee) == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                "tee `" + out.tee + " not supported`");
  }
  return out;
}

}  // namespace vouchsafe::as
