#pragma once

// JSON Schema, drafts 4, 6 and 7 and a mixture of them when a schema does not
// say which, with the verdicts and messages of the library that OPA uses. A
// reference reaches the schema's own document alone: nothing is fetched.

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rego/builtin_call.h"
#include "rego/builtins/patterns.h"

namespace vouchsafe::rego_ext {

struct SchemaNode {
  using Link = const SchemaNode*;
  using Named = std::pair<std::string, Link>;

  std::optional<bool> pass;  // true and false as schemas
  Link ref = nullptr;
  std::vector<std::string> types;
  std::vector<Named> properties;
  std::optional<bool> additional_properties_flag, additional_items_flag;
  Link additional_properties = nullptr, additional_items = nullptr;
  std::vector<std::pair<std::shared_ptr<const rego::Pattern>, Link>>
      pattern_properties;
  Link property_names = nullptr, contains = nullptr, negated = nullptr;
  Link condition = nullptr, then_branch = nullptr, else_branch = nullptr;
  std::vector<Named> dependency_schemas;
  std::vector<std::pair<std::string, std::vector<std::string>>>
      dependency_names;
  std::vector<Link> items;
  bool single_items = false;
  rego::Value multiple_of, minimum, maximum, exclusive_minimum,
      exclusive_maximum;
  std::optional<int64_t> min_length, max_length, min_properties, max_properties,
      min_items, max_items;
  std::shared_ptr<const rego::Pattern> pattern;
  std::string pattern_text, format;
  std::vector<std::string> required;
  bool unique_items = false;
  rego::Value constant;
  std::optional<std::vector<rego::Value>> choices;  // enum
  std::vector<Link> one_of, any_of, all_of;
};

struct Schema {
  const SchemaNode* root = nullptr;
  std::deque<SchemaNode> nodes;
};

// False with a reason.
bool CompileSchema(rego::BuiltinCall& call, const rego::Value& document,
                   Schema* out, std::string* why);

struct SchemaFault {
  std::string type;     // "invalid_type"
  std::string field;    // "a.0", "(root)"
  std::string message;  // without the field
};

std::vector<SchemaFault> ValidateSchema(rego::BuiltinCall& call,
                                        const Schema& schema,
                                        const rego::Value& document);

// Unknown formats and values that are no strings fit.
bool FitsFormat(rego::BuiltinCall& call, std::string_view format,
                const rego::Value& value);

}  // namespace vouchsafe::rego_ext
