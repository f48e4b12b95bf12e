#pragma once

// The tables from which everything about a configuration file is made: the
// reader, its errors, --print-config and the reference page. All constexpr; a
// table is an array of Key, tables nest by pointing to each other:
//
//   inline constexpr Key kHttpServer[] = {
//       {.name = "sockets",
//        .type = Type::kStrings,
//        .fallback = R"(["127.0.0.1:8080"])",
//        .sentence = "Addresses to listen on.",
//        .old = "/sockets"},
//       {.name = "private_key", .sentence = "PEM file of the TLS key."},
//       {.name = "worker_count", .type = Type::kInteger, .sentence = "...",
//        .min = 1, .max = 1024},
//   };
//   inline constexpr Key kBackend[] = {     // a tagged union
//       {.name = "type", .sentence = "Which store.", .required = true,
//        .values = "LocalFs,local_fs|Memory,memory"},
//       {.name = "dir_path", .fallback = "/var/lib/x", .sentence = "Folder.",
//        .when = "type=LocalFs"},
//       {.name = "password", .sentence = "...", .secret = true},
//   };
//   inline constexpr Key kKbs[] = {
//       {.name = "http_server", .type = Type::kTable, .sentence = "...",
//        .required = true, .keys = kHttpServer},
//       {.name = "plugins", .type = Type::kTables, .sentence = "...",
//        .keys = kBackend},
//   };
//   inline constexpr Schema kKbsSchema{.title = "kbs", .keys = kKbs};

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace vouchsafe::config {

enum class Type {
  kString,  // with `values`: an enumeration
  kBool,
  kInteger,  // int64 within min and max
  kStrings,  // array of strings
  kTable,    // `keys` say what is in it
  kTables,   // array of tables, [[name]] in TOML
  kAny,      // any value; the owner reads it
  kIgnored,  // accepted with a warning: had a meaning once, has none now
};

struct Key;

// A table: a view of a constexpr array.
struct Keys {
  const Key* first = nullptr;
  size_t count = 0;

  constexpr Keys() = default;
  template <size_t N>
  constexpr Keys(const Key (&keys)[N]) : first(keys), count(N) {}
  constexpr const Key* begin() const { return first; }
  constexpr const Key* end() const;
};

struct Key {
  std::string_view name;  // in its table, without dots
  Type type = Type::kString;
  // The default as text; JSON for kStrings and kAny. Empty: none.
  std::string_view fallback = {};
  std::string_view sentence = {};  // for the reference page
  // Older spellings, separated by '|': a name in the same table, or from the
  // root when it begins with '/' ("/as_config.work_dir"; not inside kTables).
  // Accepted with a warning; together with the new one an error.
  std::string_view old = {};
  bool required = false;  // wherever the table it stands in is given
  bool secret = false;    // printed as "***"
  // A table that without being given is absent, rather than all defaults.
  bool optional = false;
  // kString: the values allowed, separated by '|'; after a comma other
  // spellings of the same ("LocalFs,local_fs|Memory"). Readers see the first.
  std::string_view values = {};
  // Of these, those that are known and not built yet, separated by '|': refused
  // by name (kUnsupported), and nothing is said of the keys beside them.
  std::string_view unbuilt = {};
  int64_t min = 0;
  int64_t max = INT64_MAX;
  // The key exists only where a key of the same table has one of these values:
  // "type=LocalFs|LocalJson", and several joined by '&'. Two entries may have
  // the same name under different conditions.
  std::string_view when = {};
  Keys keys = {};  // of kTable and kTables
};

constexpr const Key* Keys::end() const { return first + count; }

class Migration;  // config.h

struct Schema {
  std::string_view title;  // of the reference page
  Keys keys;
  // For old forms that no table of spellings expresses. Runs first, on the
  // values as they were read. Optional.
  Result<> (*migrate)(Migration&) = nullptr;
};

}  // namespace vouchsafe::config
