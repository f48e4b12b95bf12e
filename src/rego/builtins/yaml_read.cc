#include "rego/builtins/yaml_read.h"

#include <yaml.h>

#include <algorithm>
#include <map>

#include "rego/builtins/go_base64.h"

namespace vouchsafe::rego {
namespace {

constexpr size_t kMaxDepth = 128;

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event); }
  yaml_event_t event{};
};

std::string_view Text(const yaml_char_t* text) {
  return text ? std::string_view(reinterpret_cast<const char*>(text))
              : std::string_view();
}

class Reader {
 public:
  Reader(BuiltinCall& call, std::string_view text, YamlDialect dialect)
      : call_(call), size_(text.size()), dialect_(dialect) {
    ready_ = yaml_parser_initialize(&parser_) != 0;
    if (!ready_) return;
    if (text.data() == nullptr) text = "";  // which the parser asserts
    yaml_parser_set_input_string(
        &parser_, reinterpret_cast<const unsigned char*>(text.data()),
        text.size());
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    if (ready_) yaml_parser_delete(&parser_);
  }

  Value Run() {
    while (!done_ && why.empty()) {
      Event holder;
      call_.budget.Step(4);
      if (!ready_ || yaml_parser_parse(&parser_, &holder.event) == 0) {
        Syntax();
        break;
      }
      Take(holder.event);
    }
    return why.empty() ? (root_.defined() ? root_ : Value::Null()) : Value();
  }

  std::string why;

 private:
  // A collection being filled: elements, or keys and values in turn.
  struct Open {
    bool mapping = false;
    std::vector<Value> items;
    std::vector<size_t> merges;  // indexes of "<<" keys
    std::string anchor;
    size_t nodes = 1;
  };
  struct Node {
    Value value;
    size_t nodes = 1;  // with all that aliases repeat
    bool merge = false;
  };

  void Fail(const std::string& text) { why = "yaml: " + text; }

  // As Go's package words it: lines count from the one before.
  void Syntax() {
    size_t line = 0;
    if (ready_ && parser_.problem_mark.line != 0) {
      line = parser_.problem_mark.line +
             (parser_.error == YAML_SCANNER_ERROR ? 1 : 0);
    } else if (ready_) {
      line = parser_.context_mark.line;
    }
    Fail((line != 0 ? "line " + std::to_string(line) + ": " : "") +
         (ready_ && parser_.problem ? parser_.problem
                                    : "unknown problem parsing YAML content"));
  }

