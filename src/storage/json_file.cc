#include "storage/json_file.h"

#include <algorithm>

#include "json/parse.h"
#include "json/write.h"
#include "storage/keys.h"
#include "storage/store.h"

namespace vouchsafe::storage {
namespace {

constexpr size_t kMaxFile = size_t{256} << 20;
// A file changed within this time before it was read may change again without
// a new time stamp (coarse clocks, and writers that do not rename).
constexpr int64_t kSettled_ns = 100'000'000;

}  // namespace

const std::string* StringTable::Find(std::string_view key) const {
  const auto it = values_.find(key);
  return it == values_.end() ? nullptr : &it->second;
}

void StringTable::Set(std::string_view key, std::string value) {
  const auto it = values_.find(key);
  if (it != values_.end()) {
    it->second = std::move(value);
    return;
  }
  values_.emplace(key, std::move(value));
  order_.emplace_back(key);
}

void StringTable::Erase(std::string_view key) {
  const auto it = values_.find(key);
  if (it == values_.end()) return;
  values_.erase(it);
  order_.erase(std::find(order_.begin(), order_.end(), key));
}

std::vector<std::string> StringTable::Keys() const { return order_; }

Result<StringTable> StringTable::Parse(std::string_view text) {
  json::ParseOptions options;
  options.duplicates = json::DuplicateKeys::kLastWins;
  options.max_size = kMaxFile;
  Result<json::Value> parsed = json::Parse(text, options);
  if (!parsed) return Fail(ErrorCode::kBadPeer, parsed.error().Text());
  const json::Object* object = parsed->if_object();
  if (object == nullptr) {
    return Fail(ErrorCode::kBadPeer, "want a JSON object of strings");
  }
  StringTable table;
  for (const json::Member& member : *object) {
    const std::string* value = member.value.if_string();
    if (value == nullptr) {
      return Fail(ErrorCode::kBadPeer, "member \"" + member.name.substr(0, 80) +
                                           "\" is not a string");
    }
    table.Set(member.name, *value);
  }
  return table;
}

std::string StringTable::Text() const {
  std::string text = "{";
  for (const std::string& key : order_) {
    if (text.size() > 1) text += ',';
    text += json::Quote(key);
    text += ':';
    text += json::Quote(values_.find(key)->second);
  }
  return text + "}";
}

Result<std::shared_ptr<const StringTable>> JsonFile::Load() const {
  // The stamp is taken before the content: a change between the two only makes
  // the next reader read again.
  const std::optional<FileStamp> stamp = TRY(env_.Stat(path_));
  if (!stamp) return std::make_shared<const StringTable>();
  {
    const std::lock_guard lock(mutex_);
    if (cached_ != nullptr && stamp_ == *stamp) return cached_;
  }
  const std::optional<Bytes> bytes = TRY(env_.Read(path_, kMaxFile));
  if (!bytes) return std::make_shared<const StringTable>();
  auto table = std::make_shared<const StringTable>(
      TRY_CONTEXT(StringTable::Parse(AsText(*bytes)), "storage: " + path_));
  const bool settled =
      clock_.UnixMicros() * 1000 - stamp->modified_ns > kSettled_ns;
  const std::lock_guard lock(mutex_);
  cached_ = settled ? table : nullptr;
  stamp_ = *stamp;
  return table;
}

Result<> JsonFile::Save(const StringTable& table) const {
  const std::string text = table.Text();
  if (text.size() > kMaxFile) {
    return Fail(ErrorCode::kTooLarge, "storage: " + path_ + " would be " +
                                          std::to_string(text.size()) +
                                          " bytes, at most " +
                                          std::to_string(kMaxFile));
  }
  return writer_.Replace(folder_, name_, std::string(kTemporaryName) + name_,
                         AsBytes(text));
}

Result<bool> JsonFile::Exists() const {
  return TRY(env_.Stat(path_)).has_value();
}

}  // namespace vouchsafe::storage
