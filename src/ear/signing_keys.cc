#include "ear/signing_keys.h"

#include <algorithm>
#include <atomic>

#include "jose/jwk.h"
#include "json/fields.h"
#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::ear {
namespace {

// Clocks of relying parties differ from ours.
constexpr int64_t kSkewS = 300;
constexpr size_t kMostKeys = 64;
constexpr int64_t kLongestAnnounceS = int64_t{366} * 24 * 3600;

json::Object Published(crypto::PublicKey key) {
  jose::Jwk jwk = jose::JwkOf(std::move(key));
  jwk.kid = jose::JwkThumbprint(jwk.key);
  jwk.use = "sig";
  return jose::JwkToJson(jwk);
}

class FixedKeys final : public SigningKeys {
 public:
  FixedKeys(TokenSigner signer, std::vector<crypto::PublicKey> published)
      : signer_(std::make_shared<const TokenSigner>(std::move(signer))) {
    json::Array keys{json::Value(signer_->published_jwk())};
    for (crypto::PublicKey& key : published) {
      json::Object jwk = Published(std::move(key));
      const bool own = *jwk.Find("kid")->if_string() == signer_->kid();
      if (!own) keys.emplace_back(std::move(jwk));
    }
    json::Object jwks;
    jwks.Set("keys", std::move(keys));
    jwks_ = std::move(jwks);
  }

  std::shared_ptr<const TokenSigner> Signer() override { return signer_; }
  json::Value Jwks() override { return jwks_; }
  std::vector<SigningKeyInfo> List() override {
    return {{signer_->kid(), KeyState::kSigns, 0, std::nullopt}};
  }
  Result<SigningKeyInfo> Rotate(std::optional<int64_t>) override {
    return Refuse();
  }
  Result<> Revoke(std::string_view) override { return Refuse(); }

 private:
  static tl::unexpected<Error> Refuse() {
    return Fail(ErrorCode::kUnsupported,
                "the signing key comes from signer.key_path: announce the next "
                "one in signer.published_paths, then change the file");
  }
  const std::shared_ptr<const TokenSigner> signer_;
  json::Value jwks_;
};

struct Entry {
  std::string pem;  // store key of the private key
  int64_t signs_from = 0;
  std::optional<int64_t> verifies_until;
  std::shared_ptr<const TokenSigner> signer;
};

// The list as read at one moment; by signs_from.
struct Ring {
  std::vector<Entry> entries;
  std::optional<Bytes> text;  // as stored; nullopt: never written

  const Entry& SignsAt(int64_t now) const {
    const Entry* out = &entries.front();
    for (const Entry& entry : entries) {
      if (entry.signs_from <= now) out = &entry;
    }
    return *out;
  }
  static bool Gone(const Entry& entry, int64_t now) {
    return entry.verifies_until && *entry.verifies_until <= now;
  }
};

std::string WriteRing(const std::vector<Entry>& entries) {
  json::Array keys;
  for (const Entry& entry : entries) {
    json::Object one;
    one.Set("kid", entry.signer->kid());
    one.Set("pem", entry.pem);
    one.Set("signs_from", entry.signs_from);
    if (entry.verifies_until) {
      one.Set("verifies_until", *entry.verifies_until);
    }
    keys.emplace_back(std::move(one));
  }
  json::Object out;
  out.Set("keys", std::move(keys));
  return json::Write(out);
}

class StoredKeys final : public SigningKeys {
 public:
  StoredKeys(storage::Store& keys, TokenForm form, KeyTiming timing,
             const Clock& clock, Logger& logger)
      : keys_(keys),
        form_(form),
        timing_(timing),
        clock_(clock),
        logger_(logger),
        name_(TokenSigner::StoredName(form)) {
    name_.resize(name_.size() - std::string_view(".pem").size());
  }

