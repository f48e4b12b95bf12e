#include "storage/journal.h"

#include "base/byte_reader.h"
#include "crypto/hash.h"
#include "storage/batch.h"

namespace vouchsafe::storage {
namespace {

constexpr std::string_view kMagic = "VSJ1";
constexpr size_t kDigestSize = 32;
constexpr uint8_t kHasValue = 1;
constexpr uint8_t kHasExpiry = 2;

void AppendLe(Bytes& out, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    out.push_back(static_cast<uint8_t>(value >> (8 * i)));
  }
}

void Append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void AppendChange(Bytes& out, const Change& change) {
  AppendLe(out, change.key.size(), 4);
  Append(out, AsBytes(change.key));
  const std::optional<int64_t>& expires = change.options.expires_unix_s;
  out.push_back(static_cast<uint8_t>((change.value ? kHasValue : 0) |
                                     (expires ? kHasExpiry : 0)));
  if (expires) AppendLe(out, static_cast<uint64_t>(*expires), 8);
  if (!change.value) return;
  AppendLe(out, change.value->size(), 8);
  Append(out, *change.value);
}

Result<Change> ReadChange(ByteReader& in) {
  Change change;
  change.key = ToText(in.View(in.U32le()));
  const uint8_t flags = in.U8();
  TRY(in.Ok());
  if (flags & kHasExpiry) {
    change.options.expires_unix_s = static_cast<int64_t>(in.U64le());
  }
  if (flags & kHasValue) change.value = ToBytes(in.View(in.U64le()));
  TRY(in.Ok());
  return change;
}

}  // namespace

Bytes WriteJournal(std::span<const Change> changes) {
  Bytes out = ToBytes(kMagic);
  AppendLe(out, changes.size(), 4);
  for (const Change& change : changes) AppendChange(out, change);
  Append(out, crypto::Sha256(out));
  return out;
}

Result<std::optional<std::vector<Change>>> ReadJournal(ByteView bytes) {
  if (bytes.size() < kMagic.size() + 4 + kDigestSize) return std::nullopt;
  const ByteView body = bytes.first(bytes.size() - kDigestSize);
  if (!Equal(crypto::Sha256(body), bytes.last(kDigestSize))) {
    return std::nullopt;
  }
  ByteReader in(body, "storage journal");
  const bool known = AsText(in.View(kMagic.size())) == kMagic;
  const uint32_t count = in.U32le();
  TRY(in.Ok());
  if (!known || count > kMaxBatch) {
    return Fail(ErrorCode::kBadPeer,
                "storage journal: of another version, or not ours");
  }
  std::vector<Change> changes;
  for (uint32_t i = 0; i < count; ++i) changes.push_back(TRY(ReadChange(in)));
  TRY(in.End());
  TRY(CheckBatch(changes));
  return changes;
}

}  // namespace vouchsafe::storage
