#include "policy_tools/recording.h"

#include <algorithm>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "json/fields.h"
#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::policy_tools {
namespace {

constexpr uint64_t kForm = 1;
constexpr std::string_view kMembers[] = {
    "recording", "policy_sha384",      "input_sha384", "data_sha384",
    "language",  "undefined_on_error", "time_unix_ns", "answers"};

std::string_view VersionName(rego::Version version) {
  switch (version) {
    case rego::Version::kV1:
      return "v1";
    case rego::Version::kV0:
      return "v0";
    case rego::Version::kV0CompatV1:
      return "v0-compat-v1";
  }
  return "";
}

Result<rego::Version> VersionOf(const std::string& name) {
  for (const rego::Version version :
       {rego::Version::kV1, rego::Version::kV0, rego::Version::kV0CompatV1}) {
    if (VersionName(version) == name) return version;
  }
  return Fail(ErrorCode::kInvalidInput,
              "language: want v1, v0 or v0-compat-v1, got \"" + name + "\"");
}

json::Value OrNull(const std::string& digest) {
  return digest.empty() ? json::Value() : json::Value(digest);
}

Result<Recording> FromJson(const json::Value& value) {
  const json::Fields in = TRY(json::Fields::Of(value, "recording"));
  for (const json::Member& member : in.object()) {
    if (std::find(std::begin(kMembers), std::end(kMembers), member.name) ==
        std::end(kMembers)) {
      return Fail(ErrorCode::kInvalidInput,
                  in.PathOf(member.name) + ": no such member");
    }
  }
  const uint64_t form = TRY(in.Uint("recording"));
  if (form != kForm) {
    return Fail(ErrorCode::kInvalidInput, "recording: form " +
                                              std::to_string(form) + ", want " +
                                              std::to_string(kForm));
  }
  Recording out;
  out.policy_sha384 = TRY(in.String("policy_sha384"));
  out.input_sha384 = TRY(in.OptionalString("input_sha384")).value_or("");
  out.data_sha384 = TRY(in.OptionalString("data_sha384")).value_or("");
  const std::string language = TRY(in.String("language"));
  out.version = TRY(VersionOf(language));
  out.strict_errors = !TRY(in.Bool("undefined_on_error"));
  out.time_unix_ns = TRY(in.Int("time_unix_ns"));
  const json::Value* answers = TRY(in.Any("answers"));
  out.answers = TRY(rego::HostAnswers::FromJson(*answers));
  return out;
}

Result<> Same(const std::string& name, std::string_view what,
              std::string_view recorded, std::string_view now) {
  if (recorded == now) return {};
  const auto text = [](std::string_view one) {
    return one.empty() ? std::string("none") : std::string(one);
  };
  return Fail(ErrorCode::kConflict, name + ": was recorded with another " +
                                        std::string(what) + ": want " +
                                        text(recorded) + ", got " + text(now));
}

}  // namespace

std::string DocumentSha384(const json::Value& value) {
  return HexEncode(crypto::Sha384(AsBytes(json::WriteSorted(value))));
}

json::Value ToJson(const Recording& recording) {
  json::Object out;
  out.Set("recording", kForm);
  out.Set("policy_sha384", recording.policy_sha384);
  out.Set("input_sha384", OrNull(recording.input_sha384));
  out.Set("data_sha384", OrNull(recording.data_sha384));
  out.Set("language", VersionName(recording.version));
  out.Set("undefined_on_error", !recording.strict_errors);
  out.Set("time_unix_ns", recording.time_unix_ns);
  out.Set("answers", recording.answers.ToJson());
  return out;
}

Result<Recording> ReadRecording(std::string_view text,
                                const std::string& name) {
  const json::Value value = TRY_CONTEXT(json::Parse(text), name);
  return TRY_CONTEXT(FromJson(value), name);
}

Result<> CheckSameQuestion(const Recording& recorded, const Recording& now,
                           const std::string& name) {
  TRY(Same(name, "policy (SHA-384)", recorded.policy_sha384,
           now.policy_sha384));
  TRY(Same(name, "input (SHA-384)", recorded.input_sha384, now.input_sha384));
  TRY(Same(name, "data (SHA-384)", recorded.data_sha384, now.data_sha384));
  TRY(Same(name, "language", VersionName(recorded.version),
           VersionName(now.version)));
  return Same(name, "--undefined-on-error",
              recorded.strict_errors ? "off" : "on",
              now.strict_errors ? "off" : "on");
}

}  // namespace vouchsafe::policy_tools
