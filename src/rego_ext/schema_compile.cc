#include <algorithm>

#include "rego/builtins/json_path.h"
#include "rego_ext/schema.h"

namespace vouchsafe::rego_ext {
namespace {

using rego::BuiltinCall;
using rego::Kind;
using rego::Value;
using Link = SchemaNode::Link;

constexpr size_t kMaxNodes = 100'000;
constexpr size_t kMaxDepth = 256;
constexpr std::string_view kTypes[] = {"array", "boolean", "integer", "number",
                                       "null",  "object",  "string"};

class Compiler {
 public:
  Compiler(BuiltinCall& call, const Value& document, Schema* out)
      : call_(call), document_(document), out_(out) {}

  bool Run() {
    if (!ReadDraft()) return false;
    SchemaNode* root = New();
    refs_["#"] = root;
    refs_[""] = root;
    out_->root = root;
    return Read(document_, root, 0);
  }

  std::string why;

 private:
  enum class Draft { k4, k6, k7, kHybrid };

  bool Fail(const std::string& text) {
    if (why.empty()) why = text;
    return false;
  }
  bool BadType(const std::string& expected, const std::string& given) {
    return Fail("Invalid type. Expected: " + expected + ", given: " + given);
  }

  SchemaNode* New() {
    call_.budget.Step(16);
    call_.arena.Need((out_->nodes.size() + 1) * 2 * sizeof(SchemaNode));
    return &out_->nodes.emplace_back();
  }

  bool ReadDraft() {
    if (!document_.is_object()) {
      return document_.kind() == Kind::kBool || Fail("schema is invalid");
    }
    const Value schema = document_.Get("$schema");
    if (!schema.defined()) return true;
    if (!schema.is_string()) return Fail("$schema must be of type string");
    const std::string_view text = schema.text();
    if (text.find("/draft-04/") != text.npos) draft_ = Draft::k4;
    if (text.find("/draft-06/") != text.npos) draft_ = Draft::k6;
    if (text.find("/draft-07/") != text.npos) draft_ = Draft::k7;
    return true;
  }

  Link Child(const Value& value, size_t depth) {
    SchemaNode* node = New();
    return Read(value, node, depth + 1) ? node : nullptr;
  }
  // A schema, or "expected" in the words of the place.
  static bool IsSchema(const Value& value) {
    return value.is_object() || value.kind() == Kind::kBool;
  }

  bool Text(const Value& object, const std::string& key, Value* out) {
    *out = object.Get(key);
    if (!out->defined() || out->is_string()) return true;
    return BadType("string", key);
  }
  bool List(const Value& object, const std::string& key, Value* out) {
    *out = object.Get(key);
    if (!out->defined() || out->is_array()) return true;
    return Fail(key + " must be of an array");
  }

  bool Read(const Value& value, SchemaNode* node, size_t depth) {
    if (out_->nodes.size() > kMaxNodes || depth > kMaxDepth) {
      return Fail("the schema is too large");
    }
    if (value.kind() == Kind::kBool && draft_ != Draft::k4) {
      node->pass = value.is_true();
      return true;
    }
    if (!value.is_object()) return Fail("Expected: schema");
    Value ignored, ref;
    for (const std::string key : {"title", "description", "$id"}) {
      if (!Text(value, key, &ignored)) return false;
    }
    if (!Definitions(value, depth) || !Text(value, "$ref", &ref)) return false;
    if (ref.defined()) return Reference(std::string(ref.text()), node, depth);
    return Types(value, node) && Objects(value, node, depth) &&
           Arrays(value, node, depth) && Numbers(value, node) &&
           Sizes(value, node) && Strings(value, node) && Values(value, node) &&
           Combined(value, node, depth);
  }

  // Definitions are checked though nothing may refer to them.
  bool Definitions(const Value& value, size_t depth) {
    const Value definitions = value.Get("definitions");
    if (!definitions.defined()) return true;
    if (!definitions.is_object()) {
      return BadType("array of schemas", "definitions");
    }
    for (const Value& definition : definitions.values()) {
      if (!IsSchema(definition)) {
        return BadType("array of schemas", "definitions");
      }
      if (!Child(definition, depth)) return false;
    }
    return true;
  }

