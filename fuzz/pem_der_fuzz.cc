// Bytes as certificates, revocation lists and keys, DER and PEM; what parses
// must parse again, equal, from its own bytes.

#include <cstdint>
#include <cstdlib>

#include "crypto/keys.h"
#include "crypto/x509.h"

using namespace vouchsafe;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void TryCertificate(const Result<crypto::Certificate>& certificate) {
  if (!certificate) return;
  const auto again = crypto::Certificate::FromDer(certificate->der());
  Require(again && again->der() == certificate->der());
  const auto pem = crypto::Certificate::FromPem(certificate->Pem());
  Require(pem && pem->der() == certificate->der());
  (void)certificate->SubjectText();
  (void)certificate->IssuerCommonName();
  (void)certificate->PathLength();
  (void)certificate->CanSignCertificates();
  (void)certificate->NotAfterUnixS();
  // AMD's hardware id, as the SNP verifier asks for it.
  if (const auto id = certificate->Extension("1.3.6.1.4.1.3704.1.4")) {
    (void)crypto::DerInteger(*id);
    (void)crypto::DerOctetString(*id);
    (void)crypto::DerIa5String(*id);
  }
  if (const auto key = certificate->public_key()) {
    (void)certificate->SignedBy(*key);
  }
}

void TryCrl(const Result<crypto::Crl>& crl) {
  if (!crl) return;
  (void)crl->IssuerText();
  (void)crl->NextUpdateUnixS();
  const uint8_t serial[] = {1, 2, 3};
  (void)crl->RevokesSerial(serial);
}

void TryPublicKey(const Result<crypto::PublicKey>& key) {
  if (!key) return;
  const auto der = crypto::PublicKey::FromSpkiDer(key->SpkiDer());
  const auto pem = crypto::PublicKey::FromPem(key->SpkiPem());
  Require(der && *der == *key);
  Require(pem && *pem == *key);
}

void TryPrivateKey(const Result<crypto::PrivateKey>& key) {
  if (!key) return;
  const auto again =
      crypto::PrivateKey::FromPem(AsText(key->Pkcs8Pem().view()));
  Require(again && again->Public() == key->Public());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView bytes(data, size);
  const std::string_view text = AsText(bytes);
  TryCertificate(crypto::Certificate::FromDer(bytes));
  TryCertificate(crypto::Certificate::FromPem(text));
  (void)crypto::Certificate::ListFromPem(text, 8);
  TryCrl(crypto::Crl::FromDer(bytes));
  TryCrl(crypto::Crl::FromPem(text));
  TryPublicKey(crypto::PublicKey::FromSpkiDer(bytes));
  TryPublicKey(crypto::PublicKey::FromPem(text));
  TryPrivateKey(crypto::PrivateKey::FromPem(text));
  TryPrivateKey(crypto::PrivateKey::FromPkcs8Der(bytes));
  return 0;
}
