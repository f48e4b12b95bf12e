#include "rvps/message.h"

#include <algorithm>

#include "base/encoding.h"
#include "json/fields.h"
#include "json/parse.h"

namespace vouchsafe::rvps {
namespace {

Result<std::string> Payload(const json::Fields& in) {
  const std::optional<std::string> payload = TRY(in.OptionalString("payload"));
  const std::optional<std::string> old = TRY(in.OptionalString("provenance"));
  if (payload && old) {
    return Fail(ErrorCode::kInvalidInput,
                "message: has payload and its old spelling provenance");
  }
  if (payload) return *payload;
  if (old) return *old;
  return in.String("payload");  // says what is missing
}

Result<Message> ParseEnvelope(std::string_view text) {
  const json::Value value = TRY(json::Parse(text));
  const json::Fields in = TRY(json::Fields::Of(value, "message"));
  const std::string version =
      TRY(in.OptionalString("version")).value_or(std::string(kMessageVersion));
  if (version != kMessageVersion) {
    // Wrapped by the caller's context otherwise; this text stands alone.
    return Fail(ErrorCode::kConflict, "Version unmatched! Need " +
                                          std::string(kMessageVersion) +
                                          ", given " + version + ".");
  }
  Message message;
  message.type = TRY(in.String("type"));
  message.payload = TRY(Payload(in));
  return message;
}

Result<std::vector<NamedValue>> ExtractSample(const std::string& payload) {
  const Bytes decoded = TRY_CONTEXT(Base64Decode(payload), "base64 decode");
  const json::Value value =
      TRY_CONTEXT(json::Parse(AsText(decoded)), "deseralize sample provenance");
  const json::Object* object = value.if_object();
  if (object == nullptr) {
    return tl::unexpected(
        WithContext(Error{ErrorCode::kInvalidInput,
                          "sample payload: want an object, got " +
                              std::string(json::TypeName(value)),
                          nullptr,
                          {}},
                    "deseralize sample provenance"));
  }
  std::vector<NamedValue> out;
  for (const json::Member& member : *object) {
    out.push_back({member.name, member.value});
  }
  return out;
}

void AddOnce(json::Array& set, const json::Value& value) {
  if (std::find(set.begin(), set.end(), value) == set.end()) {
    set.push_back(value);
  }
}

void AddAll(json::Array& set, const json::Value& value) {
  if (const json::Array* many = value.if_array()) {
    for (const json::Value& one : *many) AddOnce(set, one);
  } else {
    AddOnce(set, value);
  }
}

std::vector<NamedValue> Merge(std::vector<NamedValue> values) {
  std::vector<NamedValue> out;
  for (NamedValue& value : values) {
    const auto same = std::find_if(
        out.begin(), out.end(),
        [&](const NamedValue& other) { return other.name == value.name; });
    if (same == out.end()) {
      out.push_back(std::move(value));
      continue;
    }
    json::Array set;
    AddAll(set, same->value);
    AddAll(set, value.value);
    same->value = std::move(set);
  }
  return out;
}

constexpr std::string_view kNotBuilt[] = {"swid", "corim", "in-toto"};

}  // namespace

Result<Message> ParseMessage(std::string_view text) {
  Result<Message> message = ParseEnvelope(text);
  if (message) return message;
  Error error = std::move(message).error();
  if (error.code == ErrorCode::kConflict) {
    error.code = ErrorCode::kInvalidInput;
    return tl::unexpected(std::move(error));
  }
  return tl::unexpected(WithContext(std::move(error), "parse message"));
}

Result<std::vector<NamedValue>> Extract(const Message& message) {
  if (message.type == "sample") {
    return Merge(TRY(ExtractSample(message.payload)));
  }
  const std::string unknown = "Could not find extractor for " + message.type;
  if (std::find(std::begin(kNotBuilt), std::end(kNotBuilt), message.type) !=
      std::end(kNotBuilt)) {
    return Fail(ErrorCode::kUnsupported,
                unknown + ": this extractor is not built");
  }
  return Fail(ErrorCode::kInvalidInput, unknown);
}

}  // namespace vouchsafe::rvps