  bool Reference(const std::string& ref, SchemaNode* node, size_t depth) {
    const auto known = refs_.find(ref);
    if (known != refs_.end()) {
      node->ref = known->second;
      return true;
    }
    const Value target = Resolve(ref);
    if (!target.defined()) {
      return Fail(ref.starts_with("#")
                      ? "Object has no key '" + ref.substr(1) + "'"
                      : "Reference " + ref + " must be canonical");
    }
    if (!IsSchema(target)) return Fail("schema must be of type object");
    SchemaNode* made = New();
    refs_[ref] = made;
    node->ref = made;
    return Read(target, made, depth + 1);
  }

  // "#/definitions/a", a "$id" of a part, or the document's own id before "#".
  Value Resolve(const std::string& ref) {
    const size_t hash = std::min(ref.find('#'), ref.size());
    Value base = document_;
    if (hash > 0) {
      base = ById(document_, ref.substr(0, hash), 0);
      if (!base.defined()) return {};
    }
    const std::string pointer =
        hash < ref.size() ? ref.substr(hash + 1) : std::string();
    if (pointer.empty()) return base;
    if (pointer[0] != '/') return ById(base, "#" + pointer, 0);
    rego::JsonPath path;
    if (!rego::ReadJsonPath(call_, call_.Text(pointer), &path)) return {};
    for (const Value& key : path) {
      if (base.is_array()) {
        const std::string index(key.text());
        if (index.empty() || index.size() > 9 ||
            index.find_first_not_of("0123456789") != std::string::npos) {
          return {};
        }
        base = base.Get(Value::Int(std::stoll(index)));
      } else {
        base = base.Get(key);
      }
      if (!base.defined()) return {};
    }
    return base;
  }

  Value ById(const Value& value, const std::string& id, size_t depth) {
    call_.budget.Items(value.size());
    if (!value.is_collection() || depth > kMaxDepth) return {};
    if (value.is_object()) {
      for (const std::string_view key : {"$id", "id"}) {
        const Value own = value.Get(key);
        if (!own.is_string()) continue;
        std::string text(own.text());
        if (text == id || text == id + "#") return value;
      }
    }
    const auto children = value.is_object() ? value.values() : value.items();
    for (const Value& child : children) {
      const Value found = ById(child, id, depth + 1);
      if (found.defined()) return found;
    }
    return {};
  }

  bool AddType(const Value& type, SchemaNode* node) {
    const std::string name(type.text());
    if (std::find(std::begin(kTypes), std::end(kTypes), name) ==
        std::end(kTypes)) {
      return Fail("has a primitive type that is NOT VALID -- given: /" + name +
                  "/ Expected valid values are:[array boolean integer number "
                  "null object string]");
    }
    if (std::find(node->types.begin(), node->types.end(), name) !=
        node->types.end()) {
      return Fail(name + " type is duplicated");
    }
    node->types.push_back(name);
    return true;
  }
  bool Types(const Value& value, SchemaNode* node) {
    const Value type = value.Get("type");
    if (!type.defined()) return true;
    if (type.is_string()) return AddType(type, node);
    if (!type.is_array()) return BadType("string/array of strings", "type");
    for (const Value& item : type.items()) {
      if (!item.is_string()) return BadType("type", "string/array of strings");
      if (!AddType(item, node)) return false;
    }
    return true;
  }

  // A flag or a schema.
  bool FlagOrSchema(const Value& value, const std::string& key, size_t depth,
                    std::optional<bool>* flag, Link* link) {
    const Value found = value.Get(key);
    if (!found.defined()) return true;
    if (found.kind() == Kind::kBool) {
      *flag = found.is_true();
      return true;
    }
    if (!found.is_object()) return BadType("boolean/schema", key);
    *link = Child(found, depth);
    return *link != nullptr;
  }
  bool OptionalSchema(const Value& value, const std::string& key, size_t depth,
                      Link* link) {
    const Value found = value.Get(key);
    if (!found.defined()) return true;
    if (!IsSchema(found)) return Fail(key + " must be of an object");
    *link = Child(found, depth);
    return *link != nullptr;
  }

  bool Objects(const Value& value, SchemaNode* node, size_t depth) {
    const Value properties = value.Get("properties");
    if (properties.defined() && !properties.is_object()) {
      return Fail("properties must be of type object");
    }
    for (size_t i = 0; i < properties.size(); ++i) {
      const Link child = Child(properties.values()[i], depth);
      if (!child) return false;
      node->properties.emplace_back(properties.keys()[i].text(), child);
    }
    return FlagOrSchema(value, "additionalProperties", depth,
                        &node->additional_properties_flag,
                        &node->additional_properties) &&
           Patterns(value, node, depth) &&
           (draft_ == Draft::k4 || OptionalSchema(value, "propertyNames", depth,
                                                  &node->property_names)) &&
           Dependencies(value, node, depth);
  }

