#include <algorithm>

#include "rego/builtins/ip.h"
#include "rego_ext/x509_value.h"

namespace vouchsafe::rego_ext {
namespace {

bool ReadExtensions(std::string_view list, std::vector<Extension>* out) {
  DerReader outer(list);
  const Der sequence = outer.Expect(kDerSequence);
  DerReader in(sequence.body);
  while (!in.done()) {
    const Der entry = in.Expect(kDerSequence);
    DerReader fields(entry.body);
    Extension extension;
    extension.id = DerOid(fields.Expect(kDerOid).body);
    if (const auto critical = fields.Optional(kDerBoolean)) {
      extension.critical = critical->body == "\xff";
    }
    extension.value = fields.Expect(kDerOctetString).body;
    if (fields.failed() || !fields.done() || extension.id.empty()) return false;
    out->push_back(std::move(extension));
  }
  return !outer.failed() && !in.failed() && outer.done();
}

bool ReadTbs(std::string_view body, X509Parts* out) {
  DerReader in(body);
  if (const auto version = in.Optional(0xa0)) {
    DerReader inner(version->body);
    const Der number = inner.Expect(kDerInteger);
    if (number.body.size() != 1) return false;
    out->version = number.body[0] + 1;
  }
  out->serial = in.Expect(kDerInteger).body;
  in.Expect(kDerSequence);  // the algorithm, which the end repeats
  out->issuer = in.Expect(kDerSequence);
  DerReader validity(in.Expect(kDerSequence).body);
  out->not_before = DerTime(validity.Next());
  out->not_after = DerTime(validity.Next());
  out->subject = in.Expect(kDerSequence);
  out->key = in.Expect(kDerSequence);
  in.Optional(0x81);  // unique identifiers
  in.Optional(0xa1);
  in.Optional(0x82);
  in.Optional(0xa2);
  if (const auto extensions = in.Optional(0xa3)) {
    if (!ReadExtensions(extensions->body, &out->extensions)) return false;
  }
  return !in.failed() && in.done() && !validity.failed() &&
         !out->not_before.empty() && !out->not_after.empty();
}

bool ReadRequestInfo(std::string_view body, X509Parts* out) {
  DerReader in(body);
  const Der version = in.Expect(kDerInteger);
  if (version.body.size() != 1) return false;
  out->version = version.body[0];
  out->subject = in.Expect(kDerSequence);
  out->key = in.Expect(kDerSequence);
  if (const auto attributes = in.Optional(0xa0)) {
    DerReader list(attributes->body);
    while (!list.done()) {
      DerReader attribute(list.Expect(kDerSequence).body);
      const auto id = DerOid(attribute.Expect(kDerOid).body);
      const Der values = attribute.Expect(kDerSet);
      // PKCS #9 extensionRequest.
      if (OidText(id) == "1.2.840.113549.1.9.14" &&
          !ReadExtensions(values.body, &out->extensions)) {
        return false;
      }
      if (attribute.failed()) return false;
    }
    if (list.failed()) return false;
  }
  return !in.failed() && in.done();
}

// SEQUENCE { to be signed, algorithm, signature }
template <class ReadBody>
std::optional<X509Parts> ReadSigned(std::string_view der, ReadBody read) {
  X509Parts out;
  DerReader outer(der);
  const Der whole = outer.Expect(kDerSequence);
  DerReader in(whole.body);
  const Der tbs = in.Expect(kDerSequence);
  out.raw = der;
  out.tbs = tbs.all;
  out.algorithm = in.Expect(kDerSequence).body;
  out.signature = DerBits(in.Expect(kDerBitString).body);
  if (outer.failed() || in.failed() || !outer.done() || !in.done() ||
      !read(tbs.body, &out)) {
    return std::nullopt;
  }
  return out;
}

std::string AddressText(std::string_view bytes) {
  if (bytes.size() != 4 && bytes.size() != 16) return "";
  rego::Ip ip = bytes.size() == 4 ? rego::Ip{0xffff} : rego::Ip{0};
  for (const char byte : bytes) {
    ip = ip << 8 | static_cast<unsigned char>(byte);
  }
  return rego::IpText(ip);
}

}  // namespace

std::optional<X509Parts> ReadCertificate(std::string_view der) {
  return ReadSigned(der, ReadTbs);
}

std::optional<X509Parts> ReadRequest(std::string_view der) {
  return ReadSigned(der, ReadRequestInfo);
}

X509Names AlternativeNames(const std::vector<Extension>& extensions) {
  X509Names out;
  for (const Extension& extension : extensions) {
    if (OidText(extension.id) != "2.5.29.17") continue;
    DerReader outer(extension.value);
    DerReader in(outer.Expect(kDerSequence).body);
    while (!in.done()) {
      const Der name = in.Next();
      const std::string text(name.body);
      if (name.tag == 0x81) out.emails.push_back(text);
      if (name.tag == 0x82) out.dns.push_back(text);
      if (name.tag == 0x86) out.uris.push_back(text);
      if (name.tag == 0x87) out.ips.push_back(AddressText(text));
    }
  }
  return out;
}

std::vector<int64_t> KeyPurposes(const std::vector<Extension>& extensions,
                                 std::vector<std::vector<uint64_t>>* other) {
  constexpr std::string_view kPurposes[] = {"2.5.29.37.0",
                                            "1.3.6.1.5.5.7.3.1",
                                            "1.3.6.1.5.5.7.3.2",
                                            "1.3.6.1.5.5.7.3.3",
                                            "1.3.6.1.5.5.7.3.4",
                                            "1.3.6.1.5.5.7.3.5",
                                            "1.3.6.1.5.5.7.3.6",
                                            "1.3.6.1.5.5.7.3.7",
                                            "1.3.6.1.5.5.7.3.8",
                                            "1.3.6.1.5.5.7.3.9",
                                            "1.3.6.1.4.1.311.10.3.3",
                                            "2.16.840.1.113730.4.1",
                                            "1.3.6.1.4.1.311.2.1.22",
                                            "1.3.6.1.4.1.311.61.1.1"};
  std::vector<int64_t> out;
  for (const Extension& extension : extensions) {
    if (OidText(extension.id) != "2.5.29.37") continue;
    DerReader outer(extension.value);
    DerReader in(outer.Expect(kDerSequence).body);
    while (!in.done()) {
      const auto id = DerOid(in.Expect(kDerOid).body);
      const auto* at =
          std::find(std::begin(kPurposes), std::end(kPurposes), OidText(id));
      if (at != std::end(kPurposes)) {
        out.push_back(at - std::begin(kPurposes));
      } else if (other != nullptr && !id.empty()) {
        other->push_back(id);
      }
    }
  }
  return out;
}

}  // namespace vouchsafe::rego_ext