  // First of all, once.
  Result<> Open() {
    std::shared_ptr<const Ring> ring = TRY(Read());
    if (timing_.rotate_s > 0 && !ring->text) {
      // From now on its age counts.
      Ring counted = *ring;
      counted.entries.front().signs_from = clock_.UnixSeconds();
      TRY(keys_.SetIfAbsent(ListName(), AsBytes(WriteRing(counted.entries))));
      ring = TRY(Read());
    }
    Keep(std::move(ring));
    return {};
  }

  std::shared_ptr<const TokenSigner> Signer() override {
    return Fresh()->SignsAt(clock_.UnixSeconds()).signer;
  }
  json::Value Jwks() override;
  std::vector<SigningKeyInfo> List() override;
  Result<SigningKeyInfo> Rotate(std::optional<int64_t> announce_s) override;
  Result<> Revoke(std::string_view kid) override;

 private:
  std::string ListName() const { return name_ + ".keys.json"; }
  Result<std::shared_ptr<const Ring>> Read() const;
  Result<Entry> ReadEntry(const json::Fields& in) const;
  Result<> Write(const Ring& old, const std::vector<Entry>& entries);
  void Keep(std::shared_ptr<const Ring> ring) {
    const std::lock_guard lock(mutex_);
    ring_ = std::move(ring);
    checked_ = clock_.Steady();
  }
  // What is known, read again when that is due.
  std::shared_ptr<const Ring> Fresh();
  void RotateWhenOld(const Ring& ring);

