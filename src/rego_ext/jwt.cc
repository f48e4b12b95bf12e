// io.jwt.decode, io.jwt.verify_*, io.jwt.decode_verify. A token is looked at
// with the algorithm of the function or of the key's kind: its own "alg" never
// chooses between a secret and a public key.

#include <algorithm>

#include "base/encoding.h"
#include "rego/builtins/go_float.h"
#include "rego_ext/families.h"
#include "rego_ext/jwt_keys.h"
#include "rego_ext/jwt_token.h"

namespace vouchsafe::rego_ext {
namespace {

using rego::BuiltinCall;
using rego::Kind;
using rego::Value;
using Args = std::span<const Value>;

constexpr std::string_view kQuotes = "\"'";

std::string_view TrimQuotes(std::string_view text) {
  const size_t begin = text.find_first_not_of(kQuotes);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kQuotes) - begin + 1);
}

bool SameFolded(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

// A token whose content is a token is taken apart down to the innermost.
Value Decode(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  std::string_view text = args[0].text();
  for (;;) {
    Token token;
    std::string payload_text, signature;
    if (!SplitToken(call, text, &token) || !ReadHeader(call, &token) ||
        !DecodePart(call, token.payload_text, "payload", &payload_text)) {
      return {};
    }
    if (TextMember(token.header, "cty") == "JWT") {
      text = call.Text(TrimQuotes(payload_text)).text();
      continue;
    }
    Value payload;
    if (!ReadObject(call, payload_text, "", &payload) ||
        !DecodePart(call, token.signature_text, "signature", &signature)) {
      return {};
    }
    return rego::MakeArray(
        call.arena,
        std::vector<Value>{token.header, payload,
                           call.Text(HexEncode(AsBytes(signature)))});
  }
}

const VerificationKey* FindKid(const std::vector<VerificationKey>& keys,
                               std::string_view kid) {
  if (kid.empty()) return nullptr;
  for (const VerificationKey& key : keys) {
    if (key.kid == kid) return &key;
  }
  return nullptr;
}

// By the key that the token names, or else by any whose algorithm, when it
// says one, is the token's.
template <class Good>
bool AnyKey(const std::vector<VerificationKey>& keys, const Value& header,
            Good good) {
  const VerificationKey* named = FindKid(keys, TextMember(header, "kid"));
  if (named) return good(*named);
  const std::string_view alg = TextMember(header, "alg");
  return std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
    return (key.alg.empty() || key.alg == alg) && good(key);
  });
}

// Header members that must be strings, and "crit", a list of them.
bool HeaderFits(BuiltinCall& call, const Value& header) {
  for (const std::string_view name : {"alg", "cty", "kid", "typ"}) {
    const Value member = header.Get(name);
    if (!member.defined() || member.is_string()) continue;
    call.Fail(std::string(name) + ": must be a string");
    return false;
  }
  const Value crit = header.Get("crit");
  if (!crit.defined()) return true;
  if (!crit.is_array()) {
    call.Fail("crit: must be a list");
    return false;
  }
  if (crit.size() == 0) {
    call.Fail("crit: must be a nonempty list");
    return false;
  }
  return true;
}

template <jose::JwsAlg kAlg>
Value Verify(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  Token token;
  if (!SplitToken(call, args[0].text(), &token)) return {};
  if (!call.Is(args, 1, Kind::kString)) return {};
  std::vector<VerificationKey> keys;
  std::string why;
  if (!ReadKeys(call, args[1].text(), &keys, &why)) return call.Fail(why);
  std::string signature;
  if (!DecodePart(call, token.signature_text, "", &signature) ||
      !ReadHeader(call, &token) || !HeaderFits(call, token.header)) {
    return {};
  }
  return Value::Bool(AnyKey(keys, token.header, [&](const auto& key) {
    return VerifySignature(call, key, kAlg, token.signing_input(), signature);
  }));
}

