#include "collateral/record.h"

#include <algorithm>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "json/fields.h"
#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::collateral {
namespace {

Result<Object> ReadHead(std::string_view head, const Key& key) {
  const json::Value value = TRY(json::Parse(head));
  const json::Fields in = TRY(json::Fields::Of(value, "collateral record"));
  Object object;
  object.key.kind = TRY(in.String("kind"));
  object.key.id = TRY(in.String("id"));
  object.source = TRY(in.String("source"));
  object.fetched_unix_s = TRY(in.Int("fetched"));
  object.expires_unix_s = TRY(in.Int("expires"));
  const json::Fields headers = TRY(in.ObjectOf("headers"));
  for (const json::Member& member : headers.object()) {
    object.headers[member.name] = TRY(headers.String(member.name));
  }
  if (TRY(in.Uint("v")) != 1 || object.key != key) {
    return Fail(ErrorCode::kBadPeer,
                "collateral record: another version or object");
  }
  return object;
}

}  // namespace

std::string RecordKey(const Key& key) {
  return key.kind + "/" + HexEncode(crypto::Sha256(AsBytes(key.id)));
}

Bytes WriteRecord(const Object& object) {
  json::Object headers;
  for (const auto& [name, value] : object.headers) headers.Set(name, value);
  json::Object head;
  head.Set("v", 1);
  head.Set("kind", object.key.kind);
  head.Set("id", object.key.id);
  head.Set("source", object.source);
  head.Set("fetched", object.fetched_unix_s);
  head.Set("expires", object.expires_unix_s);
  head.Set("headers", std::move(headers));
  Bytes bytes = ToBytes(json::Write(std::move(head)) + "\n");
  bytes.insert(bytes.end(), object.bytes.begin(), object.bytes.end());
  return bytes;
}

Result<Object> ReadRecord(ByteView bytes, const Key& key) {
  const auto end = std::find(bytes.begin(), bytes.end(), uint8_t{'\n'});
  if (end == bytes.end()) {
    return Fail(ErrorCode::kBadPeer, "collateral record: no first line");
  }
  const auto size = static_cast<size_t>(end - bytes.begin());
  Result<Object> object = ReadHead(AsText(bytes.first(size)), key);
  if (!object) return Fail(ErrorCode::kBadPeer, object.error().Text());
  object->bytes = ToBytes(bytes.subspan(size + 1));
  return object;
}

}  // namespace vouchsafe::collateral
