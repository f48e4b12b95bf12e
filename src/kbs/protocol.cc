#include "kbs/protocol.h"

#include <array>
#include <charconv>

#include "json/fields.h"
#include "json/parse.h"
#include "kbs/checks.h"

namespace vouchsafe::kbs {
namespace {

// A typed public key: members that are hashed, and no others (kbs.md 1.3).
Result<json::Value> TypedKey(const json::Fields& in) {
  const std::string kty = TRY(in.String("kty"));
  json::Object key;
  const auto copy = [&](std::string_view name) -> Result<> {
    key.Set(name, TRY(in.String(name)));
    return {};
  };
  key.Set("kty", kty);
  TRY(copy("alg"));
  if (kty == "RSA") {
    TRY(copy("n"));
    TRY(copy("e"));
  } else if (kty == "EC") {
    TRY(copy("crv"));
    TRY(copy("x"));
    TRY(copy("y"));
  } else if (kty == "AKP") {
    TRY(copy("pub"));
  } else {
    return Fail(ErrorCode::kInvalidInput, in.PathOf("kty") +
                                              ": want RSA, EC or AKP, got \"" +
                                              kty.substr(0, 20) + "\"");
  }
  return json::Value(std::move(key));
}

Result<std::vector<DeviceEvidence>> ParseAdditional(const std::string& text) {
  std::vector<DeviceEvidence> devices;
  if (text.empty()) return devices;
  const json::Value value = TRY_CONTEXT(
      json::Parse(text), "attestation.tee-evidence.additional_evidence");
  const json::Object* object = value.if_object();
  if (object == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                "attestation.tee-evidence.additional_evidence: want the text "
                "of an object, got " +
                    std::string(json::TypeName(value)));
  }
  for (const json::Member& member : *object) {
    devices.push_back({member.name, member.value});
  }
  return devices;
}

Result<std::optional<std::string>> ParseInitData(const json::Fields& in) {
  const json::Value* value = in.Optional("init-data");
  if (value == nullptr) return std::optional<std::string>();
  const json::Fields init =
      TRY(json::Fields::Of(*value, "attestation.init-data"));
  const std::string format = TRY(init.String("format"));
  std::string body = TRY(init.String("body"));
  if (format != "toml") {
    return Fail(ErrorCode::kInvalidInput,
                "Unsupported initdata format: " + format.substr(0, 20));
  }
  return std::optional<std::string>(std::move(body));
}

// kbs.md section 1.4.
Result<Attestation> ParseAttestation040(const json::Value& body) {
  const json::Fields in = TRY(json::Fields::Of(body, "attestation"));
  Attestation out;
  out.init_data_toml = TRY(ParseInitData(in));
  const json::Fields runtime = TRY(in.ObjectOf("runtime-data"));
  out.nonce = TRY(runtime.String("nonce"));
  const json::Fields key = TRY(runtime.ObjectOf("tee-pubkey"));
  out.tee_pubkey = TRY(TypedKey(key));
  const json::Fields evidence = TRY(in.ObjectOf("tee-evidence"));
  out.primary_evidence = *TRY(evidence.Any("primary_evidence"));
  out.additional_text = TRY(evidence.String("additional_evidence"));
  out.additional = TRY(ParseAdditional(out.additional_text));
  return out;
}

json::Value PrimaryRuntimeData030(const Attestation& attestation,
                                  const std::string& nonce) {
  json::Object out;
  out.Set("additional-evidence", attestation.additional_text);
  out.Set("nonce", nonce);
  out.Set("tee-pubkey", attestation.tee_pubkey);
  return out;
}

constexpr std::array<ProtocolVersion, 1> kVersions{{
    {"0.4.0", &ParseAttestation040, &PrimaryRuntimeData030},
}};

struct SemVer {
  std::string core;  // "major.minor.patch"
  bool prerelease = false;
};

// A run of digits without a leading zero that fits 64 bits.
bool IsNumericIdentifier(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() &&
         (text.size() == 1 || text[0] != '0');
}

bool AreIdentifiers(std::string_view text) {
  if (text.empty()) return false;
  bool empty_part = true;
  for (const char c : text) {
    if (c == '.') {
      if (empty_part) return false;
      empty_part = true;
      continue;
    }
    const bool allowed = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                         (c >= 'A' && c <= 'Z') || c == '-';
    if (!allowed) return false;
    empty_part = false;
  }
  return !empty_part;
}

// Semantic Versioning 2.0.0, all of it: "1.2.3[-pre][+build]".
std::optional<SemVer> ParseSemVer(std::string_view text) {
  const size_t plus = text.find('+');
  if (plus != std::string_view::npos) {
    if (!AreIdentifiers(text.substr(plus + 1))) return std::nullopt;
    text = text.substr(0, plus);
  }
  SemVer out;
  const size_t dash = text.find('-');
  if (dash != std::string_view::npos) {
    if (!AreIdentifiers(text.substr(dash + 1))) return std::nullopt;
    out.prerelease = true;
    text = text.substr(0, dash);
  }
  out.core = text;
  const size_t first = text.find('.');
  const size_t second =
      first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (!IsNumericIdentifier(text.substr(0, first)) ||
      !IsNumericIdentifier(text.substr(first + 1, second - first - 1)) ||
      !IsNumericIdentifier(text.substr(second + 1))) {
    return std::nullopt;
  }
  return out;
}

// Trustee's text, which its tests look for.
std::string VersionMismatch(std::string_view version) {
  return "KBS Client Protocol Version Mismatch: expect =0.4.0 while the "
         "request is " +
         std::string(version.substr(0, 64));
}

}  // namespace