  void Take(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_SCALAR_EVENT:
        return Add(Scalar(event), std::string(Text(event.data.scalar.anchor)));
      case YAML_SEQUENCE_START_EVENT:
        return Enter(false, Text(event.data.sequence_start.anchor));
      case YAML_MAPPING_START_EVENT:
        return Enter(true, Text(event.data.mapping_start.anchor));
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return Leave();
      case YAML_ALIAS_EVENT: {
        const std::string name(Text(event.data.alias.anchor));
        const auto known = anchors_.find(name);
        if (known == anchors_.end()) {
          return Fail("unknown anchor '" + name + "' referenced");
        }
        return Add(known->second, "");
      }
      case YAML_DOCUMENT_END_EVENT:
      case YAML_STREAM_END_EVENT:
        done_ = true;
        return;
      default:
        return;
    }
  }

  void Enter(bool mapping, std::string_view anchor) {
    if (open_.size() >= kMaxDepth) {
      return Fail("the document nests deeper than 128");
    }
    Open open;
    open.mapping = mapping;
    open.anchor = std::string(anchor);
    open_.push_back(std::move(open));
  }

  void Leave() {
    Open open = std::move(open_.back());
    open_.pop_back();
    Node node;
    node.nodes = open.nodes;
    node.value =
        open.mapping ? Mapping(open) : MakeArray(call_.arena, open.items);
    if (why.empty()) Add(node, open.anchor);
  }

  void Add(const Node& node, const std::string& anchor) {
    if (!why.empty()) return;
    if (!anchor.empty()) anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = node.value;
      return;
    }
    Open& open = open_.back();
    open.nodes += node.nodes;
    // A document of a few lines must not stand for billions of values.
    if (open.nodes > 10'000 + size_ * 4) {
      return Fail("document contains excessive aliasing");
    }
    call_.budget.Items(node.nodes);
    call_.arena.Need((open.items.size() + 1) * 2 * sizeof(Value));
    if (node.merge && open.mapping && open.items.size() % 2 == 0) {
      open.merges.push_back(open.items.size());
    }
    open.items.push_back(node.value);
  }

  Value KeyOf(const Value& key) {
    if (key.is_string()) return key;
    if (key.is_number() || key.kind() == Kind::kBool) {
      return call_.Text(JsonText(key));
    }
    Fail("unsupported map key of type " + std::string(KindName(key.kind())));
    return {};
  }

  // Pairs of a mapping under "<<" count where its own has none.
  void Merge(const Value& from, std::vector<Pair>* pairs) {
    if (from.is_array()) {
      for (size_t i = from.size(); i-- > 0;) {
        if (!from.items()[i].is_object()) break;
        Merge(from.items()[i], pairs);
      }
      return;
    }
    if (!from.is_object()) {
      return Fail("map merge requires map or sequence of maps as the value");
    }
    for (size_t i = 0; i < from.size(); ++i) {
      pairs->push_back({from.keys()[i], from.values()[i]});
    }
  }

  Value Mapping(const Open& open) {
    std::vector<Pair> pairs;
    for (const size_t at : open.merges) Merge(open.items[at + 1], &pairs);
    for (size_t i = 0; i + 1 < open.items.size() && why.empty(); i += 2) {
      if (std::find(open.merges.begin(), open.merges.end(), i) !=
          open.merges.end()) {
        continue;
      }
      pairs.push_back({KeyOf(open.items[i]), open.items[i + 1]});
    }
    return why.empty() ? MakeObject(call_.arena, std::move(pairs)) : Value();
  }

  Node Scalar(const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    const std::string_view text(reinterpret_cast<const char*>(scalar.value),
                                scalar.length);
    call_.budget.Bytes(text.size());
    const std::string_view tag = Text(scalar.tag);
    constexpr std::string_view kYaml = "tag:yaml.org,2002:";
    const bool known = tag.starts_with(kYaml);
    const std::string_view kind = known ? tag.substr(kYaml.size()) : "";
    if (kind == "binary") {
      std::string problem;
      const auto bytes = GoBase64Decode(text, &problem);
      if (!bytes) Fail("!!binary value contains invalid base64 data");
      return {bytes ? call_.Text(*bytes) : Value(), 1, false};
    }
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if ((tag.empty() && !plain) || kind == "str" || (!tag.empty() && !known)) {
      return {call_.Text(text), 1, false};
    }
    return Plain(text, kind);
  }

  Node Plain(std::string_view text, std::string_view tag) {
    using Is = YamlScalar::Is;
    YamlScalar scalar = ResolvePlain(text);
    if (scalar.is == Is::kBool && dialect_ == YamlDialect::kV3 &&
        text.size() < 4) {  // yes, no, on, off, y, n
      scalar.is = Is::kString;
    }
    const bool fits = tag.empty() || tag == "timestamp" ||
                      (tag == "null" && scalar.is == Is::kNull) ||
                      (tag == "bool" && scalar.is == Is::kBool) ||
                      (tag == "int" && scalar.is == Is::kInteger) ||
                      (tag == "float" &&
                       (scalar.is == Is::kFloat || scalar.is == Is::kInteger));
    if (!fits) {
      Fail("cannot decode !!str `" + std::string(text) + "` as a !!" +
           std::string(tag));
      return {};
    }
    switch (scalar.is) {
      case Is::kNull:
        return {Value::Null(), 1, false};
      case Is::kBool:
        return {Value::Bool(scalar.flag), 1, false};
      case Is::kInteger:
      case Is::kFloat: {
        const Value number = MakeNumber(call_.arena, scalar.number);
        if (!number.defined()) {
          Fail("json: unsupported value: " + std::string(text));
        }
        return {number, 1, false};
      }
      case Is::kMerge:
        return {call_.Text(text), 1, true};
      default:
        return {call_.Text(text), 1, false};
    }
  }

  BuiltinCall& call_;
  size_t size_;
  const YamlDialect dialect_;
  yaml_parser_t parser_{};
  bool ready_ = false;
  bool done_ = false;
  Value root_;
  std::vector<Open> open_;
  std::map<std::string, Node> anchors_;
};

}  // namespace

Value ReadYaml(BuiltinCall& call, std::string_view text, std::string* why,
               YamlDialect dialect) {
  call.budget.Bytes(text.size() * 4);
  // What the library holds beside the arena.
  call.arena.Need(text.size() * 8);
  Reader reader(call, text, dialect);
  const Value out = reader.Run();
  *why = reader.why;
  return out;
}

}  // namespace vouchsafe::rego
