#pragma once

// Reads configuration files by the tables of key.h.
//
//   const Document document =
//       TRY(Document::Load(kKbsSchema, path, {.unknown = UnknownKeys::kWarn}));
//   for (const std::string& text : document.warnings()) log.Warn(text);
//   const Section http = document.root().Table("http_server");
//   std::vector<std::string> sockets = http.Strings("sockets");
//   std::optional<std::string> key = http.OptionalString("private_key");
//   for (const Section& plugin : document.root().Tables("plugins")) {
//     if (plugin.String("type") == "LocalFs") Open(plugin.String("dir_path"));
//   }
//
// Everything is checked by Load: types, ranges, enumerations, required and
// unknown keys. All that is wrong is in one error, a line each ("kbs.toml:3:
// http_server.sokets: unknown key, the nearest is \"sockets\""). The getters
// cannot fail: asking for a key that no table declares, or by the wrong type,
// is a bug (assert). A null counts as absent.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/key.h"
#include "config/source.h"
#include "json/value.h"

namespace vouchsafe::config {

enum class UnknownKeys { kReject, kWarn };
enum class Coercion {
  kLenient,  // "5" is 5, "true", "on" and 1 are true, 5 is "5"
  kStrict,
};

struct ReadOptions {
  UnknownKeys unknown = UnknownKeys::kReject;
  Coercion coercion = Coercion::kLenient;
  Naming naming = Naming::kExtension;  // Load only
};

// One table. Borrows the Document; copies are cheap. Names may be dotted to
// reach into tables below ("backends.redis.url").
class Section {
 public:
  const std::string& path() const { return path_; }  // "plugins[0]"
  // The table stands in the file.
  bool present() const { return object_ != nullptr; }
  // The key stands in the file (in any spelling).
  bool IsSet(std::string_view name) const;

  // The value, else the default, else empty, false or 0.
  std::string String(std::string_view name) const;
  bool Bool(std::string_view name) const;
  int64_t Int(std::string_view name) const;
  uint64_t Uint(std::string_view name) const;  // of keys with min >= 0
  std::vector<std::string> Strings(std::string_view name) const;
  json::Value Any(std::string_view name) const;  // null when there is none

  // The value, else the default, else nullopt.
  std::optional<std::string> OptionalString(std::string_view name) const;
  std::optional<bool> OptionalBool(std::string_view name) const;
  std::optional<int64_t> OptionalInt(std::string_view name) const;

  // A table that is not in the file reads as all defaults.
  Section Table(std::string_view name) const;
  std::optional<Section> OptionalTable(std::string_view name) const;
  std::vector<Section> Tables(std::string_view name) const;

 private:
  friend class Document;
  struct Found {
    const Key* key = nullptr;
    const json::Value* value = nullptr;
  };
  Section(Keys keys, const json::Object* object, std::string path)
      : keys_(keys), object_(object), path_(std::move(path)) {}
  Found Find(std::string_view name) const;
  // The value or the parsed default; null when there is neither.
  json::Value Effective(std::string_view name, Type type) const;

  Keys keys_;
  const json::Object* object_;
  std::string path_;
};

// Immutable once read, so safe to share between threads.
class Document {
 public:
  static Result<Document> Load(const Schema& schema, const std::string& path,
                               const ReadOptions& options = {});
  static Result<Document> Read(const Schema& schema, Source source,
                               const ReadOptions& options = {});

  Section root() const;
  const Schema& schema() const { return *schema_; }
  const std::string& name() const { return name_; }  // the file
  // Old spellings, ignored and unknown keys; a sentence each, with its place.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  friend std::string Print(const Document& document);
  Document() = default;
  const Schema* schema_ = nullptr;
  std::string name_;
  std::shared_ptr<const json::Value> value_;
  std::vector<std::string> warnings_;
};

// What Schema::migrate may do: move values from paths that no table declares.
class Migration {
 public:
  Migration(Source& source, std::vector<std::string>& warnings)
      : source_(source), warnings_(warnings) {}

  // The whole file as read, for what paths cannot reach (arrays of tables).
  json::Value& root() { return source_.value; }
  // nullptr when absent or null. Paths are dotted, of tables only.
  const json::Value* Find(std::string_view path) const;
  // Removes it, and tables that this leaves empty.
  std::optional<json::Value> Take(std::string_view path);
  // Gives `new_path` a value that came from `old_path`, and warns. An error
  // that names both when the new one is already there.
  Result<> Put(std::string_view old_path, std::string_view new_path,
               json::Value value);
  // Take and Put; nothing when the old one is absent.
  Result<> Move(std::string_view old_path, std::string_view new_path);
  void Warn(std::string_view path, std::string_view text);

 private:
  Source& source_;
  std::vector<std::string>& warnings_;
};

// --print-config: the effective values as TOML, secrets as "***". What has
// neither value nor default is left out.
std::string Print(const Document& document);

// --check-config: a line that says whether the file is good, then its warnings
// or errors.
std::string CheckReport(const std::string& path,
                        const Result<Document>& document);

// The reference page, Markdown.
std::string Reference(const Schema& schema);

// For a test of each schema: that defaults are of their type and range, names
// unique or under conditions, conditions about keys that stand before.
Result<> CheckSchema(const Schema& schema);

}  // namespace vouchsafe::config