  bool Patterns(const Value& value, SchemaNode* node, size_t depth) {
    const Value patterns = value.Get("patternProperties");
    if (!patterns.defined()) return true;
    if (!patterns.is_object()) return BadType("schema", "patternProperties");
    for (size_t i = 0; i < patterns.size(); ++i) {
      const std::string_view text = patterns.keys()[i].text();
      auto pattern = rego::CompilePattern(call_, text);
      if (!pattern->ok()) {
        return Fail("Invalid regex pattern '" + std::string(text) + "'");
      }
      const Link child = Child(patterns.values()[i], depth);
      if (!child) return false;
      node->pattern_properties.emplace_back(std::move(pattern), child);
    }
    return true;
  }

  bool Dependencies(const Value& value, SchemaNode* node, size_t depth) {
    const Value dependencies = value.Get("dependencies");
    if (!dependencies.defined()) return true;
    if (!dependencies.is_object()) {
      return Fail("dependencies must be of type object");
    }
    const std::string bad =
        "dependency must be of type schema or array of strings";
    for (size_t i = 0; i < dependencies.size(); ++i) {
      const std::string key(dependencies.keys()[i].text());
      const Value& needs = dependencies.values()[i];
      if (IsSchema(needs)) {
        const Link child = Child(needs, depth);
        if (!child) return false;
        node->dependency_schemas.emplace_back(key, child);
        continue;
      }
      if (!needs.is_array()) return Fail(bad);
      std::vector<std::string> names;
      for (const Value& name : needs.items()) {
        if (!name.is_string()) return Fail(bad);
        names.emplace_back(name.text());
      }
      node->dependency_names.emplace_back(key, std::move(names));
    }
    return true;
  }

  bool Arrays(const Value& value, SchemaNode* node, size_t depth) {
    const Value items = value.Get("items");
    if (items.defined()) {
      node->single_items = !items.is_array();
      if (!IsSchema(items) && !items.is_array()) {
        return BadType("schema/array of schemas", "items");
      }
      const std::span<const Value> list =
          items.is_array() ? items.items() : std::span(&items, 1);
      for (const Value& item : list) {
        if (!IsSchema(item)) return BadType("schema/array of schemas", "items");
        const Link child = Child(item, depth);
        if (!child) return false;
        node->items.push_back(child);
      }
    }
    return FlagOrSchema(value, "additionalItems", depth,
                        &node->additional_items_flag,
                        &node->additional_items) &&
           (draft_ == Draft::k4 ||
            OptionalSchema(value, "contains", depth, &node->contains));
  }

  bool Number(const Value& value, const std::string& key, Value* out) {
    const Value found = value.Get(key);
    if (!found.defined()) return true;
    if (!found.is_number()) return Fail(key + " must be of a number");
    *out = found;
    return true;
  }
  // A number since draft 6, before that a flag beside the plain bound.
  bool Exclusive(const Value& value, const std::string& key,
                 const std::string& plain, Value* bound, Value* exclusive) {
    const Value found = value.Get(key);
    if (!found.defined()) return true;
    if (found.is_number() && draft_ != Draft::k4) {
      *exclusive = found;
      return true;
    }
    if (found.kind() != Kind::kBool || draft_ == Draft::k6 ||
        draft_ == Draft::k7) {
      return BadType(draft_ == Draft::k4        ? "boolean"
                     : draft_ == Draft::kHybrid ? "boolean/number"
                                                : "number",
                     key);
    }
    if (!bound->defined()) {
      return Fail(key + " cannot be used without " + plain);
    }
    if (found.is_true()) std::swap(*exclusive, *bound);
    return true;
  }
  bool Numbers(const Value& value, SchemaNode* node) {
    const Value multiple = value.Get("multipleOf");
    if (multiple.defined()) {
      if (!multiple.is_number()) return BadType("number", "multipleOf");
      if (rego::IsZero(multiple) || rego::IsNegative(multiple)) {
        return Fail("multipleOf must be strictly greater than 0");
      }
      node->multiple_of = multiple;
    }
    return Number(value, "minimum", &node->minimum) &&
           Exclusive(value, "exclusiveMinimum", "minimum", &node->minimum,
                     &node->exclusive_minimum) &&
           Number(value, "maximum", &node->maximum) &&
           Exclusive(value, "exclusiveMaximum", "maximum", &node->maximum,
                     &node->exclusive_maximum);
  }