template <crypto::Hash kHash>
Value VerifyHs(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString) || !call.Is(args, 1, Kind::kString)) {
    return {};
  }
  Token token;
  std::string signature;
  if (!SplitToken(call, args[0].text(), &token) ||
      !DecodePart(call, token.signature_text, "", &signature)) {
    return {};
  }
  return Value::Bool(
      VerifyMac(call, kHash, args[1].text(), token.signing_input(), signature));
}

struct Constraints {
  std::optional<std::vector<VerificationKey>> keys;
  std::string_view secret, alg, iss, aud;
  double time_ns = -1;
};

bool ReadTime(BuiltinCall& call, const Value& value, Constraints* out) {
  if (!value.is_number()) {
    call.Fail("token time constraint: must be a number");
    return false;
  }
  out->time_ns = rego::AsDouble(value);
  if (out->time_ns >= 0) return true;
  call.Fail("token time constraint: must not be negative");
  return false;
}

bool ReadConstraint(BuiltinCall& call, std::string_view name,
                    const Value& value, Constraints* out) {
  if (name == "time") return ReadTime(call, value, out);
  std::string_view ignored;
  std::string_view* const into = name == "secret" ? &out->secret
                                 : name == "alg"  ? &out->alg
                                 : name == "iss"  ? &out->iss
                                 : name == "aud"  ? &out->aud
                                 : name == "cert" ? &ignored
                                                  : nullptr;
  if (into == nullptr) {
    call.Fail("unknown token validation constraint: " + std::string(name));
    return false;
  }
  if (!value.is_string()) {
    call.Fail(std::string(name) + " constraint: must be a string");
    return false;
  }
  *into = value.text();
  if (name != "cert") return true;
  out->keys.emplace();
  std::string why;
  if (ReadKeys(call, value.text(), &*out->keys, &why)) return true;
  call.Fail(why);
  return false;
}

bool ReadConstraints(BuiltinCall& call, const Value& object, Constraints* out) {
  for (size_t i = 0; i < object.size(); ++i) {
    const std::string name = rego::PrintText(object.keys()[i]);
    if (!ReadConstraint(call, name, object.values()[i], out)) return false;
  }
  if (out->time_ns < 0) out->time_ns = static_cast<double>(call.state.now_ns);
  if (out->keys && !out->secret.empty()) {
    call.Fail("duplicate key constraints");
    return false;
  }
  if (!out->keys && out->secret.empty()) {
    call.Fail("no key constraint");
    return false;
  }
  return true;
}

bool Signed(BuiltinCall& call, const Constraints& constraints,
            const Token& token, std::string_view signature) {
  const std::string_view alg = TextMember(token.header, "alg");
  if (!constraints.keys) {
    const auto hash = HmacHash(alg);
    return hash && VerifyMac(call, *hash, constraints.secret,
                             token.signing_input(), signature);
  }
  const auto parsed = jose::ParseJwsAlg(alg);
  if (!parsed) return false;
  return AnyKey(*constraints.keys, token.header, [&](const auto& key) {
    return key.key && jose::AlgFitsKey(*parsed, key.key->type()) &&
           VerifySignature(call, key, *parsed, token.signing_input(),
                           signature);
  });
}

// RFC 7515 section 4.1.11: an extension that must be understood and is not.
bool HeaderAllows(const Value& header) {
  if (TextMember(header, "alg").empty()) return false;
  const Value crit = header.Get("crit");
  if (!crit.defined()) return true;
  constexpr std::string_view kKnown[] = {"alg", "kid", "typ", "cty", "crit"};
  return std::none_of(
      crit.items().begin(), crit.items().end(), [&](const Value& name) {
        return name.is_string() && header.Get(name).defined() &&
               std::find(std::begin(kKnown), std::end(kKnown), name.text()) ==
                   std::end(kKnown);
      });
}

bool AudienceFits(const Constraints& constraints, const Value& payload) {
  const Value aud = payload.Get("aud");
  if (!aud.defined()) return constraints.aud.empty();
  if (aud.is_string()) return aud.text() == constraints.aud;
  return aud.is_array() && std::any_of(aud.items().begin(), aud.items().end(),
                                       [&](const Value& item) {
                                         return item.is_string() &&
                                                item.text() == constraints.aud;
                                       });
}

