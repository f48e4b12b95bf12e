// crypto.x509.*.

#include "crypto/x509.h"

#include <algorithm>

#include "rego/builtins/go_base64.h"
#include "rego/builtins/ip.h"
#include "rego_ext/families.h"
#include "rego_ext/pem_text.h"
#include "rego_ext/private_key.h"
#include "rego_ext/x509_value.h"

namespace vouchsafe::rego_ext {
namespace {

using rego::BuiltinCall;
using rego::Kind;
using rego::Value;
using Args = std::span<const Value>;

constexpr size_t kMaxCertificates = 64;
// Steps that one signature check counts as.
constexpr uint64_t kSignatureSteps = 10'000;

void Charge(BuiltinCall& call, const Value& text) {
  call.budget.Bytes(size_t{text.size()} * 16);
  call.arena.Need(size_t{text.size()} * 32);
}

// DER of each certificate of a text: PEM, base64 of PEM, or base64 of DER.
bool CertificateTexts(std::string_view text, std::vector<std::string>* out,
                      std::string* why) {
  std::string decoded;
  if (!text.starts_with("-----BEGIN")) {
    const auto bytes = rego::GoBase64Decode(text, why);
    if (!bytes) return false;
    decoded = *bytes;
    text = decoded;
  }
  std::string all;
  if (text.starts_with("-----BEGIN")) {
    std::string_view rest = text;
    while (const auto block = TakePem(rest)) {
      if (block->type != "CERTIFICATE") {
        *why = "PEM block type is '" + block->type + "', expected CERTIFICATE";
        return false;
      }
      all += block->bytes;
    }
    text = all;
  }
  DerReader in(text);
  while (!in.done() && out->size() <= kMaxCertificates) {
    out->emplace_back(in.Expect(kDerSequence).all);
  }
  if (!in.failed() && in.done()) return true;
  *why = "x509: malformed certificate";
  return false;
}

// The parts point into `texts`.
bool ReadAll(BuiltinCall& call, const Value& text,
             std::vector<std::string>* texts, std::vector<X509Parts>* out,
             std::string* why) {
  Charge(call, text);
  if (!CertificateTexts(text.text(), texts, why)) return false;
  for (const std::string& der : *texts) {
    const auto parts = ReadCertificate(der);
    if (!parts) {
      *why = "x509: malformed certificate";
      return false;
    }
    out->push_back(*parts);
  }
  return true;
}

Value ParseCertificates(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  std::vector<std::string> texts;
  std::vector<X509Parts> parts;
  std::string why;
  if (!ReadAll(call, args[0], &texts, &parts, &why)) return call.Fail(why);
  ValueMaker make(call);
  std::vector<Value> out;
  for (const X509Parts& part : parts) {
    out.push_back(CertificateValue(make, part));
  }
  return rego::MakeArray(call.arena, out);
}

struct VerifyOptions {
  std::string dns_name;
  int64_t unix_s = 0;
  std::vector<int64_t> purposes = {1};  // of servers, unless said otherwise
};

bool Folded(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto low = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    };
    return low(x) == low(y);
  });
}

// RFC 6125: a "*" stands for the first label.
bool HostFits(std::string_view host, const X509Names& names) {
  if (const auto ip = rego::ParseIp(host)) {
    return std::find(names.ips.begin(), names.ips.end(), rego::IpText(*ip)) !=
           names.ips.end();
  }
  if (host.ends_with(".")) host.remove_suffix(1);
  return std::any_of(names.dns.begin(), names.dns.end(),
                     [&](std::string_view name) {
                       if (!name.starts_with("*.")) return Folded(name, host);
                       const size_t dot = host.find('.');
                       return dot != std::string_view::npos && dot > 0 &&
                              Folded(name.substr(1), host.substr(dot));
                     });
}

bool PurposesFit(const X509Parts& parts, const std::vector<int64_t>& wanted) {
  std::vector<std::vector<uint64_t>> other;
  const std::vector<int64_t> have = KeyPurposes(parts.extensions, &other);
  if (have.empty() && other.empty()) return true;
  return std::any_of(wanted.begin(), wanted.end(), [&](int64_t purpose) {
    return purpose == 0 ||
           std::any_of(have.begin(), have.end(),
                       [&](int64_t has) { return has == 0 || has == purpose; });
  });
}

