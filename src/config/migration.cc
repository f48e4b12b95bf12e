#include <span>
#include <utility>

#include "config/config.h"
#include "config/place.h"
#include "config/table.h"

namespace vouchsafe::config {

std::string PlaceOf(const Source& source, std::string_view path) {
  const auto found = source.positions.find(path);
  std::string text = source.name + ":";
  if (found != source.positions.end()) {
    text += std::to_string(found->second.line) + ":";
  }
  return text + " " + std::string(path) + ": ";
}

void CopyPositions(Source& source, const std::string& from,
                   const std::string& to) {
  std::map<std::string, Position, std::less<>> copies;
  for (auto it = source.positions.lower_bound(from);
       it != source.positions.end() && it->first.starts_with(from); ++it) {
    const std::string rest = it->first.substr(from.size());
    if (rest.empty() || rest[0] == '.' || rest[0] == '[') {
      copies.emplace(to + rest, it->second);
    }
  }
  source.positions.merge(copies);
}

namespace {

// Erases the member at `names`, and tables that this leaves empty.
void EraseAt(json::Object& object, std::span<const std::string_view> names) {
  if (names.size() == 1) {
    object.Erase(names[0]);
    return;
  }
  json::Value* below = object.Find(names[0]);
  if (below == nullptr || !below->is_object()) return;
  EraseAt(*below->if_object(), names.subspan(1));
  if (below->if_object()->empty()) object.Erase(names[0]);
}

}  // namespace

const json::Value* Migration::Find(std::string_view path) const {
  const json::Value* here = &source_.value;
  for (const std::string_view name : Split(path, '.')) {
    here = here->Find(name);
    if (here == nullptr || here->is_null()) return nullptr;
  }
  return here;
}

std::optional<json::Value> Migration::Take(std::string_view path) {
  const json::Value* found = Find(path);
  if (found == nullptr || path.empty()) return std::nullopt;
  json::Value value = *found;
  EraseAt(*source_.value.if_object(), Split(path, '.'));
  return value;
}

Result<> Migration::Put(std::string_view old_path, std::string_view new_path,
                        json::Value value) {
  const std::string place = PlaceOf(source_, old_path);
  if (Find(new_path) != nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                place + "the old spelling of \"" + std::string(new_path) +
                    "\", which is given too; keep only the new one");
  }
  json::Value* here = &source_.value;
  const auto names = Split(new_path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    if (here->is_null()) *here = json::Object();
    json::Object* object = here->if_object();
    if (object == nullptr) {
      return Fail(ErrorCode::kInvalidInput,
                  place + "the old spelling of \"" + std::string(new_path) +
                      "\", but what that stands in is not a table");
    }
    json::Value* next = object->Find(names[i]);
    here = next == nullptr ? &object->Set(names[i], nullptr) : next;
  }
  *here = std::move(value);
  CopyPositions(source_, std::string(old_path), std::string(new_path));
  Warn(old_path,
       "an old spelling, write \"" + std::string(new_path) + "\" instead");
  return {};
}

Result<> Migration::Move(std::string_view old_path, std::string_view new_path) {
  // The conflict is told by Put, so the value is taken even then.
  std::optional<json::Value> value = Take(old_path);
  if (!value) return {};
  return Put(old_path, new_path, *std::move(value));
}

void Migration::Warn(std::string_view path, std::string_view text) {
  warnings_.push_back(PlaceOf(source_, path) + std::string(text));
}

}  // namespace vouchsafe::config
