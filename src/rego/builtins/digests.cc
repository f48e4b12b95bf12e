// crypto.md5 and its like: digests as lower-case hex.

#include "base/encoding.h"
#include "crypto/hash.h"
#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;
using crypto::Hash;

bool Texts(BuiltinCall& call, Args args) {
  for (size_t i = 0; i < args.size(); ++i) {
    if (!call.Is(args, i, Kind::kString)) return false;
    call.budget.Bytes(size_t{args[i].size()} * 4);
  }
  return true;
}

template <Hash kHash>
Value DigestOf(BuiltinCall& call, Args args) {
  if (!Texts(call, args)) return {};
  return call.Text(HexEncode(crypto::Digest(kHash, AsBytes(args[0].text()))));
}

template <Hash kHash>
Value HmacOf(BuiltinCall& call, Args args) {
  if (!Texts(call, args)) return {};
  return call.Text(HexEncode(
      crypto::Hmac(kHash, AsBytes(args[1].text()), AsBytes(args[0].text()))));
}

// Looks at every byte whatever the first ones are.
Value HmacEqual(BuiltinCall& call, Args args) {
  if (!Texts(call, args)) return {};
  const std::string_view a = args[0].text(), b = args[1].text();
  if (a.size() != b.size()) return Value::Bool(false);
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference |=
        static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return Value::Bool(difference == 0);
}

}  // namespace

void RegisterDigests(BuiltinTable& table) {
  table.Offer("crypto.md5", DigestOf<Hash::kMd5>);
  table.Offer("crypto.sha1", DigestOf<Hash::kSha1>);
  table.Offer("crypto.sha256", DigestOf<Hash::kSha256>);
  table.Offer("crypto.hmac.md5", HmacOf<Hash::kMd5>);
  table.Offer("crypto.hmac.sha1", HmacOf<Hash::kSha1>);
  table.Offer("crypto.hmac.sha256", HmacOf<Hash::kSha256>);
  table.Offer("crypto.hmac.sha512", HmacOf<Hash::kSha512>);
  table.Offer("crypto.hmac.equal", HmacEqual);
}

}  // namespace vouchsafe::rego
