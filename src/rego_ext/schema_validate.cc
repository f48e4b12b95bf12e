#include <algorithm>

#include "rego/builtins/go_float.h"
#include "rego_ext/schema.h"

namespace vouchsafe::rego_ext {
namespace {

using rego::BuiltinCall;
using rego::Kind;
using rego::Value;
using Link = SchemaNode::Link;

constexpr size_t kMaxDepth = 512;

// The faults found, and how well the value fitted: of several alternatives the
// best one's faults are shown.
struct Result {
  std::vector<SchemaFault> faults;
  int64_t score = 0;
  bool valid() const { return faults.empty(); }
};

class Validator {
 public:
  explicit Validator(BuiltinCall& call) : call_(call) {}

  void Check(const SchemaNode& node, const Value& value, const std::string& at,
             Result& out) {
    call_.budget.Step(4);
    if (++depth_ > kMaxDepth) {
      rego::ThrowLimit("limit_depth", "a schema refers to itself too deeply");
    }
    if (node.pass) {
      if (!*node.pass) Fault(out, at, "false", "False always fails validation");
    } else if (node.ref) {
      Check(*node.ref, value, at, out);
    } else if (TypeFits(node, value, at, out)) {
      Combine(node, value, at, out);
      if (value.is_array()) CheckArray(node, value, at, out);
      if (value.is_object()) CheckObject(node, value, at, out);
      if (value.is_number()) CheckNumber(node, value, at, out);
      CheckCommon(node, value, at, out);
      if (value.is_string()) CheckString(node, value, at, out);
      if (value.is_object()) CheckProperties(node, value, at, out);
      ++out.score;
    }
    --depth_;
  }

 private:
  void Fault(Result& out, const std::string& at, std::string_view type,
             const std::string& message) {
    call_.budget.Bytes(message.size() + at.size());
    call_.arena.Charge(sizeof(SchemaFault) + message.size() + at.size());
    constexpr std::string_view kRoot = "(root).";
    const std::string field =
        at.starts_with(kRoot) ? at.substr(kRoot.size()) : at;
    out.faults.push_back({std::string(type), field, message});
    out.score -= 2;
  }
  static void Merge(Result& out, Result&& more) {
    out.faults.insert(out.faults.end(),
                      std::make_move_iterator(more.faults.begin()),
                      std::make_move_iterator(more.faults.end()));
    out.score += more.score;
  }
  Result Try(Link node, const Value& value, const std::string& at) {
    Result out;
    Check(*node, value, at, out);
    return out;
  }
  std::string Below(const std::string& at, std::string_view key) {
    call_.budget.Bytes(at.size() + key.size());
    return at + "." + std::string(key);
  }

  static std::string_view TypeName(const Value& value) {
    if (value.is_number()) return rego::IsInteger(value) ? "integer" : "number";
    return rego::KindName(value.kind());
  }
  bool TypeFits(const SchemaNode& node, const Value& value,
                const std::string& at, Result& out) {
    if (node.types.empty()) return true;
    const std::string_view given = TypeName(value);
    std::string list;
    for (const std::string& type : node.types) {
      if (type == given || (given == "integer" && type == "number")) {
        return true;
      }
      list += (list.empty() ? "" : ",") + type;
    }
    if (node.types.size() > 1) list = "[" + list + "]";
    Fault(out, at, "invalid_type",
          "Invalid type. Expected: " + list + ", given: " + std::string(given));
    return false;
  }