// The leaf (last) up to the root (first); empty when it does not verify.
std::vector<size_t> Chain(BuiltinCall& call,
                          const std::vector<std::string>& texts,
                          const std::vector<X509Parts>& parts,
                          const VerifyOptions& options) {
  if (texts.size() < 2 || texts.size() > kMaxCertificates) return {};
  std::vector<crypto::Certificate> certificates;
  for (const std::string& der : texts) {
    auto certificate = crypto::Certificate::FromDer(AsBytes(der));
    if (!certificate) return {};
    certificates.push_back(*std::move(certificate));
  }
  call.budget.Step(kSignatureSteps * texts.size());
  const std::vector<crypto::Certificate> between(certificates.begin() + 1,
                                                 certificates.end() - 1);
  if (!crypto::VerifyChain(certificates.back(), between, {certificates.front()},
                           options.unix_s)) {
    return {};
  }
  std::vector<size_t> out = {texts.size() - 1};
  while (out.back() != 0) {
    const std::string_view issuer = parts[out.back()].issuer.all;
    size_t next = 0;
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      if (parts[i].subject.all == issuer) next = i;
      if (parts[i].subject.all == issuer && i == 0) break;
    }
    if (out.size() > texts.size()) return {};
    out.push_back(next);
  }
  if (!options.dns_name.empty() &&
      !HostFits(options.dns_name, AlternativeNames(parts.back().extensions))) {
    return {};
  }
  const bool fit = std::all_of(out.begin(), out.end(), [&](size_t i) {
    return i == 0 || PurposesFit(parts[i], options.purposes);
  });
  return fit ? out : std::vector<size_t>();
}

Value Verified(BuiltinCall& call, const Value& text,
               const VerifyOptions& options) {
  std::vector<std::string> texts;
  std::vector<X509Parts> parts;
  std::string why;
  std::vector<Value> out;
  if (ReadAll(call, text, &texts, &parts, &why)) {
    ValueMaker make(call);
    for (const size_t i : Chain(call, texts, parts, options)) {
      out.push_back(CertificateValue(make, parts[i]));
    }
  }
  return rego::MakeArray(call.arena,
                         std::vector<Value>{Value::Bool(!out.empty()),
                                            rego::MakeArray(call.arena, out)});
}

Value ParseAndVerify(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  VerifyOptions options;
  options.unix_s = call.state.now_ns / 1'000'000'000;
  return Verified(call, args[0], options);
}

bool ReadPurposes(const Value& value, VerifyOptions* out, std::string* why) {
  constexpr std::string_view kNames[] = {
      "KeyUsageAny",
      "KeyUsageServerAuth",
      "KeyUsageClientAuth",
      "KeyUsageCodeSigning",
      "KeyUsageEmailProtection",
      "KeyUsageIPSECEndSystem",
      "KeyUsageIPSECTunnel",
      "KeyUsageIPSECUser",
      "KeyUsageTimeStamping",
      "KeyUsageOCSPSigning",
      "KeyUsageMicrosoftServerGatedCrypto",
      "KeyUsageNetscapeServerGatedCrypto",
      "KeyUsageMicrosoftCommercialCodeSigning",
      "KeyUsageMicrosoftKernelCodeSigning"};
  if (!value.is_array() && !value.is_set()) {
    *why = "'KeyUsages' should be an Array or Set";
    return false;
  }
  std::vector<int64_t> purposes;
  std::string unknown;
  for (const Value& item : value.items()) {
    if (!item.is_string()) continue;
    const auto* at =
        std::find(std::begin(kNames), std::end(kNames), item.text());
    if (at != std::end(kNames)) {
      purposes.push_back(at - std::begin(kNames));
    } else {
      unknown += (unknown.empty() ? "" : " ") + std::string(item.text());
    }
  }
  if (!unknown.empty()) {
    *why = "invalid entries for 'KeyUsages' found: [" + unknown + "]";
    return false;
  }
  if (!purposes.empty()) out->purposes = std::move(purposes);
  return true;
}

bool ReadOption(std::string_view name, const Value& value, VerifyOptions* out,
                std::string* why) {
  if (name == "DNSName") {
    *why = "'DNSName' should be a string";
    if (!value.is_string()) return false;
    out->dns_name = std::string(value.text());
    return true;
  }
  if (name == "KeyUsages") return ReadPurposes(value, out, why);
  if (name != "CurrentTime" && name != "MaxConstraintComparisons") {
    *why = "invalid key option";
    return false;
  }
  *why = "'" + std::string(name) + "' should be a number";
  if (!value.is_number()) return false;
  const auto number = rego::AsInt64(value);
  *why = name == "CurrentTime"
             ? "'CurrentTime' should be a valid int64 number"
             : "'MaxConstraintComparisons' should be a valid number";
  if (!number) return false;
  if (name == "CurrentTime") out->unix_s = *number / 1'000'000'000;
  return true;
}