// RFC 7519 section 4.1. False too when an error was noted.
bool ClaimsFit(BuiltinCall& call, const Constraints& constraints,
               const Value& payload) {
  if (!constraints.iss.empty() &&
      TextMember(payload, "iss") != constraints.iss) {
    return false;
  }
  if (!AudienceFits(constraints, payload)) return false;
  const Value now = rego::MakeNumber(
      call.arena, rego::FormatFloat(constraints.time_ns / 1e9, 'g', -1));
  for (const std::string_view name : {"exp", "nbf"}) {
    const Value claim = payload.Get(name);
    if (!claim.defined()) continue;
    if (!claim.is_number()) {
      call.Fail(std::string(name) + " value must be a number");
      return false;
    }
    const int order = rego::CompareNumbers(now, claim);
    if (name == "exp" ? order >= 0 : order < 0) return false;
  }
  return true;
}

Value Verdict(BuiltinCall& call, bool good, const Value& header,
              const Value& payload) {
  if (call.error) return {};
  const Value none = Value::EmptyObject();
  return rego::MakeArray(
      call.arena, std::vector<Value>{Value::Bool(good), good ? header : none,
                                     good ? payload : none});
}

Value DecodeVerify(BuiltinCall& call, Args args) {
  if (!call.Is(args, 1, Kind::kObject)) return {};
  Constraints constraints;
  if (!ReadConstraints(call, args[1], &constraints) ||
      !call.Is(args, 0, Kind::kString)) {
    return {};
  }
  std::string_view text = args[0].text();
  const auto refuse = [&] { return Verdict(call, false, {}, {}); };
  for (;;) {
    Token token;
    if (!SplitToken(call, text, &token) || !ReadHeader(call, &token) ||
        !HeaderFits(call, token.header)) {
      return {};
    }
    if (!HeaderAllows(token.header)) return refuse();
    if (!constraints.alg.empty() &&
        constraints.alg != TextMember(token.header, "alg")) {
      return refuse();
    }
    std::string signature, payload_text;
    if (!DecodePart(call, token.signature_text, "", &signature)) return {};
    if (!Signed(call, constraints, token, signature)) return refuse();
    if (!DecodePart(call, token.payload_text, "payload", &payload_text)) {
      return {};
    }
    if (SameFolded(TextMember(token.header, "cty"), "JWT")) {
      text = call.Text(payload_text).text();
      continue;
    }
    Value payload;
    if (!ReadObject(call, payload_text, "", &payload)) return {};
    const bool good = ClaimsFit(call, constraints, payload);
    return Verdict(call, good, token.header, payload);
  }
}

}  // namespace

void AddJwt(Rows& rows) {
  using jose::JwsAlg;
  const Rows more = {
      {"io.jwt.decode", Decode},
      {"io.jwt.decode_verify", DecodeVerify},
      {"io.jwt.verify_rs256", Verify<JwsAlg::kRs256>},
      {"io.jwt.verify_rs384", Verify<JwsAlg::kRs384>},
      {"io.jwt.verify_rs512", Verify<JwsAlg::kRs512>},
      {"io.jwt.verify_ps256", Verify<JwsAlg::kPs256>},
      {"io.jwt.verify_ps384", Verify<JwsAlg::kPs384>},
      {"io.jwt.verify_ps512", Verify<JwsAlg::kPs512>},
      {"io.jwt.verify_es256", Verify<JwsAlg::kEs256>},
      {"io.jwt.verify_es384", Verify<JwsAlg::kEs384>},
      {"io.jwt.verify_es512", Verify<JwsAlg::kEs512>},
      {"io.jwt.verify_eddsa", Verify<JwsAlg::kEdDsa>},
      {"io.jwt.verify_hs256", VerifyHs<crypto::Hash::kSha256>},
      {"io.jwt.verify_hs384", VerifyHs<crypto::Hash::kSha384>},
      {"io.jwt.verify_hs512", VerifyHs<crypto::Hash::kSha512>},
  };
  rows.insert(rows.end(), more.begin(), more.end());
}

}  // namespace vouchsafe::rego_ext