  void Alternatives(const SchemaNode& node, const Value& value,
                    const std::string& at, Result& out) {
    const auto best = [](std::optional<Result>& kept, Result&& next) {
      if (!kept || next.score > kept->score) kept = std::move(next);
    };
    std::optional<Result> any, one;
    bool any_fits = node.any_of.empty();
    for (const Link link : node.any_of) {
      if (any_fits) break;
      Result result = Try(link, value, at);
      any_fits = result.valid();
      if (!any_fits) best(any, std::move(result));
    }
    if (!any_fits) {
      Fault(out, at, "number_any_of",
            "Must validate at least one schema (anyOf)");
      if (any) Merge(out, std::move(*any));
    }
    size_t fitting = 0;
    for (const Link link : node.one_of) {
      Result result = Try(link, value, at);
      if (result.valid()) {
        ++fitting;
      } else if (fitting == 0) {
        best(one, std::move(result));
      }
    }
    if (!node.one_of.empty() && fitting != 1) {
      Fault(out, at, "number_one_of",
            "Must validate one and only one schema (oneOf)");
      if (fitting == 0 && one) Merge(out, std::move(*one));
    }
  }

  void Combine(const SchemaNode& node, const Value& value,
               const std::string& at, Result& out) {
    Alternatives(node, value, at, out);
    size_t fitting = 0;
    for (const Link link : node.all_of) {
      Result result = Try(link, value, at);
      if (result.valid()) ++fitting;
      Merge(out, std::move(result));
    }
    if (fitting != node.all_of.size()) {
      Fault(out, at, "number_all_of", "Must validate all the schemas (allOf)");
    }
    if (node.negated && Try(node.negated, value, at).valid()) {
      Fault(out, at, "number_not", "Must not validate the schema (not)");
    }
    Dependencies(node, value, at, out);
    if (node.condition) Condition(node, value, at, out);
    ++out.score;
  }

  void Dependencies(const SchemaNode& node, const Value& value,
                    const std::string& at, Result& out) {
    if (!value.is_object()) return;
    for (const auto& [key, names] : node.dependency_names) {
      if (!value.Get(key).defined()) continue;
      for (const std::string& name : names) {
        if (value.Get(name).defined()) continue;
        Fault(out, at, "missing_dependency", "Has a dependency on " + name);
      }
    }
    for (const auto& [key, link] : node.dependency_schemas) {
      if (value.Get(key).defined()) Check(*link, value, at, out);
    }
  }

  void Condition(const SchemaNode& node, const Value& value,
                 const std::string& at, Result& out) {
    const bool holds = Try(node.condition, value, at).valid();
    const Link branch = holds ? node.then_branch : node.else_branch;
    if (!branch) return;
    Result result = Try(branch, value, at);
    if (result.valid()) return;
    if (holds) {
      Fault(out, at, "condition_then",
            "Must validate \"then\" as \"if\" was valid");
    } else {
      Fault(out, at, "condition_else",
            "Must validate \"else\" as \"if\" was not valid");
    }
    Merge(out, std::move(result));
  }

  void CheckCommon(const SchemaNode& node, const Value& value,
                   const std::string& at, Result& out) {
    if (node.constant.defined()) {
      call_.budget.Items(value.size());
      if (!(value == node.constant)) {
        Fault(out, at, "const",
              FieldName(at) +
                  " does not match: " + rego::JsonText(node.constant));
      }
    }
    if (node.choices) {
      call_.budget.Items(node.choices->size() + value.size());
      if (std::find(node.choices->begin(), node.choices->end(), value) ==
          node.choices->end()) {
        std::string allowed;
        for (const Value& choice : *node.choices) {
          allowed += (allowed.empty() ? "" : ", ") + rego::JsonText(choice);
        }
        if (allowed.empty()) allowed = "(none)";
        Fault(out, at, "enum",
              FieldName(at) + " must be one of the following: " + allowed);
      }
    }
    if (!node.format.empty() && !FitsFormat(call_, node.format, value)) {
      Fault(out, at, "format", "Does not match format '" + node.format + "'");
    }
    ++out.score;
  }
  static std::string FieldName(const std::string& at) {
    constexpr std::string_view kRoot = "(root).";
    return at.starts_with(kRoot) ? at.substr(kRoot.size()) : at;
  }

