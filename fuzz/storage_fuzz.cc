// Bytes as what the stores keep in files: a LocalJson table and a LocalFs
// journal; what is read must survive being written and read again.

#include <cstdint>
#include <cstdlib>

#include "storage/journal.h"
#include "storage/json_file.h"

using namespace vouchsafe;

namespace {

void TryTable(std::string_view text) {
  const auto table = storage::StringTable::Parse(text);
  if (!table) return;
  const auto again = storage::StringTable::Parse(table->Text());
  if (!again || again->Text() != table->Text()) std::abort();
  for (const std::string& key : table->Keys()) {
    const std::string* value = again->Find(key);
    if (value == nullptr || *value != *table->Find(key)) std::abort();
  }
}

void TryJournal(ByteView bytes) {
  const auto changes = storage::ReadJournal(bytes);
  if (!changes || !*changes) return;
  if (storage::WriteJournal(**changes) != ToBytes(bytes)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView bytes(data, size);
  TryTable(AsText(bytes));
  TryJournal(bytes);
  return 0;
}
