// Every Wycheproof file about a primitive, every case judged. `acceptable`
// cases: what we do with each flag is written in kAcceptable.
//
// A valid case for something that we do not offer must be refused with
// kUnsupported, and is counted apart.

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

#include "base/encoding.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/keys.h"
#include "crypto/p384.h"
#include "crypto/sign.h"
#include "json/parse.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::crypto {
namespace {

enum class Verdict { kAccepted, kRefused, kUnsupported };

const std::map<std::string, Verdict> kAcceptable = {
    // aes_wrap: keys of 8 bytes; RFC 3394 wraps two blocks or more.
    {"ShortKey", Verdict::kRefused},
    // ecdh ecpoint: compressed points are not offered.
    {"CompressedPoint", Verdict::kRefused},
    {"CompressedPublic", Verdict::kRefused},
    // rsa_signature: DigestInfo without NULL. RFC 8017 section 9.2 note 1
    // permits to accept it; one encoding is enough.
    {"MissingNull", Verdict::kRefused},
};

const std::string& Text(const json::Value& object, std::string_view name) {
  const json::Value* value = object.Find(name);
  if (value == nullptr || value->if_string() == nullptr) {
    ADD_FAILURE() << "vectors without " << name;
    static const std::string none;
    return none;
  }
  return *value->if_string();
}

Bytes Hex(const json::Value& object, std::string_view name) {
  auto bytes = HexDecode(Text(object, name));
  EXPECT_TRUE(bytes) << name;
  return bytes.value_or(Bytes{});
}

bool IsUnsupported(const Error& error) {
  return error.code == ErrorCode::kUnsupported;
}

struct Tally {
  int valid = 0, invalid = 0, unsupported = 0;
  int acceptable_accepted = 0, acceptable_refused = 0;
};

void JudgeCase(const json::Value& test, Verdict verdict, Tally& tally) {
  const std::string& result = Text(test, "result");
  if (result == "valid") {
    if (verdict == Verdict::kUnsupported) {
      ++tally.unsupported;
      return;
    }
    ++tally.valid;
    EXPECT_EQ(verdict, Verdict::kAccepted);
  } else if (result == "invalid") {
    ++tally.invalid;
    EXPECT_NE(verdict, Verdict::kAccepted);
  } else {
    for (const json::Value& flag : *test.Find("flags")->if_array()) {
      const auto choice = kAcceptable.find(*flag.if_string());
      ASSERT_NE(choice, kAcceptable.end()) << *flag.if_string();
      EXPECT_EQ(verdict, choice->second);
    }
    ++(verdict == Verdict::kAccepted ? tally.acceptable_accepted
                                     : tally.acceptable_refused);
  }
}

using Judge =
    std::function<Verdict(const json::Value& group, const json::Value& test)>;

Tally RunFile(const std::string& folder, const std::string& name,
              const Judge& judge) {
  Tally tally;
  const auto file = json::Parse(testing::ReadFile(folder + "/" + name),
                                {.duplicates = json::DuplicateKeys::kLastWins});
  if (!file) {
    ADD_FAILURE() << name << ": " << file.error().Text();
    return tally;
  }
  for (const json::Value& group : *file->Find("testGroups")->if_array()) {
    for (const json::Value& test : *group.Find("tests")->if_array()) {
      SCOPED_TRACE(name + " case " + test.Find("tcId")->number_text() + ": " +
                   Text(test, "comment"));
      JudgeCase(test, judge(group, test), tally);
    }
  }
  const int all = tally.valid + tally.invalid + tally.unsupported +
                  tally.acceptable_accepted + tally.acceptable_refused;
  EXPECT_EQ(file->Find("numberOfTests")->int64(), all);
  std::printf(
      "%-46s %4d cases: %3d valid, %3d invalid, %d acceptable accepted, "
      "%d acceptable refused, %d valid not offered\n",
      name.c_str(), all, tally.valid, tally.invalid, tally.acceptable_accepted,
      tally.acceptable_refused, tally.unsupported);
  return tally;
}

Verdict Of(const Result<bool>& verified) {
  if (verified) return *verified ? Verdict::kAccepted : Verdict::kRefused;
  return IsUnsupported(verified.error()) ? Verdict::kUnsupported
                                         : Verdict::kRefused;
}

template <class T>
Verdict OfError(const Result<T>& failed) {
  return IsUnsupported(failed.error()) ? Verdict::kUnsupported
                                       : Verdict::kRefused;
}

constexpr const char* kFolder = "vectors/wycheproof";

TEST(Wycheproof, AesGcm) {
  SHARED_OR_SKIP(folder, kFolder);
  const auto judge = [](const json::Value&, const json::Value& test) {
    const SecretBytes key(Hex(test, "key"));
    const Bytes iv = Hex(test, "iv"), aad = Hex(test, "aad");
    const Bytes text = Hex(test, "msg"), want = Hex(test, "ct");
    const Bytes tag = Hex(test, "tag");
    const auto opened = AesGcmOpen(key, iv, aad, want, tag);
    if (!opened) return OfError(opened);
    EXPECT_TRUE(Equal(opened->view(), text));
    const auto sealed = AesGcmSeal(key, iv, aad, text);
    EXPECT_TRUE(sealed && sealed->ciphertext == want &&
                Equal(sealed->tag, tag));
    return Verdict::kAccepted;
  };
  // 113 valid cases have an IV that is not 12 bytes: not offered.
  EXPECT_EQ(RunFile(folder, "aes_gcm_test.json", judge).unsupported, 113);
}

TEST(Wycheproof, AesKeyWrap) {
  SHARED_OR_SKIP(folder, kFolder);
  const auto judge = [](const json::Value&, const json::Value& test) {
    const SecretBytes kek(Hex(test, "key"));
    const Bytes text = Hex(test, "msg"), want = Hex(test, "ct");
    const auto key = AesKeyUnwrap(kek, want);
    if (!key) return OfError(key);
    EXPECT_TRUE(Equal(key->view(), text));
    const auto wrapped = AesKeyWrap(kek, *key);
    EXPECT_TRUE(wrapped && *wrapped == want);
    return Verdict::kAccepted;
  };
  EXPECT_EQ(RunFile(folder, "aes_wrap_test.json", judge).unsupported, 0);
}

TEST(Wycheproof, Hmac) {
  SHARED_OR_SKIP(folder, kFolder);
  for (const Hash hash : {Hash::kSha256, Hash::kSha384, Hash::kSha512}) {
    const auto judge = [hash](const json::Value&, const json::Value& test) {
      const Bytes tag = Hex(test, "tag");  // may be cut
      const Bytes full = Hmac(hash, Hex(test, "key"), Hex(test, "msg"));
      if (tag.size() > full.size()) return Verdict::kRefused;
      return ConstantTimeEqual(ByteView(full).first(tag.size()), tag)
                 ? Verdict::kAccepted
                 : Verdict::kRefused;
    };
    RunFile(folder, "hmac_" + std::string(HashName(hash)) + "_test.json",
            judge);
  }
}

struct CurveFile {
  KeyType curve;
  std::string name;  // "secp256r1"
  Hash hash;
};
const CurveFile kCurveFiles[] = {
    {KeyType::kEcP256, "secp256r1", Hash::kSha256},
    {KeyType::kEcP384, "secp384r1", Hash::kSha384},
    {KeyType::kEcP521, "secp521r1", Hash::kSha512},
};

Verdict JudgeEcdh(KeyType curve, const SecretBytes& d, ByteView x, ByteView y,
                  const Bytes& shared) {
  const auto own = PrivateKey::FromEcScalar(curve, d);
  const auto peer = PublicKey::FromEcPoint(curve, x, y);
  if (!own) return OfError(own);
  if (!peer) return OfError(peer);
  const auto z = EcdhX(*own, *peer);
  if (!z) return OfError(z);
  return Equal(z->view(), shared) ? Verdict::kAccepted : Verdict::kRefused;
}

// Left-padded to the curve's size; longer ones only lose leading zeros.
Bytes Scalar(const Bytes& number, size_t size) {
  ByteView rest = number;
  while (rest.size() > size && rest[0] == 0) rest = rest.subspan(1);
  Bytes out(size > rest.size() ? size - rest.size() : 0);
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

TEST(Wycheproof, EcdhPoints) {
  SHARED_OR_SKIP(folder, kFolder);
  for (const CurveFile& file : kCurveFiles) {
    const size_t size = CoordinateSize(file.curve);
    const auto judge = [&](const json::Value&, const json::Value& test) {
      const Bytes point = Hex(test, "public");
      if (point.size() != 2 * size + 1 || point[0] != 4) {
        return Verdict::kRefused;
      }
      const ByteView xy = ByteView(point).subspan(1);
      return JudgeEcdh(file.curve,
                       SecretBytes(Scalar(Hex(test, "private"), size)),
                       xy.first(size), xy.last(size), Hex(test, "shared"));
    };
    RunFile(folder, "ecdh_" + file.name + "_ecpoint_test.json", judge);
  }
}

TEST(Wycheproof, EcdhJwk) {
  SHARED_OR_SKIP(folder, kFolder);
  for (const CurveFile& file : kCurveFiles) {
    const auto judge = [&](const json::Value&, const json::Value& test) {
      const json::Value& peer = *test.Find("public");
      const json::Value& own = *test.Find("private");
      for (const json::Value* key : {&peer, &own}) {
        const json::Value* crv = key->Find("crv");
        if (crv == nullptr || *crv != json::Value(KeyTypeName(file.curve))) {
          return Verdict::kRefused;
        }
      }
      const auto x = Base64UrlDecode(Text(peer, "x"));
      const auto y = Base64UrlDecode(Text(peer, "y"));
      const auto d = Base64UrlDecode(Text(own, "d"));
      if (!x || !y || !d) return Verdict::kRefused;
      return JudgeEcdh(file.curve, SecretBytes(*d), *x, *y,
                       Hex(test, "shared"));
    };
    RunFile(folder, "ecdh_" + file.name + "_webcrypto_test.json", judge);
  }
}

// The key of a group, parsed once per group.
const PublicKey& GroupKey(const json::Value& group) {
  static const json::Value* last = nullptr;
  static std::string last_der;
  static std::optional<PublicKey> key;
  const std::string& der = Text(group, "publicKeyDer");
  if (last != &group || last_der != der) {
    const auto parsed = PublicKey::FromSpkiDer(*HexDecode(der));
    EXPECT_TRUE(parsed) << der;
    key = *parsed;
    EXPECT_EQ(HexEncode(key->SpkiDer()), der);
    const auto from_pem = PublicKey::FromPem(Text(group, "publicKeyPem"));
    EXPECT_TRUE(from_pem && *from_pem == *key);
    last = &group;
    last_der = der;
  }
  return *key;
}

TEST(Wycheproof, EcdsaP1363) {
  SHARED_OR_SKIP(folder, kFolder);
  for (const CurveFile& file : kCurveFiles) {
    const auto judge = [&](const json::Value& group, const json::Value& test) {
      return Of(Verify(GroupKey(group), SignatureScheme::kEcdsa, file.hash,
                       Hex(test, "msg"), Hex(test, "sig")));
    };
    RunFile(folder,
            "ecdsa_" + file.name + "_" + std::string(HashName(file.hash)) +
                "_p1363_test.json",
            judge);
  }
}

TEST(Wycheproof, EcdsaDer) {
  SHARED_OR_SKIP(folder, kFolder);
  for (const CurveFile& file : kCurveFiles) {
    const auto judge = [&](const json::Value& group, const json::Value& test) {
      return Of(VerifyEcdsaDer(GroupKey(group), file.hash, Hex(test, "msg"),
                               Hex(test, "sig")));
    };
    RunFile(folder,
            "ecdsa_" + file.name + "_" + std::string(HashName(file.hash)) +
                "_test.json",
            judge);
  }
}

// What nettle accepts, OpenSSL accepts; what OpenSSL alone accepts is counted
// (one edge case), and the fast path's answer is always OpenSSL's.
TEST(Wycheproof, P384FastPathEqualsOpenSsl) {
  SHARED_OR_SKIP(folder, kFolder);
  int only_openssl = 0, only_nettle = 0, both = 0, neither = 0;
  const auto judge = [&](const json::Value& group, const json::Value& test) {
    const PublicKey& key = GroupKey(group);
    const Bytes message = Hex(test, "msg"), signature = Hex(test, "sig");
    if (signature.size() != 96) return Verdict::kRefused;
    const ByteView r = ByteView(signature).first(48);
    const ByteView s = ByteView(signature).last(48);
    const bool nettle =
        internal::NettleVerifiesP384(key.impl(), Sha384(message), r, s);
    const bool openssl = internal::OpenSslVerifiesEcdsa(
        key.impl(), Hash::kSha384, message, r, s);
    ++(nettle ? (openssl ? both : only_nettle)
              : (openssl ? only_openssl : neither));
    const auto fast = VerifyEcdsaP384Sha384(key, message, r, s);
    EXPECT_TRUE(fast && *fast == openssl);
    return openssl ? Verdict::kAccepted : Verdict::kRefused;
  };
  RunFile(folder, "ecdsa_secp384r1_sha384_p1363_test.json", judge);
  EXPECT_EQ(only_nettle, 0);
  EXPECT_EQ(only_openssl, 1);
  std::printf("P-384: both %d, neither %d, OpenSSL only %d\n", both, neither,
              only_openssl);
}

TEST(Wycheproof, Ed25519) {
  SHARED_OR_SKIP(folder, kFolder);
  const auto judge = [](const json::Value& group, const json::Value& test) {
    return Of(Verify(GroupKey(group), SignatureScheme::kEd25519, Hash::kSha512,
                     Hex(test, "msg"), Hex(test, "sig")));
  };
  RunFile(folder, "ed25519_test.json", judge);
}

TEST(Wycheproof, RsaSignatures) {
  SHARED_OR_SKIP(folder, kFolder);
  const struct {
    const char* name;
    SignatureScheme scheme;
    Hash hash;
  } files[] = {
      {"rsa_pss_2048_sha256_mgf1_32", SignatureScheme::kRsaPss, Hash::kSha256},
      {"rsa_pss_2048_sha384_mgf1_48", SignatureScheme::kRsaPss, Hash::kSha384},
      {"rsa_pss_4096_sha384_mgf1_48", SignatureScheme::kRsaPss, Hash::kSha384},
      {"rsa_pss_4096_sha512_mgf1_64", SignatureScheme::kRsaPss, Hash::kSha512},
      {"rsa_signature_2048_sha256", SignatureScheme::kRsaPkcs1, Hash::kSha256},
      {"rsa_signature_2048_sha384", SignatureScheme::kRsaPkcs1, Hash::kSha384},
      {"rsa_signature_4096_sha384", SignatureScheme::kRsaPkcs1, Hash::kSha384},
  };
  for (const auto& file : files) {
    const auto judge = [&](const json::Value& group, const json::Value& test) {
      return Of(Verify(GroupKey(group), file.scheme, file.hash,
                       Hex(test, "msg"), Hex(test, "sig")));
    };
    RunFile(folder, std::string(file.name) + "_test.json", judge);
  }
}

TEST(Wycheproof, RsaOaep) {
  SHARED_OR_SKIP(folder, kFolder);
  const struct {
    const char* name;
    Hash hash;
  } files[] = {
      {"rsa_oaep_2048_sha1_mgf1sha1", Hash::kSha1},
      {"rsa_oaep_2048_sha256_mgf1sha256", Hash::kSha256},
      {"rsa_oaep_4096_sha256_mgf1sha256", Hash::kSha256},
  };
  for (const auto& file : files) {
    std::optional<PrivateKey> key;
    std::string key_hex;
    const auto judge = [&](const json::Value& group, const json::Value& test) {
      if (const std::string& hex = Text(group, "privateKeyPkcs8");
          hex != key_hex) {
        const auto parsed = PrivateKey::FromPkcs8Der(*HexDecode(hex));
        EXPECT_TRUE(parsed);
        key = *parsed;
        key_hex = hex;
      }
      const auto text =
          RsaOaepDecrypt(*key, file.hash, Hex(test, "ct"), Hex(test, "label"));
      if (!text) return OfError(text);
      EXPECT_TRUE(Equal(text->view(), Hex(test, "msg")));
      return Verdict::kAccepted;
    };
    RunFile(folder, std::string(file.name) + "_test.json", judge);
  }
}

}  // namespace
}  // namespace vouchsafe::crypto