Value ParseAndVerifyWithOptions(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString) || !call.Is(args, 1, Kind::kObject)) {
    return {};
  }
  VerifyOptions options;
  options.unix_s = call.state.now_ns / 1'000'000'000;
  for (size_t i = 0; i < args[1].size(); ++i) {
    if (!args[1].keys()[i].is_string()) continue;
    std::string why;
    if (!ReadOption(args[1].keys()[i].text(), args[1].values()[i], &options,
                    &why)) {
      return call.Fail(why);
    }
  }
  return Verified(call, args[0], options);
}

Value ParseRequest(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  Charge(call, args[0]);
  std::string text(args[0].text());
  std::string why;
  if (!text.starts_with("-----BEGIN CERTIFICATE REQUEST-----")) {
    const auto decoded = rego::GoBase64Decode(text, &why);
    if (!decoded) return call.Fail(why);
    text = *decoded;
  }
  std::string_view rest = text;
  if (const auto block = TakePem(rest)) {
    if (block->type != "CERTIFICATE REQUEST") {
      return call.Fail("invalid PEM-encoded certificate signing request");
    }
    text = block->bytes;
  }
  const auto parts = ReadRequest(text);
  if (!parts) {
    return call.Fail("asn1: structure error: not a certificate request");
  }
  ValueMaker make(call);
  return RequestValue(make, *parts);
}

// PEM as it is, else base64 of PEM or DER.
bool PemOrBase64(std::string_view text, std::string_view type, std::string* out,
                 std::string* why) {
  *out = std::string(text);
  if (text.starts_with("-----BEGIN ")) return true;
  const auto decoded = rego::GoBase64Decode(text, why);
  if (!decoded) return false;
  *out = *decoded;
  if (out->starts_with("-----BEGIN ")) return true;
  *out = "-----BEGIN " + std::string(type) + "-----\n" +
         Base64Encode(AsBytes(*decoded)) + "\n-----END " + std::string(type) +
         "-----\n";
  return true;
}

Value ParseKeyPair(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString) || !call.Is(args, 1, Kind::kString)) {
    return {};
  }
  Charge(call, args[0]);
  Charge(call, args[1]);
  std::string certificate_pem, key_pem, why;
  if (!PemOrBase64(args[0].text(), "CERTIFICATE", &certificate_pem, &why) ||
      !PemOrBase64(args[1].text(), "PRIVATE KEY", &key_pem, &why)) {
    return call.Fail(why);
  }
  ValueMaker make(call);
  std::vector<Value> certificates;
  std::string leaf;
  std::string_view rest = certificate_pem;
  while (const auto block = TakePem(rest)) {
    if (block->type != "CERTIFICATE") continue;
    if (certificates.empty()) leaf = block->bytes;
    certificates.push_back(make.Bytes64(block->bytes));
  }
  if (certificates.empty()) {
    return call.Fail("tls: failed to find any PEM data in certificate input");
  }
  const auto parts = ReadCertificate(leaf);
  const auto parsed = crypto::Certificate::FromDer(AsBytes(leaf));
  std::vector<PrivateKeyParts> keys;
  if (!parts || !parsed) return call.Fail("x509: malformed certificate");
  if (!ReadPrivateKeys(key_pem, &keys, &why)) return call.Fail(why);
  const auto key = crypto::PrivateKey::FromPem(key_pem);
  const auto public_key = parsed->public_key();
  if (keys.empty() || !key) {
    return call.Fail("tls: failed to find any PEM data in key input");
  }
  if (!public_key || !(key->Public() == *public_key)) {
    return call.Fail("tls: private key does not match public key");
  }
  return make.Object({{"Certificate", make.List(certificates)},
                      {"PrivateKey", PrivateKeyValue(make, keys[0])},
                      {"SupportedSignatureAlgorithms", Value::Null()},
                      {"OCSPStaple", Value::Null()},
                      {"SignedCertificateTimestamps", Value::Null()},
                      {"Leaf", CertificateValue(make, *parts)}});
}

}  // namespace

void AddX509(Rows& rows) {
  const Rows more = {
      {"crypto.x509.parse_certificates", ParseCertificates},
      {"crypto.x509.parse_and_verify_certificates", ParseAndVerify},
      {"crypto.x509.parse_and_verify_certificates_with_options",
       ParseAndVerifyWithOptions},
      {"crypto.x509.parse_certificate_request", ParseRequest},
      {"crypto.x509.parse_keypair", ParseKeyPair},
  };
  rows.insert(rows.end(), more.begin(), more.end());
}

}  // namespace vouchsafe::rego_ext
