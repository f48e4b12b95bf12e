#include "rego/annotations.h"

#include <algorithm>

#include "rego/builtin_table.h"
#include "rego/builtins/yaml_read.h"
#include "rego/number.h"
#include "rego/walk.h"

namespace vouchsafe::rego {
namespace {

constexpr std::string_view kHint = "METADATA";

// Thrown by the reader of one annotation.
struct Fault {
  std::string code;
  std::string message;
};

[[noreturn]] void Refuse(std::string message) {
  throw Fault{"rego_parse_error", std::move(message)};
}

std::string_view Trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") + 1 - from);
}

bool CallsMetadata(const std::vector<std::unique_ptr<Module>>& modules) {
  const int chain = StandardBuiltins().Find("rego.metadata.chain");
  const int rule = StandardBuiltins().Find("rego.metadata.rule");
  bool found = false;
  const auto see = [&](const Term* term) {
    if (term->kind != TermKind::kCall || term->callee != Callee::kBuiltin) {
      return;
    }
    const int target = static_cast<int>(term->target);
    found = found || target == chain || target == rule;
  };
  for (const auto& module : modules) {
    for (const Rule& one : module->rules) WalkRule(one, see);
  }
  return found;
}

// What stands below a block of comments.
struct Statement {
  int row = 0;
  bool package = false;
  const Rule* rule = nullptr;
};

std::vector<Statement> StatementsOf(const Module& module) {
  std::vector<Statement> out = {{module.package_span.row, true, nullptr}};
  for (const int row : module.import_rows) out.push_back({row, false, nullptr});
  for (const Rule& rule : module.rules) {
    out.push_back({rule.span.row, false, &rule});
  }
  return out;
}

// One block.
struct Block {
  int row = 0;
  std::string text;  // YAML
};

std::vector<Block> BlocksOf(const Module& module) {
  std::vector<Block> out;
  bool open = false;
  int last = 0;
  for (const Comment& comment : module.comments) {
    if (open && comment.row == last + 1 && comment.col == 1) {
      std::string_view text = comment.text;
      if (text.starts_with(' ')) text.remove_prefix(1);
      out.back().text += std::string(text) + "\n";
    } else if (Trimmed(comment.text).starts_with(kHint)) {
      out.push_back({comment.row, ""});
      open = true;
    } else {
      open = false;
    }
    last = comment.row;
  }
  return out;
}

// The value of a field that must be text; numbers count as theirs.
std::string_view TextOf(Arena& arena, const Value& value, const char* field) {
  if (value.is_string()) return value.text();
  if (value.is_number()) return arena.Copy(NumberText(value));
  if (value.kind() == Kind::kBool) return value.is_false() ? "false" : "true";
  if (!value.defined() || value.kind() == Kind::kNull) return "";
  Refuse(std::string("annotation: ") + field + " must be a string");
}

}  // namespace

// Makes the object of one annotation.
class Annotations::Reader {
 public:
  Reader(Arena* arena, const Value& raw) : arena_(*arena), raw_(raw) {}

  std::string_view scope() { return Text("scope"); }
  bool entrypoint() const {
    const Value value = raw_.Get("entrypoint");
    if (!value.defined() || value.kind() == Kind::kNull) return false;
    if (value.kind() == Kind::kBool) return !value.is_false();
    constexpr std::string_view kYes[] = {"y",  "Y",  "yes", "Yes",
                                         "on", "On", "YES", "ON"};
    if (value.is_string()) {
      return std::find(std::begin(kYes), std::end(kYes), value.text()) !=
             std::end(kYes);
    }
    Refuse("annotation: entrypoint must be a boolean");
  }

  Value Object(std::string_view scope) {
    Put("scope", Value::Text(scope));
    for (const char* field : {"title", "description"}) {
      const std::string_view text = Text(field);
      if (!text.empty()) Put(field, Value::Text(text));
    }
    if (entrypoint()) Put("entrypoint", Value::Bool(true));
    PutList("organizations", [&](const Value& one) {
      return Value::Text(TextOf(arena_, one, "organizations"));
    });
    PutList("related_resources",
            [&](const Value& one) { return Resource(one); });
    PutList("authors", [&](const Value& one) { return Author(one); });
    PutList("schemas", [&](const Value& one) { return Schema(one); });
    const Value custom = raw_.Get("custom");
    if (custom.is_object() && custom.size() > 0) {
      Put("custom", custom);
    } else if (custom.defined() && !custom.is_object() &&
               custom.kind() != Kind::kNull) {
      Refuse("annotation: custom must be an object");
    }
    return MakeObject(arena_, std::move(pairs_));
  }

