#include "rego_ext/x509_value.h"

#include <algorithm>

#include "rego/builtins/url.h"

namespace vouchsafe::rego_ext {
namespace {

using rego::Value;
using Field = ValueMaker::Field;

// AlgorithmIdentifier to Go's number.
int64_t SignatureNumber(std::string_view algorithm) {
  struct Known {
    std::string_view oid;
    int64_t number;
  };
  constexpr Known kKnown[] = {
      {"1.2.840.113549.1.1.4", 2},   {"1.2.840.113549.1.1.5", 3},
      {"1.2.840.113549.1.1.11", 4},  {"1.2.840.113549.1.1.12", 5},
      {"1.2.840.113549.1.1.13", 6},  {"1.2.840.10040.4.3", 7},
      {"2.16.840.1.101.3.4.3.2", 8}, {"1.2.840.10045.4.1", 9},
      {"1.2.840.10045.4.3.2", 10},   {"1.2.840.10045.4.3.3", 11},
      {"1.2.840.10045.4.3.4", 12},   {"1.3.101.112", 16}};
  DerReader in(algorithm);
  const std::string oid = OidText(DerOid(in.Expect(kDerOid).body));
  if (oid == "1.2.840.113549.1.1.10") {  // RSASSA-PSS: the hash decides
    const std::string_view rest = algorithm;
    if (rest.find("\x04\x02\x03") != std::string_view::npos) return 15;
    return rest.find("\x04\x02\x02") != std::string_view::npos ? 14 : 13;
  }
  for (const Known& known : kKnown) {
    if (known.oid == oid) return known.number;
  }
  return 0;
}

Value NameValue(ValueMaker& make, const Der& name) {
  constexpr std::string_view kLists[][2] = {{"2.5.4.6", "Country"},
                                            {"2.5.4.10", "Organization"},
                                            {"2.5.4.11", "OrganizationalUnit"},
                                            {"2.5.4.7", "Locality"},
                                            {"2.5.4.8", "Province"},
                                            {"2.5.4.9", "StreetAddress"},
                                            {"2.5.4.17", "PostalCode"}};
  std::vector<std::vector<std::string>> lists(std::size(kLists));
  std::string common, serial;
  std::vector<Value> names;
  DerReader in(name.body);
  while (!in.done()) {
    DerReader set(in.Expect(kDerSet).body);
    while (!set.done()) {
      DerReader pair(set.Expect(kDerSequence).body);
      const auto id = DerOid(pair.Expect(kDerOid).body);
      const std::string text = DerText(pair.Next());
      const std::string oid = OidText(id);
      for (size_t i = 0; i < lists.size(); ++i) {
        if (kLists[i][0] == oid) lists[i].push_back(text);
      }
      if (oid == "2.5.4.3") common = text;
      if (oid == "2.5.4.5") serial = text;
      names.push_back(
          make.Object({{"Type", make.Oid(id)}, {"Value", make.Text(text)}}));
    }
  }
  std::vector<Field> fields = {{"SerialNumber", make.Text(serial)},
                               {"CommonName", make.Text(common)},
                               {"Names", make.List(names)},
                               {"ExtraNames", Value::Null()}};
  for (size_t i = 0; i < lists.size(); ++i) {
    fields.emplace_back(kLists[i][1], make.Texts(lists[i]));
  }
  return make.Object(fields);
}

Value ExtensionValues(ValueMaker& make, const std::vector<Extension>& list) {
  std::vector<Value> out;
  for (const Extension& extension : list) {
    out.push_back(make.Object({{"Id", make.Oid(extension.id)},
                               {"Critical", make.Bool(extension.critical)},
                               {"Value", make.Bytes64(extension.value)}}));
  }
  return make.List(out);
}

Value UrlValue(ValueMaker& make, std::string_view text) {
  std::string why;
  const auto url = rego::ParseUrl(text, &why);
  if (!url) return Value::Null();
  return make.Object({{"Scheme", make.Text(url->scheme)},
                      {"Opaque", make.Text(url->opaque)},
                      {"User", Value::Null()},
                      {"Host", make.Text(url->host)},
                      {"Path", make.Text(url->path)},
                      {"RawPath", make.Text(url->raw_path)},
                      {"OmitHost", make.Bool(false)},
                      {"ForceQuery", make.Bool(false)},
                      {"RawQuery", make.Text(url->raw_query)},
                      {"Fragment", make.Text(url->fragment)},
                      {"RawFragment", make.Text("")}});
}

// Numbers and texts that single extensions hold.
struct Details {
  int64_t key_usage = 0;
  bool constraints = false, is_ca = false;
  int64_t path_length = 0;
  std::string_view subject_key, authority_key;
  std::vector<std::string> ocsp, issuers, crls;
  std::vector<std::vector<uint64_t>> policies;
};

// Every URI ([6]) at any depth of constructed values.
void CollectUris(std::string_view body, int depth,
                 std::vector<std::string>* out) {
  DerReader in(body);
  while (!in.done() && depth < 8) {
    const Der value = in.Next();
    if (value.tag == 0x86) out->emplace_back(value.body);
    if (value.tag & 0x20) CollectUris(value.body, depth + 1, out);
  }
}

void ReadBasicConstraints(std::string_view value, Details* out) {
  DerReader outer(value);
  DerReader in(outer.Expect(kDerSequence).body);
  out->constraints = true;
  out->path_length = -1;
  if (const auto ca = in.Optional(kDerBoolean)) out->is_ca = ca->body == "\xff";
  if (const auto most = in.Optional(kDerInteger)) {
    out->path_length = 0;
    for (const char byte : most->body.substr(0, 4)) {
      out->path_length =
          out->path_length << 8 | static_cast<unsigned char>(byte);
    }
  }
}

void ReadAuthorityAccess(std::string_view value, Details* out) {
  DerReader outer(value);
  DerReader in(outer.Expect(kDerSequence).body);
  while (!in.done()) {
    DerReader entry(in.Expect(kDerSequence).body);
    const std::string method = OidText(DerOid(entry.Expect(kDerOid).body));
    const Der place = entry.Next();
    if (place.tag != 0x86) continue;
    if (method == "1.3.6.1.5.5.7.48.1") out->ocsp.emplace_back(place.body);
    if (method == "1.3.6.1.5.5.7.48.2") out->issuers.emplace_back(place.body);
  }
}

Details ReadDetails(const std::vector<Extension>& extensions) {
  Details out;
  for (const Extension& extension : extensions) {
    const std::string id = OidText(extension.id);
    DerReader in(extension.value);
    if (id == "2.5.29.15") {
      const std::string_view bits = DerBits(in.Expect(kDerBitString).body);
      for (size_t i = 0; i < bits.size() * 8 && i < 9; ++i) {
        const auto byte = static_cast<unsigned char>(bits[i / 8]);
        if (byte >> (7 - i % 8) & 1) out.key_usage |= int64_t{1} << i;
      }
    } else if (id == "2.5.29.19") {
      ReadBasicConstraints(extension.value, &out);
    } else if (id == "2.5.29.14") {
      out.subject_key = in.Expect(kDerOctetString).body;
    } else if (id == "2.5.29.35") {
      DerReader inner(in.Expect(kDerSequence).body);
      if (const auto key = inner.Optional(0x80)) out.authority_key = key->body;
    } else if (id == "1.3.6.1.5.5.7.1.1") {
      ReadAuthorityAccess(extension.value, &out);
    } else if (id == "2.5.29.31") {
      CollectUris(extension.value, 0, &out.crls);
    } else if (id == "2.5.29.32") {
      DerReader list(in.Expect(kDerSequence).body);
      while (!list.done()) {
        DerReader policy(list.Expect(kDerSequence).body);
        out.policies.push_back(DerOid(policy.Expect(kDerOid).body));
      }
    }
  }
  return out;
}

Value UnhandledCritical(ValueMaker& make,
                        const std::vector<Extension>& extensions) {
  constexpr std::string_view kHandled[] = {
      "2.5.29.14", "2.5.29.15", "2.5.29.17",        "2.5.29.19", "2.5.29.30",
      "2.5.29.31", "2.5.29.32", "2.5.29.33",        "2.5.29.35", "2.5.29.36",
      "2.5.29.37", "2.5.29.54", "1.3.6.1.5.5.7.1.1"};
  std::vector<Value> out;
  for (const Extension& extension : extensions) {
    const bool known = std::find(std::begin(kHandled), std::end(kHandled),
                                 OidText(extension.id)) != std::end(kHandled);
    if (extension.critical && !known) out.push_back(make.Oid(extension.id));
  }
  return make.List(out);
}

// Names, URIs and what both kinds of document share.
std::vector<Field> CommonFields(ValueMaker& make, const X509Parts& parts) {
  const X509Names names = AlternativeNames(parts.extensions);
  std::vector<Value> urls;
  for (const std::string& uri : names.uris) urls.push_back(UrlValue(make, uri));
  int64_t key_algorithm = 0;
  const Value key = PublicKeyValue(make, parts.key, &key_algorithm);
  return {{"Raw", make.Bytes64(parts.raw)},
          {"RawSubjectPublicKeyInfo", make.Bytes64(parts.key.all)},
          {"RawSubject", make.Bytes64(parts.subject.all)},
          {"Version", make.Number(parts.version)},
          {"Signature", make.Bytes64(parts.signature)},
          {"SignatureAlgorithm", make.Number(SignatureNumber(parts.algorithm))},
          {"PublicKeyAlgorithm", make.Number(key_algorithm)},
          {"PublicKey", key},
          {"Subject", NameValue(make, parts.subject)},
          {"Extensions", ExtensionValues(make, parts.extensions)},
          {"ExtraExtensions", Value::Null()},
          {"DNSNames", make.Texts(names.dns)},
          {"EmailAddresses", make.Texts(names.emails)},
          {"IPAddresses", make.Texts(names.ips)},
          {"URIs", make.List(urls)}};
}

}  // namespace

Value PublicKeyValue(ValueMaker& make, const Der& key, int64_t* algorithm) {
  DerReader in(key.body);
  DerReader id(in.Expect(kDerSequence).body);
  const std::string_view bits = DerBits(in.Expect(kDerBitString).body);
  const std::string oid = OidText(DerOid(id.Expect(kDerOid).body));
  *algorithm = 0;
  if (oid == "1.2.840.113549.1.1.1") {
    *algorithm = 1;
    DerReader outer(bits);
    DerReader numbers(outer.Expect(kDerSequence).body);
    const std::string_view n = numbers.Expect(kDerInteger).body;
    const std::string_view e = numbers.Expect(kDerInteger).body;
    return make.Object({{"N", make.Unsigned(n)}, {"E", make.Unsigned(e)}});
  }
  if (oid == "1.2.840.10045.2.1") {
    *algorithm = 3;
    if (bits.size() < 3 || bits[0] != 4) return Value::Null();
    const size_t size = (bits.size() - 1) / 2;
    return make.Object({{"Curve", Value::EmptyObject()},
                        {"X", make.Unsigned(bits.substr(1, size))},
                        {"Y", make.Unsigned(bits.substr(1 + size))}});
  }
  if (oid == "1.3.101.112") {
    *algorithm = 4;
    return make.Bytes64(bits);
  }
  return Value::Null();
}

Value CertificateValue(ValueMaker& make, const X509Parts& parts) {
  const Details details = ReadDetails(parts.extensions);
  std::vector<std::vector<uint64_t>> other;
  std::vector<Value> purposes, others, policy_ids;
  std::vector<std::string> policies;
  for (const int64_t purpose : KeyPurposes(parts.extensions, &other)) {
    purposes.push_back(make.Number(purpose));
  }
  for (const auto& id : other) others.push_back(make.Oid(id));
  for (const auto& id : details.policies) {
    policy_ids.push_back(make.Oid(id));
    policies.push_back(OidText(id));
  }
  const X509Names names = AlternativeNames(parts.extensions);
  std::vector<Field> fields = CommonFields(make, parts);
  const std::vector<Field> more = {
      {"RawTBSCertificate", make.Bytes64(parts.tbs)},
      {"RawIssuer", make.Bytes64(parts.issuer.all)},
      {"SerialNumber", make.Unsigned(parts.serial)},
      {"Issuer", NameValue(make, parts.issuer)},
      {"NotBefore", make.Text(parts.not_before)},
      {"NotAfter", make.Text(parts.not_after)},
      {"KeyUsage", make.Number(details.key_usage)},
      {"UnhandledCriticalExtensions",
       UnhandledCritical(make, parts.extensions)},
      {"ExtKeyUsage", make.List(purposes)},
      {"UnknownExtKeyUsage", make.List(others)},
      {"BasicConstraintsValid", make.Bool(details.constraints)},
      {"IsCA", make.Bool(details.is_ca)},
      {"MaxPathLen", make.Number(details.path_length)},
      {"MaxPathLenZero",
       make.Bool(details.constraints && details.path_length == 0)},
      {"SubjectKeyId", details.subject_key.empty()
                           ? Value::Null()
                           : make.Bytes64(details.subject_key)},
      {"AuthorityKeyId", details.authority_key.empty()
                             ? Value::Null()
                             : make.Bytes64(details.authority_key)},
      {"OCSPServer", make.Texts(details.ocsp)},
      {"IssuingCertificateURL", make.Texts(details.issuers)},
      {"CRLDistributionPoints", make.Texts(details.crls)},
      {"PolicyIdentifiers", make.List(policy_ids)},
      {"Policies", make.Texts(policies)},
      {"URIStrings", make.Texts(names.uris)}};
  fields.insert(fields.end(), more.begin(), more.end());
  return make.Object(fields);
}

Value RequestValue(ValueMaker& make, const X509Parts& parts) {
  std::vector<Field> fields = CommonFields(make, parts);
  fields.emplace_back("RawTBSCertificateRequest", make.Bytes64(parts.tbs));
  fields.emplace_back("Attributes", Value::Null());
  return make.Object(fields);
}

}  // namespace vouchsafe::rego_ext