  void CheckItems(const SchemaNode& node, const Value& value,
                  const std::string& at, Result& out) {
    for (size_t i = 0; i < value.size(); ++i) {
      const Value& item = value.items()[i];
      Link link = nullptr;
      if (node.single_items) {
        link = node.items[0];
      } else if (i < node.items.size()) {
        link = node.items[i];
      } else if (!node.items.empty()) {
        link = node.additional_items;
      }
      if (link) Merge(out, Try(link, item, Below(at, std::to_string(i))));
    }
    if (!node.single_items && !node.items.empty() &&
        node.items.size() < value.size() &&
        node.additional_items_flag == false) {
      Fault(out, at, "array_no_additional_items",
            "No additional items allowed on array");
    }
  }

  void CheckArray(const SchemaNode& node, const Value& value,
                  const std::string& at, Result& out) {
    CheckItems(node, value, at, out);
    const int64_t size = value.size();
    if (node.min_items && size < *node.min_items) {
      Fault(out, at, "array_min_items",
            "Array must have at least " + std::to_string(*node.min_items) +
                " items");
    }
    if (node.max_items && size > *node.max_items) {
      Fault(out, at, "array_max_items",
            "Array must have at most " + std::to_string(*node.max_items) +
                " items");
    }
    if (node.unique_items) CheckUnique(value, at, out);
    if (node.contains) CheckContains(node, value, at, out);
    ++out.score;
  }

  void CheckUnique(const Value& value, const std::string& at, Result& out) {
    call_.budget.Items(size_t{value.size()} * 8);
    std::map<Value, size_t, rego::ValueLess> seen;
    for (size_t i = 0; i < value.size(); ++i) {
      const auto [found, fresh] = seen.emplace(value.items()[i], i);
      if (!fresh) {
        Fault(out, at, "unique",
              "array items[" + std::to_string(found->second) + "," +
                  std::to_string(i) + "] must be unique");
      }
      found->second = i;
    }
  }

  void CheckContains(const SchemaNode& node, const Value& value,
                     const std::string& at, Result& out) {
    std::optional<Result> best;
    for (size_t i = 0; i < value.size(); ++i) {
      Result result =
          Try(node.contains, value.items()[i], Below(at, std::to_string(i)));
      if (result.valid()) return;
      if (!best || result.score > best->score) best = std::move(result);
    }
    Fault(out, at, "contains", "At least one of the items must match");
    if (best) Merge(out, std::move(*best));
  }

  bool CheckPatterns(const SchemaNode& node, std::string_view key,
                     const Value& value, const std::string& at, Result& out) {
    bool matched = false;
    for (const auto& [pattern, link] : node.pattern_properties) {
      if (!rego::Matches(call_, *pattern, key)) continue;
      matched = true;
      Merge(out, Try(link, value, Below(at, key)));
    }
    if (matched) ++out.score;
    return matched;
  }

  void CheckObject(const SchemaNode& node, const Value& value,
                   const std::string& at, Result& out) {
    const int64_t size = value.size();
    if (node.min_properties && size < *node.min_properties) {
      Fault(out, at, "array_min_properties",
            "Must have at least " + std::to_string(*node.min_properties) +
                " properties");
    }
    if (node.max_properties && size > *node.max_properties) {
      Fault(out, at, "array_max_properties",
            "Must have at most " + std::to_string(*node.max_properties) +
                " properties");
    }
    for (const std::string& name : node.required) {
      if (value.Get(name).defined()) {
        ++out.score;
      } else {
        Fault(out, at, "required", name + " is required");
      }
    }
    for (size_t i = 0; i < value.size(); ++i) {
      const std::string_view key = value.keys()[i].text();
      const Value& item = value.values()[i];
      call_.budget.Items(node.properties.size() + 8);
      const bool described =
          std::any_of(node.properties.begin(), node.properties.end(),
                      [&](const auto& named) { return named.first == key; });
      const bool matched = CheckPatterns(node, key, item, at, out);
      if (described || matched) continue;
      if (node.additional_properties_flag == false) {
        Fault(out, at, "additional_property_not_allowed",
              "Additional property " + std::string(key) + " is not allowed");
      } else if (node.additional_properties) {
        Merge(out, Try(node.additional_properties, item, Below(at, key)));
      }
    }
    CheckNames(node, value, at, out);
    ++out.score;
  }