 private:
  std::string_view Text(const char* field) {
    return TextOf(arena_, raw_.Get(field), field);
  }
  void Put(std::string_view key, const Value& value) {
    pairs_.push_back({MakeText(arena_, key), value});
  }
  template <class F>
  void PutList(const char* field, const F& read) {
    const Value list = raw_.Get(field);
    if (!list.defined() || list.kind() == Kind::kNull) return;
    if (!list.is_array()) {
      Refuse(std::string("annotation: ") + field + " must be an array");
    }
    std::vector<Value> items;
    for (const Value& one : list.items()) items.push_back(read(one));
    if (!items.empty()) Put(field, MakeArray(arena_, items));
  }
  Value Pairs(
      std::initializer_list<std::pair<const char*, std::string_view>> fields) {
    std::vector<Pair> pairs;
    for (const auto& [key, text] : fields) {
      if (text.empty()) continue;
      pairs.push_back({MakeText(arena_, key), MakeText(arena_, text)});
    }
    return MakeObject(arena_, std::move(pairs));
  }

  // A URL, or an object of one and a description.
  Value Resource(const Value& one) {
    const bool object = one.is_object();
    const Value ref = object ? one.Get("ref") : one;
    if (!ref.defined()) Refuse("ref value required in object");
    const std::string_view url =
        Trimmed(TextOf(arena_, ref, "related_resources"));
    if (url.empty()) Refuse("ref URL may not be empty string");
    const std::string_view text =
        object ? TextOf(arena_, one.Get("description"), "related_resources")
               : std::string_view();
    return Pairs({{"ref", url}, {"description", text}});
  }

  // "A Name <mail>", or an object of the two.
  Value Author(const Value& one) {
    if (one.is_object()) {
      const std::string_view name =
          Trimmed(TextOf(arena_, one.Get("name"), "authors"));
      const std::string_view email =
          Trimmed(TextOf(arena_, one.Get("email"), "authors"));
      if (name.empty() && email.empty()) {
        Refuse("'name' and/or 'email' values required in object");
      }
      return Pairs({{"name", name}, {"email", email}});
    }
    std::string name;
    std::string_view rest = Trimmed(TextOf(arena_, one, "authors"));
    if (rest.empty()) Refuse("author is an empty string");
    std::string_view email;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find_first_of(" \t\r\n"), rest.size());
      const std::string_view word = rest.substr(0, end);
      rest = Trimmed(rest.substr(end));
      if (rest.empty() && word.size() >= 2 && word.starts_with('<') &&
          word.ends_with('>')) {
        email = word.substr(1, word.size() - 2);
        break;
      }
      name += (name.empty() ? "" : " ") + std::string(word);
    }
    return Pairs({{"name", name}, {"email", email}});
  }

  // {path: schema.path} or {path: definition}.
  Value Schema(const Value& one) {
    if (!one.is_object() || one.size() != 1) {
      Refuse("invalid schema: want one path");
    }
    std::vector<Pair> pairs = {
        {MakeText(arena_, "path"), Keys(one.keys()[0].text())}};
    const Value& value = one.values()[0];
    if (!value.is_string()) {
      pairs.push_back({MakeText(arena_, "definition"), value});
    } else if (Trimmed(value.text()) == "schema" ||
               value.text().starts_with("schema.") ||
               value.text().starts_with("schema[")) {
      pairs.push_back({MakeText(arena_, "schema"), Keys(value.text())});
    } else {
      Refuse("invalid schema reference: want schema.NAME");
    }
    return MakeObject(arena_, std::move(pairs));
  }

  // a.b["c"] as its keys.
  Value Keys(std::string_view text) {
    std::vector<Value> keys;
    while (!text.empty()) {
      if (text.starts_with("[\"")) {
        const size_t end = text.find("\"]");
        if (end == std::string_view::npos) Refuse("invalid document reference");
        keys.push_back(MakeText(arena_, text.substr(2, end - 2)));
        text.remove_prefix(end + 2);
      } else {
        const size_t end = std::min(text.find_first_of(".["), text.size());
        if (end == 0) Refuse("invalid document reference");
        keys.push_back(MakeText(arena_, text.substr(0, end)));
        text.remove_prefix(end);
      }
      if (text.starts_with(".")) {
        text.remove_prefix(1);
        if (text.empty()) Refuse("invalid document reference");
      }
    }
    if (keys.empty()) Refuse("invalid document reference");
    return MakeArray(arena_, keys);
  }

  Arena& arena_;
  const Value raw_;
  std::vector<Pair> pairs_;
};

bool Annotations::PathLess::operator()(const Path& a, const Path& b) const {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      ValueLess());
}

