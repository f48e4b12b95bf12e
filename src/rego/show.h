#pragma once

// Values as text for people: shortened, and without what must not be shown.

#include <set>
#include <string>

#include "rego/rego.h"
#include "rego/value.h"

namespace vouchsafe::rego {

class Shower {
 public:
  // Paths to hide are looked up in the documents, so that a value is known
  // wherever it turns up.
  Shower(const WhyOptions& options, const Value& input, const Value& data);

  // Rego text; "<string, 64 bytes>" for a hidden one. `path` is where the
  // value comes from, when that is known ("input.a.b").
  std::string Show(const Value& value, std::string_view path = {}) const;
  // Whether the path or one above it is hidden.
  bool Hides(std::string_view path) const;

 private:
  void Hide(const Value& value);
  void Write(const Value& value, std::string& out) const;
  void WriteSlot(const Value& slot, std::string& out) const;
  static std::string Outline(const Value& value);

  const WhyOptions& options_;
  // Of hidden texts and collections, and where hidden values stand.
  std::set<const void*> hidden_;
};

// A key of an object or array after a path: `.name`, `["a b"]`, `[3]`.
std::string KeyText(const Value& key);

}  // namespace vouchsafe::rego
