#include "storage/local_fs.h"

#include <atomic>
#include <set>

#include "storage/batch.h"
#include "storage/expiry.h"
#include "storage/file_writer.h"
#include "storage/journal.h"
#include "storage/keys.h"

namespace vouchsafe::storage {
namespace {

const std::string kTemporary = std::string(kTemporaryName) + "write";

class LocalFsStore final : public Store {
 public:
  LocalFsStore(Env& env, const Clock& clock, const std::string& dir,
               std::string_view name, Durability durability)
      : env_(env),
        clock_(clock),
        writer_(env, durability),
        folder_(dir + "/" + std::string(name)),
        meta_(dir + "/" + std::string(kMetaFolder) + "/" + FileNameOfKey(name)),
        expiry_(meta_ + "/expiry"),
        names_(meta_ + "/names") {}

  Result<> Start() {
    TRY(env_.MakeFolders(folder_));
    if (TRY(env_.Stat(JournalPath()))) TRY(Locked());
    return {};
  }

  Result<std::optional<Bytes>> Get(std::string_view key) const override {
    TRY(CheckKey(key));
    TRY(FinishPending());
    return ReadLive(key);
  }

  Result<SetOutcome> Set(std::string_view key, ByteView value,
                         const SetOptions& options) override {
    TRY(CheckKey(key));
    TRY(CheckValue(value));
    const auto lock = TRY(Locked());
    if (options.mode != SetMode::kAny) {
      const SetOutcome outcome = Judge(options, TRY(ReadLive(key)));
      if (outcome != SetOutcome::kStored) return outcome;
    }
    TRY(Put(key, value, options.expires_unix_s));
    return SetOutcome::kStored;
  }

  Result<> Apply(std::span<const Change> changes) override {
    TRY(CheckBatch(changes));
    if (changes.empty()) return {};
    const auto lock = TRY(Locked());
    for (const Change& change : changes) {
      if (!change.value || change.options.mode == SetMode::kAny) continue;
      if (Judge(change.options, TRY(ReadLive(change.key))) !=
          SetOutcome::kStored) {
        return BatchConflict(change.key);
      }
    }
    if (changes.size() == 1) return Do(changes.front());
    TRY(RecordJournal(changes));
    return Finish(changes);
  }

  Result<KeyPage> List(std::string_view prefix, std::string_view cursor,
                       size_t limit) const override {
    TRY(FinishPending());
    std::vector<std::string> keys;
    for (const std::string& file : TRY(env_.FilesIn(folder_))) {
      if (IsTemporaryName(file)) continue;
      std::optional<std::string> key = TRY(KeyOf(file));
      if (key) keys.push_back(*std::move(key));
    }
    KeyPage page = PageOf(std::move(keys), prefix, cursor, limit);
    TRY(DropExpired(page.keys));
    return page;
  }

  Result<std::optional<Bytes>> Delete(std::string_view key) override {
    TRY(CheckKey(key));
    const auto lock = TRY(Locked());
    std::optional<Bytes> old = TRY(ReadLive(key));
    TRY(Erase(key));
    return old;
  }

  Result<size_t> Sweep(size_t limit) override {
    const auto lock = TRY(Locked());
    size_t removed = 0;
    for (const std::string& file : TRY(env_.FilesIn(expiry_))) {
      if (removed >= limit) break;
      if (IsTemporaryName(file)) continue;
      const std::optional<std::string> key = TRY(KeyOf(file));
      if (!key) continue;
      const std::optional<Bytes> raw = TRY(ReadRaw(*key));
      if (raw && !TRY(IsExpired(*key, *raw))) continue;
      if (raw) ++removed;
      TRY(Erase(*key));
    }
    return removed;
  }

 private:
  std::string JournalPath() const { return meta_ + "/journal"; }

  // Every write: the lock, our own folders, and no batch half done.
  Result<std::unique_ptr<FileLock>> Locked() const {
    if (!folders_made_.load(std::memory_order_acquire)) {
      TRY(env_.MakeFolders(expiry_));
      TRY(env_.MakeFolders(names_));
      folders_made_.store(true, std::memory_order_release);
    }
    std::unique_ptr<FileLock> lock = TRY(env_.Lock(meta_ + "/lock"));
    TRY(Recover());
    return lock;
  }

  // A batch that this process accepted and could not finish is finished before
  // anything is answered.
  Result<> FinishPending() const {
    if (pending_.load(std::memory_order_acquire)) TRY(Locked());
    return {};
  }

  Result<> Recover() const {
    const std::optional<Bytes> bytes =
        TRY(env_.Read(JournalPath(), 2 * kMaxValue));
    if (!bytes) {
      pending_.store(false, std::memory_order_release);
      return {};
    }
    const std::optional<std::vector<Change>> changes = TRY(ReadJournal(*bytes));
    if (!changes) return writer_.Remove(meta_, "journal");
    return Finish(*changes);
  }

  Result<> RecordJournal(std::span<const Change> changes) const {
    Result<> recorded =
        writer_.Replace(meta_, "journal", kTemporary, WriteJournal(changes));
    if (recorded) return {};
    // Nothing was applied yet; take the journal back, or else finish it later.
    if (!writer_.Remove(meta_, "journal")) {
      pending_.store(true, std::memory_order_release);
    }
    return recorded;
  }

