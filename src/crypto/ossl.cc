#include "crypto/ossl.h"

#include <openssl/err.h>

#include <cstdio>
#include <cstdlib>

namespace vouchsafe::crypto::internal {

std::string DrainErrors() {
  const unsigned long first = ERR_get_error();
  ERR_clear_error();
  const char* reason = first == 0 ? nullptr : ERR_reason_error_string(first);
  return reason == nullptr ? "unknown error" : reason;
}

tl::unexpected<Error> OpenSslFail(ErrorCode code, std::string_view what) {
  return Fail(code, std::string(what) + ": " + DrainErrors());
}

void Die(const char* what) {
  std::fprintf(stderr, "crypto: cannot go on: %s: %s\n", what,
               DrainErrors().c_str());
  std::abort();
}

BnPtr ToBn(ByteView bytes) {
  Must(bytes.size() <= kMaxInput, "number too long");
  return BnPtr(
      MustHave(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr),
               "BN_bin2bn"));
}

Bytes FromBn(const BIGNUM* number) {
  Bytes out(static_cast<size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, out.data());
  return out;
}

void FromBnPadded(const BIGNUM* number, std::span<uint8_t> out) {
  Must(BN_bn2binpad(number, out.data(), static_cast<int>(out.size())) >= 0,
       "number wider than its field");
}

}  // namespace vouchsafe::crypto::internal
