#include "storage/store.h"

namespace vouchsafe::storage {

Result<std::vector<std::string>> Store::ListAll(std::string_view prefix) const {
  std::vector<std::string> all;
  std::string cursor;
  do {
    KeyPage page = TRY(List(prefix, cursor, 1000));
    all.insert(all.end(), page.keys.begin(), page.keys.end());
    cursor = std::move(page.next);
  } while (!cursor.empty());
  return all;
}

}  // namespace vouchsafe::storage
