#include <openssl/x509_vfy.h>

#include "crypto/cert_impl.h"

namespace vouchsafe::crypto {

namespace {

using internal::Deleter;
using internal::MustHave;

void FreeStack(STACK_OF(X509) * stack) { sk_X509_free(stack); }

using StorePtr = std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>>;
using StoreCtxPtr =
    std::unique_ptr<X509_STORE_CTX, Deleter<X509_STORE_CTX_free>>;
using StackPtr = std::unique_ptr<STACK_OF(X509), Deleter<FreeStack>>;

// OpenSSL's level 2: 112 bits, so neither SHA-1 nor RSA under 2048 bits.
constexpr int kSecurityLevel = 2;

bool IsSelfIssued(const Certificate& certificate) {
  return Equal(certificate.SubjectDer(), certificate.IssuerDer());
}

}  // namespace

Result<> VerifyChain(const Certificate& leaf,
                     const std::vector<Certificate>& untrusted,
                     const std::vector<Certificate>& anchors, int64_t unix_s) {
  const StorePtr store(MustHave(X509_STORE_new(), "X509_STORE_new"));
  for (const Certificate& anchor : anchors) {
    if (!IsSelfIssued(anchor)) continue;
    internal::Must(
        X509_STORE_add_cert(store.get(), anchor.impl().x509.get()) == 1,
        "X509_STORE_add_cert");
  }
  const StackPtr others(MustHave(sk_X509_new_null(), "sk_X509_new_null"));
  for (const Certificate& certificate : untrusted) {
    internal::Must(
        sk_X509_push(others.get(), certificate.impl().x509.get()) > 0,
        "sk_X509_push");
  }
  const StoreCtxPtr context(
      MustHave(X509_STORE_CTX_new(), "X509_STORE_CTX_new"));
  internal::Must(X509_STORE_CTX_init(context.get(), store.get(),
                                     leaf.impl().x509.get(), others.get()) == 1,
                 "X509_STORE_CTX_init");
  X509_VERIFY_PARAM* options = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(options, static_cast<time_t>(unix_s));
  X509_VERIFY_PARAM_set_auth_level(options, kSecurityLevel);
  if (X509_verify_cert(context.get()) == 1) return {};
  const int reason = X509_STORE_CTX_get_error(context.get());
  const int depth = X509_STORE_CTX_get_error_depth(context.get());
  internal::DrainErrors();
  return Fail(ErrorCode::kUntrusted,
              "certificate chain: " +
                  std::string(X509_verify_cert_error_string(reason)) +
                  " (depth " + std::to_string(depth) + ")");
}

}  // namespace vouchsafe::crypto
