#include "crypto/x509_der.h"

#include <algorithm>

#include "crypto/ossl.h"
#include "crypto/sign.h"

namespace vouchsafe::crypto::internal {

namespace {

// RFC 8017 appendix A.2: 1.2.840.113549.1.1.x.
constexpr uint8_t kPkcs1Arc[] = {0x2a, 0x86, 0x48, 0x86,
                                 0xf7, 0x0d, 0x01, 0x01};
// RFC 5758 section 3.2: 1.2.840.10045.4.3.x.
constexpr uint8_t kEcdsaArc[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03};
// RFC 8410: 1.3.101.112.
constexpr uint8_t kEd25519Oid[] = {0x2b, 0x65, 0x70};
// 2.16.840.1.101.3.4.2.x: SHA-256, SHA-384, SHA-512 are 1, 2, 3.
constexpr uint8_t kHashArc[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02};
constexpr uint8_t kMgf1 = 8;
constexpr uint8_t kPss = 10;

// The last arc when `oid` is `arc` and one byte more.
std::optional<uint8_t> Under(ByteView arc, ByteView oid) {
  if (oid.size() != arc.size() + 1 || !Equal(oid.first(arc.size()), arc)) {
    return std::nullopt;
  }
  return oid.back();
}

struct Algorithm {
  SignatureScheme scheme;
  Hash hash;
  bool ecdsa_der = false;
};

// HashAlgorithm: parameters NULL or absent (RFC 4055 section 2.1).
std::optional<Hash> ReadHash(DerReader in) {
  const auto arc = Under(kHashArc, in.Take(kTagOid));
  const auto null = in.TakeIf(kTagNull);
  if (!arc || !in.End() || (null && !null->empty())) return std::nullopt;
  switch (*arc) {
    case 1:
      return Hash::kSha256;
    case 2:
      return Hash::kSha384;
    case 3:
      return Hash::kSha512;
    default:
      return std::nullopt;
  }
}

// RSASSA-PSS-params, RFC 4055 section 3.1. trailerField's default may be
// written out or not: both occur.
std::optional<Algorithm> ReadPss(DerReader algorithm) {
  DerReader in = algorithm.Sub(kTagSequence);
  DerReader hash_field = in.Sub(ContextTag(0));
  DerReader mgf_field = in.Sub(ContextTag(1));
  DerReader salt_field = in.Sub(ContextTag(2));
  const auto trailer = in.TakeIf(ContextTag(3));
  const auto hash = ReadHash(hash_field.Sub(kTagSequence));
  DerReader mgf = mgf_field.Sub(kTagSequence);
  const auto mgf_arc = Under(kPkcs1Arc, mgf.Take(kTagOid));
  const auto mgf_hash = ReadHash(mgf.Sub(kTagSequence));
  const auto salt = UnsignedInteger(salt_field.Take(kTagInteger));
  const bool end = in.End() && algorithm.End() && hash_field.End() &&
                   mgf_field.End() && mgf.End() && salt_field.End();
  if (!end || !hash || mgf_arc != kMgf1 || mgf_hash != hash || !salt) {
    return std::nullopt;
  }
  if (salt->size() != 1 || (*salt)[0] != HashSize(*hash)) return std::nullopt;
  constexpr uint8_t kTrailerOne[] = {kTagInteger, 1, 1};
  if (trailer && !Equal(*trailer, kTrailerOne)) return std::nullopt;
  return Algorithm{SignatureScheme::kRsaPss, *hash};
}

std::optional<Algorithm> ReadAlgorithm(ByteView content) {
  DerReader in(content);
  const ByteView oid = in.Take(kTagOid);
  if (Equal(oid, kEd25519Oid) && in.End()) {
    return Algorithm{SignatureScheme::kEd25519, Hash::kSha512};
  }
  if (const auto arc = Under(kEcdsaArc, oid); arc && in.End()) {
    // ecdsa-with-SHA256, -SHA384, -SHA512; no parameters.
    if (*arc < 2 || *arc > 4) return std::nullopt;
    constexpr Hash kHashes[] = {Hash::kSha256, Hash::kSha384, Hash::kSha512};
    return Algorithm{SignatureScheme::kEcdsa, kHashes[*arc - 2], true};
  }
  const auto arc = Under(kPkcs1Arc, oid);
  if (!arc) return std::nullopt;
  if (*arc == kPss) return ReadPss(in);
  // sha256-, sha384-, sha512WithRSAEncryption; parameters NULL.
  if (*arc < 11 || *arc > 13) return std::nullopt;
  const ByteView null = in.Take(kTagNull);
  if (!in.End() || !null.empty()) return std::nullopt;
  constexpr Hash kHashes[] = {Hash::kSha256, Hash::kSha384, Hash::kSha512};
  return Algorithm{SignatureScheme::kRsaPkcs1, kHashes[*arc - 11]};
}

// Days from 1970-01-01 in the proleptic Gregorian calendar.
int64_t DaysFromCivil(int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t of_era = year - era * 400;
  const int64_t of_year =
      (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
         719468;
}

int DaysInMonth(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// `year_digits` digits, then MMDDHHMMSSZ.
std::optional<int64_t> ReadTimeText(ByteView text, size_t year_digits) {
  if (text.size() != year_digits + 11 || text.back() != 'Z') {
    return std::nullopt;
  }
  if (!std::all_of(text.begin(), text.end() - 1,
                   [](uint8_t c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  const auto two = [&text](size_t at) {
    return (text[at] - '0') * 10 + (text[at + 1] - '0');
  };
  int year = two(0);
  if (year_digits == 2) {
    year += year < 50 ? 2000 : 1900;  // RFC 5280 section 4.1.2.5.1
  } else {
    year = year * 100 + two(2);
  }
  const size_t at = year_digits;
  const int month = two(at), day = two(at + 2), hour = two(at + 4),
            minute = two(at + 6), second = two(at + 8);
  if (month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month) ||
      hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  return DaysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 +
         second;
}

}  // namespace

std::optional<SignedDer> ReadSigned(ByteView der) {
  DerReader outer(der);
  DerReader in = outer.Sub(kTagSequence);
  SignedDer out;
  out.body = in.TakeWhole(kTagSequence);
  out.algorithm = in.Take(kTagSequence);
  const auto bits = WholeBits(in.Take(kTagBitString));
  if (!bits || !in.End() || !outer.End()) return std::nullopt;
  out.signature = *bits;
  return out;
}

bool VerifySigned(const SignedDer& signed_der, ByteView inner_algorithm,
                  const PublicKey& key) {
  if (!Equal(signed_der.algorithm, inner_algorithm)) return false;
  const auto algorithm = ReadAlgorithm(signed_der.algorithm);
  if (!algorithm) return false;
  const auto good = algorithm->ecdsa_der
                        ? VerifyEcdsaDer(key, algorithm->hash, signed_der.body,
                                         signed_der.signature)
                        : Verify(key, algorithm->scheme, algorithm->hash,
                                 signed_der.body, signed_der.signature);
  return good && *good;
}

std::optional<std::vector<Extension>> ReadExtensions(ByteView content) {
  std::vector<Extension> out;
  DerReader in(content);
  while (!in.End()) {
    DerReader one = in.Sub(kTagSequence);
    Extension extension;
    extension.oid = one.Take(kTagOid);
    if (const auto critical = one.TakeIf(kTagBoolean)) {
      // FALSE is the default and seen written out; TRUE is 0xff in DER.
      if (critical->size() != 1 ||
          ((*critical)[0] != 0 && (*critical)[0] != 0xff)) {
        return std::nullopt;
      }
      extension.critical = (*critical)[0] != 0;
    }
    extension.value = one.Take(kTagOctetString);
    if (!one.End() || extension.oid.empty()) return std::nullopt;
    out.push_back(extension);
  }
  return out;
}

const Extension* FindExtension(const std::vector<Extension>& extensions,
                               ByteView oid) {
  for (const Extension& extension : extensions) {
    if (Equal(extension.oid, oid)) return &extension;
  }
  return nullptr;
}

bool HasDuplicates(const std::vector<Extension>& extensions) {
  std::vector<std::string_view> oids;
  for (const Extension& extension : extensions) {
    oids.push_back(AsText(extension.oid));
  }
  std::sort(oids.begin(), oids.end());
  return std::adjacent_find(oids.begin(), oids.end()) != oids.end();
}

std::optional<int64_t> ReadTime(DerReader& in) {
  if (const auto utc = in.TakeIf(kTagUtcTime)) return ReadTimeText(*utc, 2);
  return ReadTimeText(in.Take(kTagGeneralizedTime), 4);
}

bool NextIsTime(const DerReader& in) {
  return in.Peek() == kTagUtcTime || in.Peek() == kTagGeneralizedTime;
}

std::string NameText(const X509_NAME* name) {
  const BioPtr out(MustHave(BIO_new(BIO_s_mem()), "BIO_new"));
  if (X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) {
    DrainErrors();
    return "";
  }
  const char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<size_t>(size)};
}

}  // namespace vouchsafe::crypto::internal
