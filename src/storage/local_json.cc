#include "storage/local_json.h"

#include "base/encoding.h"
#include "storage/batch.h"
#include "storage/expiry.h"
#include "storage/json_file.h"
#include "storage/keys.h"

namespace vouchsafe::storage {
namespace {

std::string FolderOf(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

std::string NameOf(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// The two files as one moment saw them.
struct Tables {
  std::shared_ptr<const StringTable> values;
  std::shared_ptr<const StringTable> expiry;
};

class LocalJsonStore final : public Store {
 public:
  LocalJsonStore(Env& env, const Clock& clock, const std::string& dir,
                 std::string_view name, Durability durability)
      : env_(env),
        clock_(clock),
        meta_(dir + "/" + std::string(kMetaFolder) + "/" + FileNameOfKey(name)),
        folder_(FolderOf(dir + "/" + std::string(name))),
        values_(env, clock, FileWriter(env, durability), folder_,
                NameOf("/" + std::string(name))),
        expiry_(env, clock, FileWriter(env, durability), meta_, "expiry") {}

  Result<> Start() {
    TRY(env_.MakeFolders(folder_));
    if (TRY(values_.Exists())) return {};
    const auto lock = TRY(Locked());
    if (!TRY(values_.Exists())) TRY(values_.Save(StringTable()));
    return {};
  }

  Result<std::optional<Bytes>> Get(std::string_view key) const override {
    TRY(CheckKey(key));
    return Live(TRY(Load()), key);
  }

  Result<SetOutcome> Set(std::string_view key, ByteView value,
                         const SetOptions& options) override {
    TRY(CheckKey(key));
    TRY(CheckValue(value));
    const auto lock = TRY(Locked());
    const Tables tables = TRY(Load());
    if (options.mode != SetMode::kAny) {
      const SetOutcome outcome = Judge(options, TRY(Live(tables, key)));
      if (outcome != SetOutcome::kStored) return outcome;
    }
    const Change change{std::string(key), ToBytes(value), options};
    TRY(Save(tables, {&change, 1}));
    return SetOutcome::kStored;
  }

  Result<> Apply(std::span<const Change> changes) override {
    TRY(CheckBatch(changes));
    if (changes.empty()) return {};
    const auto lock = TRY(Locked());
    const Tables tables = TRY(Load());
    for (const Change& change : changes) {
      if (!change.value || change.options.mode == SetMode::kAny) continue;
      if (Judge(change.options, TRY(Live(tables, change.key))) !=
          SetOutcome::kStored) {
        return BatchConflict(change.key);
      }
    }
    return Save(tables, changes);
  }

  Result<KeyPage> List(std::string_view prefix, std::string_view cursor,
                       size_t limit) const override {
    const Tables tables = TRY(Load());
    KeyPage page = PageOf(tables.values->Keys(), prefix, cursor, limit);
    std::vector<std::string> live;
    for (std::string& key : page.keys) {
      if (tables.expiry->Find(key) == nullptr || TRY(Live(tables, key))) {
        live.push_back(std::move(key));
      }
    }
    page.keys = std::move(live);
    return page;
  }

  Result<std::optional<Bytes>> Delete(std::string_view key) override {
    TRY(CheckKey(key));
    const auto lock = TRY(Locked());
    const Tables tables = TRY(Load());
    std::optional<Bytes> old = TRY(Live(tables, key));
    if (tables.values->Find(key) == nullptr) return old;
    const Change change{std::string(key), std::nullopt};
    TRY(Save(tables, {&change, 1}));
    return old;
  }

  Result<size_t> Sweep(size_t limit) override {
    const auto lock = TRY(Locked());
    const Tables tables = TRY(Load());
    std::vector<Change> changes;
    size_t removed = 0;
    for (const std::string& key : tables.expiry->Keys()) {
      if (removed >= limit) break;
      if (TRY(Live(tables, key))) continue;
      if (tables.values->Find(key) != nullptr) ++removed;
      changes.push_back({key, std::nullopt});
    }
    if (!changes.empty()) TRY(Save(tables, changes));
    return removed;
  }

 private:
  Result<std::unique_ptr<FileLock>> Locked() const {
    TRY(env_.MakeFolders(meta_));
    return env_.Lock(meta_ + "/lock");
  }

  // The values first: their expiry lines are never older than they are.
  Result<Tables> Load() const {
    Tables tables;
    tables.values = TRY(values_.Load());
    tables.expiry = TRY(expiry_.Load());
    return tables;
  }

  static Result<std::optional<Bytes>> Raw(const Tables& tables,
                                          std::string_view key) {
    const std::string* text = tables.values->Find(key);
    if (text == nullptr) return std::nullopt;
    Result<Bytes> value = Base64Decode(*text, Base64::kUrl);
    if (!value) {
      return Fail(ErrorCode::kBadPeer,
                  "storage: value of key \"" + std::string(key.substr(0, 80)) +
                      "\" in the JSON file: " + value.error().message);
    }
    return *std::move(value);
  }

  Result<std::optional<Bytes>> Live(const Tables& tables,
                                    std::string_view key) const {
    std::optional<Bytes> value = TRY(Raw(tables, key));
    const std::string* lines = tables.expiry->Find(key);
    if (!value || lines == nullptr) return value;
    const std::optional<int64_t> expires = TRY(ExpiryOf(*lines, *value));
    if (expires && *expires <= clock_.UnixSeconds()) value.reset();
    return value;
  }

  // Expiry lines for old and new first, then the values, then the lines
  // without those that no longer say anything.
  Result<> Save(const Tables& tables, std::span<const Change> changes) const {
    StringTable before = *tables.expiry;
    StringTable after = *tables.expiry;
    StringTable values = *tables.values;
    bool dated = false;
    bool undated = false;
    for (const Change& change : changes) {
      const std::string* lines = tables.expiry->Find(change.key);
      if (change.value && change.options.expires_unix_s) {
        dated = true;
        std::optional<Bytes> old;
        if (lines != nullptr) old = TRY(Raw(tables, change.key));
        std::string text =
            TRY(ExpiryText(*change.value, *change.options.expires_unix_s,
                           lines == nullptr ? std::string() : *lines, old));
        before.Set(change.key, text);
        after.Set(change.key, std::move(text));
      } else if (lines != nullptr) {
        undated = true;
        after.Erase(change.key);
      }
      if (change.value) {
        values.Set(change.key, Base64Encode(*change.value, Base64::kUrl));
      } else {
        values.Erase(change.key);
      }
    }
    if (dated) TRY(expiry_.Save(before));
    TRY(values_.Save(values));
    if (undated) TRY(expiry_.Save(after));
    return {};
  }

  Env& env_;
  const Clock& clock_;
  const std::string meta_;
  const std::string folder_;
  const JsonFile values_;
  const JsonFile expiry_;
};

}  // namespace

Result<std::shared_ptr<Store>> OpenLocalJson(Env& env, const Clock& clock,
                                             const std::string& dir,
                                             std::string_view name,
                                             Durability durability) {
  TRY(CheckNamespace(name));
  auto store =
      std::make_shared<LocalJsonStore>(env, clock, dir, name, durability);
  TRY(store->Start());
  return store;
}

}  // namespace vouchsafe::storage