const ProtocolVersion* FindProtocol(std::string_view version) {
  for (const ProtocolVersion& row : kVersions) {
    if (row.version == version) return &row;
  }
  return nullptr;
}

Result<AuthRequest> ParseAuthRequest(std::string_view body, CheckLog& checks) {
  const json::Value value =
      TRY_CONTEXT(json::Parse(body), "deserialize Request");
  const json::Fields in =
      TRY_CONTEXT(json::Fields::Of(value, "request"), "deserialize Request");
  AuthRequest out;
  out.version = TRY_CONTEXT(in.String("version"), "deserialize Request");
  out.tee_sent = TRY_CONTEXT(in.String("tee"), "deserialize Request");
  out.extra_params =
      *TRY_CONTEXT(in.Any("extra-params"), "deserialize Request");
  out.tee = FindTee(out.tee_sent);
  if (out.tee == nullptr) {
    return tl::unexpected<Error>(WithContext(
        {ErrorCode::kInvalidInput,
         "request.tee: unknown TEE \"" + out.tee_sent.substr(0, 32) + "\"",
         nullptr,
         {}},
        "deserialize Request"));
  }
  const std::optional<SemVer> version = ParseSemVer(out.version);
  if (!version) {
    return tl::unexpected<Error>(WithContext(
        {ErrorCode::kInvalidInput,
         "request.version: want a semantic version such as 0.4.0, got \"" +
             out.version.substr(0, 32) + "\"",
         nullptr,
         {}},
        "failed to parse KBS version"));
  }
  const ProtocolVersion* row =
      version->prerelease ? nullptr : FindProtocol(version->core);
  out.protocol = TRY_CONTEXT(
      checks.RequireSome(kProtocolVersion,
                         row != nullptr
                             ? std::optional<const ProtocolVersion*>(row)
                             : std::nullopt,
                         CheckValue::OfText(out.version)),
      VersionMismatch(out.version));
  return out;
}

json::Value DeviceRuntimeData(const Attestation& attestation,
                              const std::string& nonce) {
  json::Object out;
  out.Set("nonce", nonce);
  out.Set("tee-pubkey", attestation.tee_pubkey);
  return out;
}

}  // namespace vouchsafe::kbs
