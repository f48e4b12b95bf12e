#pragma once

// Checks the values of a file by the tables, and brings them into the form that
// Section reads. Internal.

#include <string>
#include <vector>

#include "config/config.h"

namespace vouchsafe::config {

class Reader {
 public:
  Reader(const Schema& schema, Source& source, const ReadOptions& options,
         std::vector<std::string>& warnings)
      : schema_(schema),
        source_(source),
        options_(options),
        warnings_(warnings) {}

  // One error with a line for each problem.
  Result<> Run();

 private:
  void MoveFromRoot(Keys table, const std::string& path);
  void CheckTable(Keys table, json::Object& object, const std::string& path);
  void RenameSiblings(const Key& key, json::Object& object,
                      const std::string& path);
  void CheckKey(const Key& key, json::Object& object, const std::string& path);
  void CheckUnknown(Keys table, const json::Object& object,
                    const std::string& path);
  std::string UnknownText(Keys table, const json::Object& object,
                          std::string_view name) const;

  void CheckValue(const Key& key, json::Value& value, const std::string& path);
  void CheckString(const Key& key, json::Value& value, const std::string& path);
  void CheckBool(const Key& key, json::Value& value, const std::string& path);
  void CheckInteger(const Key& key, json::Value& value,
                    const std::string& path);
  void CheckStrings(const Key& key, json::Value& value,
                    const std::string& path);
  void CheckTables(const Key& key, json::Value& value, const std::string& path);

  void Problem(const std::string& path, std::string_view text);
  void Want(const Key& key, const std::string& path, std::string_view wanted,
            const json::Value& got);

  const Schema& schema_;
  Source& source_;
  const ReadOptions& options_;
  std::vector<std::string>& warnings_;
  std::vector<std::string> problems_;
  // Values that are known and not built, and tables that hold one.
  size_t unbuilt_ = 0;
};

}  // namespace vouchsafe::config