  // Applies a recorded batch. It counts as accepted from here on.
  Result<> Finish(std::span<const Change> changes) const {
    pending_.store(true, std::memory_order_release);
    for (const Change& change : changes) {
      TRY_CONTEXT(Do(change), "batch recorded, to be finished later");
    }
    TRY(writer_.Remove(meta_, "journal"));
    pending_.store(false, std::memory_order_release);
    return {};
  }

  Result<> Do(const Change& change) const {
    if (!change.value) return Erase(change.key);
    return Put(change.key, *change.value, change.options.expires_unix_s);
  }

  Result<> Put(std::string_view key, ByteView value,
               std::optional<int64_t> expires) const {
    const std::string file = FileNameOfKey(key);
    if (IsHashedName(file) && !TRY(env_.Stat(names_ + "/" + file))) {
      TRY(writer_.Replace(names_, file, kTemporary, AsBytes(key)));
    }
    const std::string old_expiry = TRY(ReadExpiryText(file));
    if (expires) {
      std::optional<Bytes> old;
      if (!old_expiry.empty()) old = TRY(ReadRaw(key));
      const std::string text =
          TRY(ExpiryText(value, *expires, old_expiry, old));
      TRY(writer_.Replace(expiry_, file, kTemporary, AsBytes(text)));
    }
    TRY(writer_.Replace(folder_, file, kTemporary, value));
    if (!expires && !old_expiry.empty()) TRY(writer_.Remove(expiry_, file));
    return {};
  }

  Result<> Erase(std::string_view key) const {
    const std::string file = FileNameOfKey(key);
    const std::optional<std::string> other = OtherName(key, file);
    if (other) TRY(env_.Remove(folder_ + "/" + *other));
    TRY(writer_.Remove(folder_, file));
    // After the value is surely gone: alone they mean nothing.
    TRY(env_.Remove(expiry_ + "/" + file));
    if (IsHashedName(file)) TRY(env_.Remove(names_ + "/" + file));
    return {};
  }

  // The name under which Trustee would look, when it is another one that may
  // be the key's.
  static std::optional<std::string> OtherName(std::string_view key,
                                              const std::string& file) {
    std::string name = TrusteeFileName(key);
    if (name == file || name == "." || name == ".." || IsTemporaryName(name) ||
        IsHashedName(name) || KeyOfFileName(name) != key) {
      return std::nullopt;
    }
    return name;
  }

  // The stored value, expired or not.
  Result<std::optional<Bytes>> ReadRaw(std::string_view key) const {
    const std::string file = FileNameOfKey(key);
    std::optional<Bytes> value =
        TRY(env_.Read(folder_ + "/" + file, kMaxValue));
    if (value) return value;
    const std::optional<std::string> other = OtherName(key, file);
    if (!other) return std::nullopt;
    return env_.Read(folder_ + "/" + *other, kMaxValue);
  }

  Result<std::optional<Bytes>> ReadLive(std::string_view key) const {
    std::optional<Bytes> value = TRY(ReadRaw(key));
    if (value && TRY(IsExpired(key, *value))) value.reset();
    return value;
  }

  Result<std::string> ReadExpiryText(const std::string& file) const {
    const std::optional<Bytes> text =
        TRY(env_.Read(expiry_ + "/" + file, size_t{1} << 16));
    return text ? ToText(*text) : std::string();
  }

  Result<bool> IsExpired(std::string_view key, ByteView value) const {
    const std::string text = TRY(ReadExpiryText(FileNameOfKey(key)));
    const std::optional<int64_t> expires = TRY(ExpiryOf(text, value));
    return expires && *expires <= clock_.UnixSeconds();
  }

  Result<std::optional<std::string>> KeyOf(const std::string& file) const {
    if (!IsHashedName(file)) return KeyOfFileName(file);
    const std::optional<Bytes> key =
        TRY(env_.Read(names_ + "/" + file, kMaxKey));
    if (!key) return std::nullopt;
    return ToText(*key);
  }

  Result<> DropExpired(std::vector<std::string>& keys) const {
    const std::vector<std::string> files = TRY(env_.FilesIn(expiry_));
    if (files.empty()) return {};
    const std::set<std::string> dated(files.begin(), files.end());
    std::vector<std::string> live;
    for (std::string& key : keys) {
      if (dated.contains(FileNameOfKey(key)) && !TRY(ReadLive(key))) continue;
      live.push_back(std::move(key));
    }
    keys = std::move(live);
    return {};
  }

  Env& env_;
  const Clock& clock_;
  const FileWriter writer_;
  const std::string folder_;
  const std::string meta_;
  const std::string expiry_;
  const std::string names_;
  mutable std::atomic<bool> folders_made_ = false;
  mutable std::atomic<bool> pending_ = false;
};

}  // namespace

Result<std::shared_ptr<Store>> OpenLocalFs(Env& env, const Clock& clock,
                                           const std::string& dir,
                                           std::string_view name,
                                           Durability durability) {
  TRY(CheckNamespace(name));
  auto store =
      std::make_shared<LocalFsStore>(env, clock, dir, name, durability);
  TRY(store->Start());
  return store;
}

}  // namespace vouchsafe::storage
