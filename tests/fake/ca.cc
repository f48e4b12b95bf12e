#include "tests/fake/ca.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <utility>

#include "crypto/der_reader.h"
#include "crypto/sign.h"

namespace vouchsafe::fake {

namespace {

using crypto::Hash;
using crypto::KeyType;
using crypto::SignatureScheme;
using crypto::internal::Append;
using crypto::internal::ContextTag;
using crypto::internal::DerUnsigned;
using crypto::internal::DerValue;
using crypto::internal::kTagBitString;
using crypto::internal::kTagBoolean;
using crypto::internal::kTagGeneralizedTime;
using crypto::internal::kTagInteger;
using crypto::internal::kTagNull;
using crypto::internal::kTagOctetString;
using crypto::internal::kTagOid;
using crypto::internal::kTagSequence;
using crypto::internal::kTagUtcTime;

constexpr uint8_t kTagSet = 0x31;
constexpr uint8_t kTagUtf8String = 0x0c;
constexpr uint8_t kTagPrintableString = 0x13;

[[noreturn]] void Abort(const std::string& what) {
  std::fprintf(stderr, "fake CA: %s\n", what.c_str());
  std::abort();
}

template <class T>
T Need(Result<T> result, const char* what) {
  if (!result) Abort(std::string(what) + ": " + result.error().Text());
  return *std::move(result);
}

Bytes Join(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) Append(out, part);
  return out;
}

Bytes Sequence(std::initializer_list<Bytes> parts) {
  return DerValue(kTagSequence, Join(parts));
}

Bytes Oid(const std::string& dotted) {
  const auto content = crypto::internal::OidFromDotted(dotted);
  if (!content) Abort("not an OID: " + dotted);
  return DerValue(kTagOid, *content);
}

struct Algorithm {
  SignatureScheme scheme;
  Hash hash;
  Bytes der;  // AlgorithmIdentifier
};

Bytes HashAlgorithm(Hash hash) {
  const char* last = hash == Hash::kSha256   ? "1"
                     : hash == Hash::kSha384 ? "2"
                                             : "3";
  return Sequence({Oid("2.16.840.1.101.3.4.2." + std::string(last)),
                   DerValue(kTagNull, {})});
}

Bytes PssAlgorithm(Hash hash, bool write_trailer) {
  const Bytes mgf =
      Sequence({Oid("1.2.840.113549.1.1.8"), HashAlgorithm(hash)});
  Bytes parameters =
      Join({DerValue(ContextTag(0), HashAlgorithm(hash)),
            DerValue(ContextTag(1), mgf),
            DerValue(ContextTag(2), DerInteger(crypto::HashSize(hash)))});
  if (write_trailer) {
    Append(parameters, DerValue(ContextTag(3), DerInteger(1)));
  }
  return Sequence(
      {Oid("1.2.840.113549.1.1.10"), DerValue(kTagSequence, parameters)});
}

Signing Choose(Signing signing, KeyType key) {
  if (signing != Signing::kAuto) return signing;
  switch (key) {
    case KeyType::kRsa:
      return Signing::kPssSha384;
    case KeyType::kEcP256:
      return Signing::kEcdsaSha256;
    case KeyType::kEcP384:
      return Signing::kEcdsaSha384;
    case KeyType::kEcP521:
      return Signing::kEcdsaSha512;
    case KeyType::kEd25519:
      return Signing::kEd25519;
  }
  Abort("no such key type");
}

Algorithm AlgorithmOf(Signing signing) {
  const auto pkcs1 = [](const char* oid) {
    return Sequence({Oid(oid), DerValue(kTagNull, {})});
  };
  const auto bare = [](const char* oid) { return Sequence({Oid(oid)}); };
  using enum SignatureScheme;
  switch (signing) {
    case Signing::kPssSha256:
      return {kRsaPss, Hash::kSha256, PssAlgorithm(Hash::kSha256, false)};
    case Signing::kPssSha384:
      return {kRsaPss, Hash::kSha384, PssAlgorithm(Hash::kSha384, false)};
    case Signing::kPssSha384WithTrailer:
      return {kRsaPss, Hash::kSha384, PssAlgorithm(Hash::kSha384, true)};
    case Signing::kPkcs1Sha256:
      return {kRsaPkcs1, Hash::kSha256, pkcs1("1.2.840.113549.1.1.11")};
    case Signing::kPkcs1Sha384:
      return {kRsaPkcs1, Hash::kSha384, pkcs1("1.2.840.113549.1.1.12")};
    case Signing::kEcdsaSha256:
      return {kEcdsa, Hash::kSha256, bare("1.2.840.10045.4.3.2")};
    case Signing::kEcdsaSha384:
      return {kEcdsa, Hash::kSha384, bare("1.2.840.10045.4.3.3")};
    case Signing::kEcdsaSha512:
      return {kEcdsa, Hash::kSha512, bare("1.2.840.10045.4.3.4")};
    case Signing::kEd25519:
      return {kEd25519, Hash::kSha512, bare("1.3.101.112")};
    case Signing::kAuto:
      break;
  }
  Abort("no such algorithm");
}

Bytes BitString(ByteView bytes) {
  Bytes content{0};
  Append(content, bytes);
  return DerValue(kTagBitString, content);
}

// SEQUENCE { body, algorithm, signature }.
Bytes SignBody(const Bytes& body, const Algorithm& algorithm,
               const crypto::PrivateKey& key) {
  Bytes signature = Need(
      crypto::Sign(key, algorithm.scheme, algorithm.hash, body), "signature");
  if (algorithm.scheme == SignatureScheme::kEcdsa) {
    const size_t size = signature.size() / 2;
    signature = Sequence({DerUnsigned(ByteView(signature).first(size)),
                          DerUnsigned(ByteView(signature).last(size))});
  }
  return Sequence({body, algorithm.der, BitString(signature)});
}

std::string RdnOid(const std::string& type) {
  static const std::map<std::string, std::string> oids = {
      {"CN", "2.5.4.3"}, {"C", "2.5.4.6"},  {"L", "2.5.4.7"},
      {"ST", "2.5.4.8"}, {"O", "2.5.4.10"}, {"OU", "2.5.4.11"}};
  const auto found = oids.find(type);
  return found == oids.end() ? type : found->second;
}

Bytes NameDer(const Name& name) {
  Bytes content;
  for (const Rdn& rdn : name) {
    const uint8_t tag = rdn.type == "C" ? kTagPrintableString : kTagUtf8String;
    const Bytes pair =
        Sequence({Oid(RdnOid(rdn.type)), DerValue(tag, AsBytes(rdn.value))});
    Append(content, DerValue(kTagSet, pair));
  }
  return DerValue(kTagSequence, content);
}

struct Civil {
  int64_t year;
  int month, day;
};

// The inverse of the days count, proleptic Gregorian.
Civil CivilFromDays(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t of_era = days - era * 146097;
  const int64_t year_of_era =
      (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int64_t of_year =
      of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted = (5 * of_year + 2) / 153;
  const int day = static_cast<int>(of_year - (153 * shifted + 2) / 5 + 1);
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

// RFC 5280 section 4.1.2.5: UTCTime through 2049, from 1950.
Bytes TimeDer(int64_t unix_s) {
  const int64_t days = unix_s >= 0 ? unix_s / 86400 : (unix_s - 86399) / 86400;
  const int second = static_cast<int>(unix_s - days * 86400);
  const Civil civil = CivilFromDays(days);
  if (civil.year < 0 || civil.year > 9999) Abort("time outside years 0-9999");
  const bool utc = civil.year >= 1950 && civil.year < 2050;
  const int year = static_cast<int>(civil.year);
  char text[40];
  std::snprintf(text, sizeof text, "%0*d%02d%02d%02d%02d%02dZ", utc ? 2 : 4,
                utc ? year % 100 : year, civil.month, civil.day, second / 3600,
                second / 60 % 60, second % 60);
  return DerValue(utc ? kTagUtcTime : kTagGeneralizedTime, AsBytes(text));
}

Bytes Extension(const ExtensionSpec& spec) {
  Bytes content = Oid(spec.oid);
  if (spec.critical) Append(content, DerValue(kTagBoolean, Bytes{0xff}));
  Append(content, DerValue(kTagOctetString, spec.value));
  return DerValue(kTagSequence, content);
}

Bytes BasicConstraints(bool ca, std::optional<uint32_t> path_length) {
  Bytes content;
  if (ca) Append(content, DerValue(kTagBoolean, Bytes{0xff}));
  if (path_length) Append(content, DerInteger(*path_length));
  return DerValue(kTagSequence, content);
}

// One byte of bits is enough for those that tests set.
Bytes KeyUsage(uint32_t usage) {
  uint8_t bits = 0;
  uint8_t unused = 7;
  for (unsigned bit = 0; bit < 8; ++bit) {
    if ((usage >> bit & 1) == 0) continue;
    bits = static_cast<uint8_t>(bits | 0x80u >> bit);
    unused = static_cast<uint8_t>(7 - bit);
  }
  if (bits == 0) return DerValue(kTagBitString, Bytes{0});
  return DerValue(kTagBitString, Bytes{unused, bits});
}

Bytes Extensions(const CertSpec& spec) {
  Bytes list;
  if (spec.ca) {
    Append(list,
           Extension({"2.5.29.19", BasicConstraints(*spec.ca, spec.path_length),
                      true}));
  }
  if (spec.key_usage) {
    Append(list, Extension({"2.5.29.15", KeyUsage(*spec.key_usage), true}));
  }
  for (const ExtensionSpec& one : spec.extensions) {
    Append(list, Extension(one));
  }
  if (list.empty()) return {};
  return DerValue(ContextTag(3), DerValue(kTagSequence, list));
}

}  // namespace

Bytes DerInteger(uint64_t value) {
  Bytes magnitude;
  for (int shift = 56; shift >= 0; shift -= 8) {
    magnitude.push_back(static_cast<uint8_t>(value >> shift));
  }
  return DerUnsigned(magnitude);
}

Bytes DerIa5String(const std::string& text) {
  return DerValue(crypto::internal::kTagIa5String, AsBytes(text));
}

Bytes DerOctetString(ByteView content) {
  return DerValue(kTagOctetString, content);
}

Name CommonName(const std::string& cn) { return {{"CN", cn}}; }

Name AmdName(const std::string& cn) {
  return {{"OU", "Engineering"},
          {"C", "US"},
          {"L", "Santa Clara"},
          {"ST", "CA"},
          {"O", "Advanced Micro Devices"},
          {"CN", cn}};
}

CertSpec CaSpec(const std::string& cn, const crypto::PublicKey& key) {
  CertSpec spec{CommonName(cn), CommonName(cn), key};
  spec.ca = true;
  spec.key_usage = kKeyCertSign | kCrlSign;
  return spec;
}

CertSpec LeafSpec(const std::string& cn, const std::string& issuer_cn,
                  const crypto::PublicKey& key) {
  return {CommonName(cn), CommonName(issuer_cn), key};
}

Bytes MakeCertificateDer(const CertSpec& spec,
                         const crypto::PrivateKey& issuer_key) {
  const Algorithm outer = AlgorithmOf(Choose(spec.signing, issuer_key.type()));
  const Bytes inner =
      spec.inner_signing ? AlgorithmOf(*spec.inner_signing).der : outer.der;
  const Bytes version =
      spec.version == 1
          ? Bytes{}
          : DerValue(ContextTag(0),
                     DerInteger(static_cast<uint64_t>(spec.version - 1)));
  const Bytes body =
      Sequence({version, DerUnsigned(spec.serial), inner, NameDer(spec.issuer),
                Sequence({TimeDer(spec.not_before_unix_s),
                          TimeDer(spec.not_after_unix_s)}),
                NameDer(spec.subject), spec.key.SpkiDer(), Extensions(spec)});
  return SignBody(body, outer, issuer_key);
}

crypto::Certificate MakeCertificate(const CertSpec& spec,
                                    const crypto::PrivateKey& issuer_key) {
  return Need(
      crypto::Certificate::FromDer(MakeCertificateDer(spec, issuer_key)),
      "certificate");
}

Bytes MakeCrlDer(const CrlSpec& spec, const crypto::PrivateKey& issuer_key) {
  const Algorithm algorithm =
      AlgorithmOf(Choose(spec.signing, issuer_key.type()));
  Bytes revoked;
  for (const Bytes& serial : spec.serials) {
    Append(revoked,
           Sequence({DerUnsigned(serial), TimeDer(spec.this_update_unix_s)}));
  }
  Bytes extensions;
  for (const ExtensionSpec& one : spec.extensions) {
    Append(extensions, Extension(one));
  }
  const Bytes body = Sequence(
      {DerInteger(1), algorithm.der, NameDer(spec.issuer),
       TimeDer(spec.this_update_unix_s),
       spec.next_update_unix_s ? TimeDer(*spec.next_update_unix_s) : Bytes{},
       revoked.empty() ? Bytes{} : DerValue(kTagSequence, revoked),
       extensions.empty()
           ? Bytes{}
           : DerValue(ContextTag(0), DerValue(kTagSequence, extensions))});
  return SignBody(body, algorithm, issuer_key);
}

crypto::Crl MakeCrl(const CrlSpec& spec, const crypto::PrivateKey& issuer_key) {
  return Need(crypto::Crl::FromDer(MakeCrlDer(spec, issuer_key)), "CRL");
}

namespace {

const crypto::PrivateKey& Cached(KeyType type, size_t bits, int index) {
  using Id = std::pair<std::pair<KeyType, size_t>, int>;
  static std::mutex mutex;
  static std::map<Id, crypto::PrivateKey> keys;
  const std::lock_guard lock(mutex);
  const Id id{{type, bits}, index};
  auto found = keys.find(id);
  if (found == keys.end()) {
    found =
        keys.emplace(id, Need(crypto::PrivateKey::Generate(type, bits), "key"))
            .first;
  }
  return found->second;
}

}  // namespace

const crypto::PrivateKey& RsaKey(int index, size_t bits) {
  return Cached(KeyType::kRsa, bits, index);
}

const crypto::PrivateKey& EcKey(int index, KeyType curve) {
  return Cached(curve, 0, index);
}

}  // namespace vouchsafe::fake