// The constant start of a rule's path, or the package's; without "data".
Annotations::Path Annotations::PathOf(const Module& module, const Rule* rule) {
  Path out;
  for (const std::string_view key : module.package) {
    out.push_back(Value::Text(key));
  }
  if (rule == nullptr) return out;
  if (rule->head->kind == TermKind::kVar) {
    out.push_back(Value::Text(rule->head->text));
    return out;
  }
  out.push_back(Value::Text(rule->head->items[0]->text));
  for (size_t i = 1; i < rule->head->items.size(); ++i) {
    const Term* key = rule->head->items[i];
    if (key->kind != TermKind::kScalar) break;
    out.push_back(key->scalar);
  }
  return out;
}

Annotations::Annotations(const std::vector<std::unique_ptr<Module>>& modules,
                         Findings* findings) {
  const bool any =
      std::any_of(modules.begin(), modules.end(),
                  [](const auto& module) { return !module->comments.empty(); });
  if (!any || !CallsMetadata(modules)) return;
  Limits limits;
  limits.time = limits.compile_time;
  Budget budget(limits, {});
  BuiltinState state;
  for (const auto& module : modules) {
    const std::vector<Statement> statements = StatementsOf(*module);
    for (const Block& block : BlocksOf(*module)) {
      Span span = module->package_span;
      span.row = block.row;
      span.col = 1;
      try {
        if (Trimmed(block.text).empty()) {
          Refuse("expected METADATA block, found whitespace");
        }
        BuiltinCall call("annotation", budget, state);
        std::string why;
        const Value raw = ReadYaml(call, block.text, &why, YamlDialect::kV3);
        if (!raw.defined()) Refuse(why);
        if (!raw.is_object()) Refuse("annotation: not an object");
        const auto at = std::find_if(
            statements.begin(), statements.end(),
            [&](const Statement& one) { return one.row > block.row; });
        const Statement below = at == statements.end() ? Statement() : *at;
        Reader reader(&budget.arena, raw);
        std::string_view scope = reader.scope();
        if (scope.empty() && below.package) scope = "package";
        if (scope.empty() && below.rule) {
          scope = reader.entrypoint() ? "document" : "rule";
        }
        const bool of_rule = scope == "rule" || scope == "document";
        if (!of_rule && scope != "package" && scope != "subpackages") {
          Refuse("invalid annotation scope '" + std::string(scope) + "'");
        }
        if (of_rule ? below.rule == nullptr : !below.package) {
          Refuse("annotation scope '" + std::string(scope) +
                 "' must be applied to " + (of_rule ? "rule" : "package"));
        }
        if (reader.entrypoint() && scope != "document" && scope != "package") {
          Refuse(
              "annotation entrypoint applied to non-document or package scope "
              "'" +
              std::string(scope) + "'");
        }
        const Value value = CopyInto(arena_, reader.Object(scope));
        if (scope == "rule") {
          rules_[below.rule].push_back(value);
          continue;
        }
        ByPath& where = scope == "document"  ? documents_
                        : scope == "package" ? packages_
                                             : subpackages_;
        if (!where.emplace(PathOf(*module, below.rule), value).second) {
          throw Fault{"rego_type_error",
                      std::string(scope) + " annotation redeclared"};
        }
      } catch (const Fault& fault) {
        findings->Add(Step::kAnnotations, fault.code, fault.message, *module,
                      span);
      }
    }
  }
}

Value Annotations::Entry(Arena& arena, const Path& path,
                         const Value& annotation) {
  std::vector<Pair> pairs;
  if (annotation.defined()) {
    pairs.push_back({MakeText(arena, "annotations"), annotation});
  }
  pairs.push_back({MakeText(arena, "path"), MakeArray(arena, path)});
  return CopyInto(arena, MakeObject(arena, std::move(pairs)));
}

Value Annotations::Chain(Arena& arena, const Module& module, const Rule& rule,
                         bool link) const {
  std::vector<Value> out;
  const Path path = PathOf(module, &rule);
  const auto own = link ? rules_.end() : rules_.find(&rule);
  if (own == rules_.end()) {
    out.push_back(Entry(arena, path, Value()));
  } else {
    for (size_t i = own->second.size(); i-- > 0;) {
      out.push_back(Entry(arena, path, own->second[i]));
    }
  }
  const auto add = [&](const ByPath& from, const Path& at) {
    const auto found = from.find(at);
    if (found != from.end()) out.push_back(Entry(arena, at, found->second));
  };
  add(documents_, path);
  Path package = PathOf(module, nullptr);
  add(packages_, package);
  for (;; package.pop_back()) {
    add(subpackages_, package);
    if (package.empty()) break;
  }
  return MakeArray(arena, out);
}

Value Annotations::OfRule(Arena& arena, const Rule& rule, bool link) const {
  const auto own = link ? rules_.end() : rules_.find(&rule);
  return own == rules_.end() ? Value::EmptyObject()
                             : CopyInto(arena, own->second.back());
}

}  // namespace vouchsafe::rego
