#include "rego/show.h"

#include "rego/print.h"
#include "rego/tree.h"

namespace vouchsafe::rego {
namespace {

// "input.a.b" to its parts; keys that are no names are not reached.
std::vector<std::string> Parts(std::string_view path) {
  std::vector<std::string> out;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('.', begin), path.size());
    out.emplace_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

const void* AddressOf(const Value& value) {
  if (value.size() == 0) return nullptr;
  if (value.is_string()) return value.text().data();
  if (value.is_collection()) return value.items().data();
  return nullptr;
}

}  // namespace

std::string KeyText(const Value& key) {
  if (!key.is_string()) return "[" + RegoText(key) + "]";
  const std::string path = PathText({std::string(key.text())});
  return path.substr(std::string_view("data").size());
}

Shower::Shower(const WhyOptions& options, const Value& input, const Value& data)
    : options_(options) {
  for (const std::string& path : options.redact) {
    const std::vector<std::string> parts = Parts(path);
    const Value* at = parts[0] == "input"  ? &input
                      : parts[0] == "data" ? &data
                                           : nullptr;
    for (size_t i = 1; at && i < parts.size(); ++i) {
      if (!at->is_object()) {
        at = nullptr;
        break;
      }
      const auto keys = at->keys();
      const Value* next = nullptr;
      for (size_t k = 0; k < keys.size(); ++k) {
        if (keys[k].is_string() && keys[k].text() == parts[i]) {
          next = &at->values()[k];
        }
      }
      at = next;
    }
    if (at == nullptr) continue;
    hidden_.insert(at);
    Hide(*at);
  }
}

void Shower::Hide(const Value& value) {
  if (const void* address = AddressOf(value)) hidden_.insert(address);
  if (!value.is_collection()) return;
  for (const Value& item : value.items()) {
    hidden_.insert(&item);
    Hide(item);
  }
  if (!value.is_object()) return;
  for (const Value& item : value.values()) {
    hidden_.insert(&item);
    Hide(item);
  }
}

bool Shower::Hides(std::string_view path) const {
  for (const std::string& hidden : options_.redact) {
    if (!path.starts_with(hidden)) continue;
    if (path.size() == hidden.size() || path[hidden.size()] == '.' ||
        path[hidden.size()] == '[') {
      return true;
    }
  }
  return false;
}

std::string Shower::Outline(const Value& value) {
  std::string out = "<" + std::string(KindName(value.kind()));
  if (value.is_string()) {
    out += ", " + std::to_string(value.size()) + " bytes";
  } else if (value.is_collection()) {
    out += ", " + std::to_string(value.size()) + " items";
  }
  return out + ">";
}

std::string Shower::Show(const Value& value, std::string_view path) const {
  if (!value.defined()) return "undefined";
  if (!options_.show_values || Hides(path)) return Outline(value);
  std::string out;
  Write(value, out);
  if (out.size() <= options_.value_length) return out;
  size_t cut = options_.value_length;
  while (cut > 0 && (static_cast<unsigned char>(out[cut]) & 0xc0) == 0x80) {
    --cut;
  }
  out.resize(cut);
  return out + "...";
}

void Shower::WriteSlot(const Value& slot, std::string& out) const {
  if (hidden_.contains(&slot)) {
    out += Outline(slot);
  } else {
    Write(slot, out);
  }
}

// Stops soon after the length that is shown.
void Shower::Write(const Value& value, std::string& out) const {
  if (out.size() > options_.value_length) return;
  if (!hidden_.empty() && hidden_.contains(AddressOf(value))) {
    out += Outline(value);
    return;
  }
  if (value.is_string() && value.size() > options_.value_length) {
    out += RegoText(Value::Text(value.text().substr(0, options_.value_length)));
    out.pop_back();  // the end is not shown
    return;
  }
  if (!value.is_collection() || value.size() == 0) {
    out += RegoText(value);
    return;
  }
  out += value.is_array() ? "[" : "{";
  for (size_t i = 0; i < value.size(); ++i) {
    if (out.size() > options_.value_length) return;
    if (i > 0) out += ", ";
    WriteSlot(value.items()[i], out);
    if (!value.is_object()) continue;
    out += ": ";
    WriteSlot(value.values()[i], out);
  }
  out += value.is_array() ? "]" : "}";
}

}  // namespace vouchsafe::rego