  void CheckNames(const SchemaNode& node, const Value& value,
                  const std::string& at, Result& out) {
    if (!node.property_names) return;
    for (const Value& key : value.keys()) {
      Result result = Try(node.property_names, key, at);
      if (result.valid()) continue;
      Fault(out, at, "invalid_property_name",
            "Property name of \"" + std::string(key.text()) +
                "\" does not match");
      Merge(out, std::move(result));
    }
  }

  void CheckProperties(const SchemaNode& node, const Value& value,
                       const std::string& at, Result& out) {
    for (const auto& [name, link] : node.properties) {
      const Value item = value.Get(name);
      if (item.defined()) Check(*link, item, Below(at, name), out);
    }
  }

  void CheckString(const SchemaNode& node, const Value& value,
                   const std::string& at, Result& out) {
    const auto size = static_cast<int64_t>(rego::CountCodePoints(value.text()));
    call_.budget.Bytes(value.size());
    if (node.min_length && size < *node.min_length) {
      Fault(out, at, "string_gte",
            "String length must be greater than or equal to " +
                std::to_string(*node.min_length));
    }
    if (node.max_length && size > *node.max_length) {
      Fault(out, at, "string_lte",
            "String length must be less than or equal to " +
                std::to_string(*node.max_length));
    }
    if (node.pattern && !rego::Matches(call_, *node.pattern, value.text())) {
      Fault(out, at, "pattern",
            "Does not match pattern '" + node.pattern_text + "'");
    }
    ++out.score;
  }

  // Exact: decimals scaled to integers.
  bool IsMultiple(const Value& value, const Value& of) {
    const Value quotient = rego::Divide(call_.arena, value, of);
    if (rego::IsInteger(value) && rego::IsInteger(of)) {
      return rego::IsInteger(quotient);
    }
    if (!rego::IsInteger(quotient)) return false;
    return rego::CompareNumbers(rego::Multiply(call_.arena, quotient, of),
                                value) == 0;
  }
  static std::string Shown(const Value& bound) {
    const double value = rego::AsDouble(bound);
    return (value < 0 ? "-" : "") + rego::FormatFloat(value, 'g', 10);
  }

  void CheckNumber(const SchemaNode& node, const Value& value,
                   const std::string& at, Result& out) {
    if (!value.is_int()) call_.budget.Bytes(size_t{value.size()} * 16);
    if (node.multiple_of.defined() && !IsMultiple(value, node.multiple_of)) {
      Fault(out, at, "multiple_of",
            "Must be a multiple of " + Shown(node.multiple_of));
    }
    struct Bound {
      const Value& bound;
      int worst;  // the least order of value and bound that fails
      bool above;
      std::string_view type, text;
    };
    const Bound bounds[] = {
        {node.maximum, 1, true, "number_lte", "Must be less than or equal to "},
        {node.exclusive_maximum, 0, true, "number_lt", "Must be less than "},
        {node.minimum, 1, false, "number_gte",
         "Must be greater than or equal to "},
        {node.exclusive_minimum, 0, false, "number_gt",
         "Must be greater than "}};
    for (const Bound& bound : bounds) {
      if (!bound.bound.defined()) continue;
      const int order = rego::CompareNumbers(value, bound.bound);
      if ((bound.above ? order : -order) < bound.worst) continue;
      Fault(out, at, bound.type, std::string(bound.text) + Shown(bound.bound));
    }
    ++out.score;
  }

  BuiltinCall& call_;
  size_t depth_ = 0;
};

}  // namespace

std::vector<SchemaFault> ValidateSchema(BuiltinCall& call, const Schema& schema,
                                        const Value& document) {
  Result out;
  Validator(call).Check(*schema.root, document, "(root)", out);
  return std::move(out.faults);
}

}  // namespace vouchsafe::rego_ext