  bool Size(const Value& value, const std::string& key,
            std::optional<int64_t>* out) {
    const Value found = value.Get(key);
    if (!found.defined()) return true;
    if (!found.is_number() || !rego::AsInt64(found)) {
      return Fail(key + " must be of an integer");
    }
    *out = rego::AsInt64(found);
    return **out >= 0 || Fail(key + " must be greater than or equal to 0");
  }
  bool Sizes(const Value& value, SchemaNode* node) {
    if (!Size(value, "minLength", &node->min_length) ||
        !Size(value, "maxLength", &node->max_length) ||
        !Size(value, "minProperties", &node->min_properties) ||
        !Size(value, "maxProperties", &node->max_properties) ||
        !Size(value, "minItems", &node->min_items) ||
        !Size(value, "maxItems", &node->max_items)) {
      return false;
    }
    if (node->min_length && node->max_length &&
        *node->min_length > *node->max_length) {
      return Fail("minLength cannot be greater than maxLength");
    }
    if (node->min_properties && node->max_properties &&
        *node->min_properties > *node->max_properties) {
      return Fail("minProperties cannot be greater than maxProperties");
    }
    return true;
  }

  bool Strings(const Value& value, SchemaNode* node) {
    Value pattern, format;
    if (!Text(value, "pattern", &pattern) || !Text(value, "format", &format)) {
      return false;
    }
    if (format.defined()) node->format = std::string(format.text());
    if (!pattern.defined()) return true;
    node->pattern_text = std::string(pattern.text());
    node->pattern = rego::CompilePattern(call_, pattern.text());
    return node->pattern->ok() || Fail("pattern must be a valid regex");
  }

  bool Values(const Value& value, SchemaNode* node) {
    Value required, choices;
    if (!List(value, "required", &required) || !List(value, "enum", &choices)) {
      return false;
    }
    for (const Value& name : required.items()) {
      if (!name.is_string()) return BadType("string", "required");
      node->required.emplace_back(name.text());
      if (std::count(node->required.begin(), node->required.end(),
                     name.text()) > 1) {
        return Fail("required items must be unique");
      }
    }
    const Value unique = value.Get("uniqueItems");
    if (unique.defined() && unique.kind() != Kind::kBool) {
      return Fail("uniqueItems must be of a boolean");
    }
    node->unique_items = unique.is_true();
    if (draft_ != Draft::k4) node->constant = value.Get("const");
    if (!choices.defined()) return true;
    node->choices.emplace(choices.items().begin(), choices.items().end());
    std::vector<Value> sorted = *node->choices;
    std::sort(sorted.begin(), sorted.end(), rego::ValueLess());
    call_.budget.Items(sorted.size() * 8);
    return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end() ||
           Fail("enum items must be unique");
  }

  bool Links(const Value& value, const std::string& key, size_t depth,
             std::vector<Link>* out) {
    Value list;
    if (!List(value, key, &list)) return false;
    for (const Value& item : list.items()) {
      const Link child = Child(item, depth);
      if (!child) return false;
      out->push_back(child);
    }
    return true;
  }
  bool Combined(const Value& value, SchemaNode* node, size_t depth) {
    if (!Links(value, "oneOf", depth, &node->one_of) ||
        !Links(value, "anyOf", depth, &node->any_of) ||
        !Links(value, "allOf", depth, &node->all_of) ||
        !OptionalSchema(value, "not", depth, &node->negated)) {
      return false;
    }
    if (draft_ == Draft::k4 || draft_ == Draft::k6) return true;
    return OptionalSchema(value, "if", depth, &node->condition) &&
           OptionalSchema(value, "then", depth, &node->then_branch) &&
           OptionalSchema(value, "else", depth, &node->else_branch);
  }

  BuiltinCall& call_;
  const Value& document_;
  Schema* out_;
  Draft draft_ = Draft::kHybrid;
  std::map<std::string, Link> refs_;
};

}  // namespace

bool CompileSchema(BuiltinCall& call, const Value& document, Schema* out,
                   std::string* why) {
  Compiler compiler(call, document, out);
  if (compiler.Run()) return true;
  *why = compiler.why;
  return false;
}

}  // namespace vouchsafe::rego_ext