  storage::Store& keys_;
  const TokenForm form_;
  const KeyTiming timing_;
  const Clock& clock_;
  Logger& logger_;
  std::string name_;
  std::mutex mutex_;
  std::shared_ptr<const Ring> ring_;
  std::chrono::steady_clock::time_point checked_;
  std::atomic<bool> reading_{false};
};

Result<Entry> StoredKeys::ReadEntry(const json::Fields& in) const {
  Entry out;
  out.pem = TRY(in.String("pem"));
  const json::Value* from = in.Optional("signs_from");
  const json::Value* until = in.Optional("verifies_until");
  out.signs_from = from == nullptr ? 0 : from->int64().value_or(0);
  if (until != nullptr) out.verifies_until = until->int64();
  std::optional<Bytes> stored = TRY(keys_.Get(out.pem));
  if (!stored) {
    return Fail(ErrorCode::kBadPeer,
                "token signing key " + out.pem + ": listed and not stored");
  }
  const SecretBytes pem(std::move(*stored));
  TokenSigner signer = TRY(TokenSigner::FromPem(AsText(pem.view()), {}, form_));
  out.signer = std::make_shared<const TokenSigner>(std::move(signer));
  return out;
}

Result<std::shared_ptr<const Ring>> StoredKeys::Read() const {
  auto ring = std::make_shared<Ring>();
  ring->text = TRY(keys_.Get(ListName()));
  if (!ring->text) {
    TokenSigner first = TRY(TokenSigner::FromStore(keys_, form_));
    ring->entries.push_back(
        {std::string(TokenSigner::StoredName(form_)), 0, std::nullopt,
         std::make_shared<const TokenSigner>(std::move(first))});
    return std::shared_ptr<const Ring>(std::move(ring));
  }
  const json::Value value =
      TRY_CONTEXT(json::Parse(AsText(*ring->text)), ListName());
  const json::Fields in = TRY(json::Fields::Of(value, ListName()));
  const json::Array* keys = TRY(in.ArrayOf("keys"));
  if (keys->empty() || keys->size() > kMostKeys) {
    return Fail(ErrorCode::kBadPeer,
                ListName() + ": " + std::to_string(keys->size()) +
                    " keys, want 1 to " + std::to_string(kMostKeys));
  }
  for (const json::Value& one : *keys) {
    const json::Fields entry = TRY(json::Fields::Of(one, ListName()));
    ring->entries.push_back(TRY(ReadEntry(entry)));
  }
  std::stable_sort(ring->entries.begin(), ring->entries.end(),
                   [](const Entry& a, const Entry& b) {
                     return a.signs_from < b.signs_from;
                   });
  return std::shared_ptr<const Ring>(std::move(ring));
}

std::shared_ptr<const Ring> StoredKeys::Fresh() {
  std::shared_ptr<const Ring> known;
  {
    const std::lock_guard lock(mutex_);
    known = ring_;
    if (clock_.Steady() - checked_ < timing_.refresh) return known;
  }
  if (reading_.exchange(true)) return known;  // another thread is at it
  // The list alone says whether anything changed.
  const auto text = keys_.Get(ListName());
  if (!text || *text != known->text) {
    auto read = Read();
    if (read) {
      known = *std::move(read);
    } else {
      // The keys that were good stay good while the store is away.
      logger_.Error("token signing keys not read, the known ones stay in use",
                    {{"reason", read.error().Text()}});
    }
  }
  Keep(known);
  RotateWhenOld(*known);
  reading_ = false;
  const std::lock_guard lock(mutex_);
  return ring_;
}

void StoredKeys::RotateWhenOld(const Ring& ring) {
  const int64_t now = clock_.UnixSeconds();
  const Entry& signs = ring.SignsAt(now);
  if (timing_.rotate_s <= 0 || ring.entries.back().signs_from > now) return;
  if (now < signs.signs_from + timing_.rotate_s - timing_.announce_s) return;
  const auto rotated = Rotate(std::nullopt);
  // Another replica may have been first, which is as good.
  if (!rotated && rotated.error().code != ErrorCode::kConflict) {
    logger_.Error("token signing key not replaced",
                  {{"reason", rotated.error().Text()}});
  }
}

json::Value StoredKeys::Jwks() {
  const std::shared_ptr<const Ring> ring = Fresh();
  const int64_t now = clock_.UnixSeconds();
  const Entry& signs = ring->SignsAt(now);
  json::Array keys{json::Value(signs.signer->published_jwk())};
  for (const Entry& entry : ring->entries) {
    if (&entry == &signs || Ring::Gone(entry, now)) continue;
    keys.emplace_back(entry.signer->published_jwk());
  }
  json::Object out;
  out.Set("keys", std::move(keys));
  return out;
}

std::vector<SigningKeyInfo> StoredKeys::List() {
  const std::shared_ptr<const Ring> ring = Fresh();
  const int64_t now = clock_.UnixSeconds();
  const Entry& signs = ring->SignsAt(now);
  std::vector<SigningKeyInfo> out;
  for (const Entry& entry : ring->entries) {
    if (Ring::Gone(entry, now)) continue;
    const KeyState state = &entry == &signs         ? KeyState::kSigns
                           : entry.signs_from > now ? KeyState::kAnnounced
                                                    : KeyState::kRetiring;
    out.push_back(
        {entry.signer->kid(), state, entry.signs_from, entry.verifies_until});
  }
  return out;
}

Result<> StoredKeys::Write(const Ring& old, const std::vector<Entry>& entries) {
  const std::string text = WriteRing(entries);
  const storage::SetOutcome outcome =
      TRY(old.text ? keys_.SetIfEqual(ListName(), AsBytes(text), *old.text)
                   : keys_.SetIfAbsent(ListName(), AsBytes(text)));
  if (outcome != storage::SetOutcome::kStored) {
    return Fail(ErrorCode::kConflict,
                "token signing keys: changed by another replica meanwhile");
  }
  return {};
}

Result<SigningKeyInfo> StoredKeys::Rotate(std::optional<int64_t> announce_s) {
  const int64_t wait = announce_s.value_or(timing_.announce_s);
  if (wait < 0 || wait > kLongestAnnounceS) {
    return Fail(
        ErrorCode::kInvalidInput,
        "announcing time: " + std::to_string(wait) + " s, want 0 s to a year");
  }
  const std::shared_ptr<const Ring> ring = TRY(Read());
  const int64_t now = clock_.UnixSeconds();
  if (ring->entries.back().signs_from > now) {
    return Fail(ErrorCode::kConflict,
                "token signing keys: " + ring->entries.back().signer->kid() +
                    " is announced and does not sign yet");
  }
  std::vector<Entry> entries;
  std::vector<std::string> dropped;
  for (const Entry& entry : ring->entries) {
    if (Ring::Gone(entry, now)) {
      dropped.push_back(entry.pem);
    } else {
      entries.push_back(entry);
    }
  }
  const crypto::PrivateKey key = TRY(TokenSigner::NewKey(form_));
  const SecretBytes pem = key.Pkcs8Pem();
  Entry next;
  next.signs_from = now + wait;
  next.signer = std::make_shared<const TokenSigner>(
      TRY(TokenSigner::FromPem(AsText(pem.view()), {}, form_)));
  next.pem = name_ + "/" + next.signer->kid() + ".pem";
  for (Entry& entry : entries) {
    if (!entry.verifies_until) {
      entry.verifies_until = next.signs_from + timing_.token_s + kSkewS;
    }
  }
  entries.push_back(next);
  // The key before the list that names it.
  TRY(keys_.Set(next.pem, pem.view()));
  if (Result<> written = Write(*ring, entries); !written) {
    TRY(keys_.Delete(next.pem));
    return tl::unexpected(std::move(written).error());
  }
  for (const std::string& name : dropped) TRY(keys_.Delete(name));
  Keep(TRY(Read()));
  logger_.Info("token signing key announced",
               {{"kid", next.signer->kid()},
                {"signs_from", FormatRfc3339(next.signs_from * 1'000'000)}});
  return SigningKeyInfo{next.signer->kid(),
                        wait > 0 ? KeyState::kAnnounced : KeyState::kSigns,
                        next.signs_from, std::nullopt};
}

Result<> StoredKeys::Revoke(std::string_view kid) {
  const std::shared_ptr<const Ring> ring = TRY(Read());
  const auto it =
      std::find_if(ring->entries.begin(), ring->entries.end(),
                   [&](const Entry& e) { return e.signer->kid() == kid; });
  if (it == ring->entries.end()) {
    return Fail(ErrorCode::kNotFound, "token signing keys: no such key");
  }
  if (&*it == &ring->SignsAt(clock_.UnixSeconds())) {
    return Fail(ErrorCode::kConflict,
                "token signing keys: this one signs; rotate with an announcing "
                "time of 0 first");
  }
  std::vector<Entry> entries = ring->entries;
  entries.erase(entries.begin() + (it - ring->entries.begin()));
  // Without a successor the last one goes on.
  entries.back().verifies_until.reset();
  TRY(Write(*ring, entries));
  TRY(keys_.Delete(it->pem));
  Keep(TRY(Read()));
  logger_.Warn("token signing key revoked", {{"kid", std::string(kid)}});
  return {};
}

}  // namespace

std::string_view KeyStateName(KeyState state) {
  switch (state) {
    case KeyState::kAnnounced:
      return "announced";
    case KeyState::kSigns:
      return "signs";
    case KeyState::kRetiring:
      return "retiring";
  }
  return "";
}

std::unique_ptr<SigningKeys> SigningKeys::Fixed(
    TokenSigner signer, std::vector<crypto::PublicKey> published) {
  return std::make_unique<FixedKeys>(std::move(signer), std::move(published));
}

Result<std::unique_ptr<SigningKeys>> SigningKeys::FromStore(
    storage::Store& keys, TokenForm form, KeyTiming timing, const Clock& clock,
    Logger& logger) {
  auto out = std::make_unique<StoredKeys>(keys, form, timing, clock, logger);
  TRY(out->Open());
  return std::unique_ptr<SigningKeys>(std::move(out));
}

}  // namespace vouchsafe::ear
