// yaml.*: through JSON, as Go's sigs.k8s.io/yaml.

#include <yaml.h>

#include <algorithm>

#include "rego/builtins/families.h"
#include "rego/builtins/go_float.h"
#include "rego/builtins/go_text.h"
#include "rego/builtins/yaml_read.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

Value Unmarshal(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  std::string why;
  const Value out = ReadYaml(call, args[0].text(), &why);
  return why.empty() ? out : call.Fail(why);
}

Value IsValid(BuiltinCall& call, Args args) {
  if (!args[0].is_string()) return Value::Bool(false);
  std::string why;
  ReadYaml(call, args[0].text(), &why);
  return Value::Bool(why.empty());
}

bool Letter(uint32_t point) {
  return ToLower(point) != ToUpper(point) || point >= 0x80;
}
bool Digit(uint32_t point) { return point >= '0' && point <= '9'; }

std::vector<uint32_t> Points(std::string_view text) {
  std::vector<uint32_t> out;
  for (size_t at = 0; at < text.size();) {
    size_t length = 0;
    out.push_back(DecodePoint(text, at, &length));
    at += length;
  }
  return out;
}

// Keys in an order that people expect: numbers inside by their value, letters
// after everything else.
bool KeyLess(const std::string& x, const std::string& y) {
  const std::vector<uint32_t> a = Points(x), b = Points(y);
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i] == b[i]) continue;
    const bool a_letter = Letter(a[i]), b_letter = Letter(b[i]);
    if (a_letter && b_letter) return a[i] < b[i];
    if (a_letter || b_letter) return b_letter;
    uint64_t a_number = 0, b_number = 0;
    if (a[i] == '0' || b[i] == '0') {
      for (size_t j = i; j-- > 0 && Digit(a[j]);) {
        if (a[j] == '0') continue;
        a_number = b_number = 1;
        break;
      }
    }
    size_t a_end = i, b_end = i;
    for (; a_end < a.size() && Digit(a[a_end]); ++a_end) {
      a_number = a_number * 10 + (a[a_end] - '0');
    }
    for (; b_end < b.size() && Digit(b[b_end]); ++b_end) {
      b_number = b_number * 10 + (b[b_end] - '0');
    }
    if (a_number != b_number) return a_number < b_number;
    if (a_end != b_end) return a_end < b_end;
    return a[i] < b[i];
  }
  return a.size() < b.size();
}

// [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?
bool Base60(std::string_view text) {
  if (text.starts_with("-") || text.starts_with("+")) text.remove_prefix(1);
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || text[0] == '_' ||
      text.substr(0, colon).find_first_not_of("0123456789_") !=
          std::string_view::npos) {
    return false;
  }
  std::string_view rest = text.substr(colon);
  while (rest.starts_with(":")) {
    rest.remove_prefix(1);
    size_t digits = 0;
    while (digits < 2 && digits < rest.size() &&
           Digit(static_cast<unsigned char>(rest[digits]))) {
      ++digits;
    }
    if (digits == 0 || (digits == 2 && rest[0] > '5')) return false;
    rest.remove_prefix(digits);
  }
  return rest.empty() ||
         (rest[0] == '.' &&
          rest.find_first_not_of("0123456789_", 1) == std::string_view::npos);
}

class Writer {
 public:
  explicit Writer(size_t most) : most_(most) {
    ready_ = yaml_emitter_initialize(&emitter_) != 0;
    if (!ready_) return;
    yaml_emitter_set_output(&emitter_, &Writer::Write, this);
    yaml_emitter_set_unicode(&emitter_, 1);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    if (ready_) yaml_emitter_delete(&emitter_);
  }

  bool Run(const Value& value) {
    yaml_event_t event;
    return ready_ &&
           yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING) &&
           Emit(event) &&
           yaml_document_start_event_initialize(&event, nullptr, nullptr,
                                                nullptr, 1) &&
           Emit(event) && Put(value) &&
           yaml_document_end_event_initialize(&event, 1) && Emit(event) &&
           yaml_stream_end_event_initialize(&event) && Emit(event);
  }

  std::string out;

 private:
  // Called by the library, which knows no exceptions.
  static int Write(void* self, unsigned char* bytes, size_t size) {
    auto* writer = static_cast<Writer*>(self);
    if (writer->out.size() + size > writer->most_) return 0;
    writer->out.append(reinterpret_cast<const char*>(bytes), size);
    return 1;
  }
  bool Emit(yaml_event_t& event) {
    return yaml_emitter_emit(&emitter_, &event) != 0;
  }

  bool PutScalar(std::string_view text, yaml_scalar_style_t style) {
    if (text.data() == nullptr) text = "";  // which the emitter asserts
    yaml_event_t event;
    return yaml_scalar_event_initialize(
               &event, nullptr, nullptr,
               reinterpret_cast<const unsigned char*>(text.data()),
               static_cast<int>(text.size()), 1, 1, style) &&
           Emit(event);
  }

  bool PutString(std::string_view text) {
    const bool plain =
        ResolvePlain(text).is == YamlScalar::Is::kString && !Base60(text);
    const bool lines = text.find('\n') != std::string_view::npos;
    return PutScalar(text, lines   ? YAML_LITERAL_SCALAR_STYLE
                           : plain ? YAML_PLAIN_SCALAR_STYLE
                                   : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
  }

  // Integers of 64 bits as they are, others as doubles.
  bool PutNumber(const Value& value) {
    const std::string text = NumberText(value);
    const YamlScalar scalar = ResolvePlain(text);
    return PutScalar(scalar.number.empty() ? text : scalar.number,
                     YAML_PLAIN_SCALAR_STYLE);
  }

  bool PutList(const Value& value) {
    yaml_event_t event;
    if (!yaml_sequence_start_event_initialize(&event, nullptr, nullptr, 1,
                                              YAML_BLOCK_SEQUENCE_STYLE) ||
        !Emit(event)) {
      return false;
    }
    for (const Value& item : value.items()) {
      if (!Put(item)) return false;
    }
    return yaml_sequence_end_event_initialize(&event) && Emit(event);
  }

  bool PutObject(const Value& value) {
    yaml_event_t event;
    if (!yaml_mapping_start_event_initialize(&event, nullptr, nullptr, 1,
                                             YAML_BLOCK_MAPPING_STYLE) ||
        !Emit(event)) {
      return false;
    }
    std::vector<std::pair<std::string, Value>> pairs;
    for (size_t i = 0; i < value.size(); ++i) {
      pairs.emplace_back(JsonKey(value.keys()[i]), value.values()[i]);
    }
    std::stable_sort(
        pairs.begin(), pairs.end(),
        [](const auto& a, const auto& b) { return KeyLess(a.first, b.first); });
    for (const auto& [key, item] : pairs) {
      if (!PutString(key) || !Put(item)) return false;
    }
    return yaml_mapping_end_event_initialize(&event) && Emit(event);
  }

  bool Put(const Value& value) {
    switch (value.kind()) {
      case Kind::kNull:
        return PutScalar("null", YAML_PLAIN_SCALAR_STYLE);
      case Kind::kBool:
        return PutScalar(value.is_true() ? "true" : "false",
                         YAML_PLAIN_SCALAR_STYLE);
      case Kind::kNumber:
        return PutNumber(value);
      case Kind::kString:
        return PutString(value.text());
      case Kind::kArray:
      case Kind::kSet:
        return PutList(value);
      case Kind::kObject:
        return PutObject(value);
      default:
        return false;
    }
  }

  yaml_emitter_t emitter_{};
  size_t most_;
  bool ready_ = false;
};

Value Marshal(BuiltinCall& call, Args args) {
  const size_t size = JsonSize(args[0]) + 16;
  const size_t most = size * (4 + 2 * (size_t{args[0].depth()} + 1));
  call.arena.Need(most * 2);
  call.budget.Bytes(most);
  Writer writer(most);
  if (!writer.Run(args[0])) return call.Fail("the value has no YAML form");
  if (writer.out.ends_with("\n...\n")) {
    writer.out.resize(writer.out.size() - 4);
  }
  return call.Text(writer.out);
}

}  // namespace

void RegisterYaml(BuiltinTable& table) {
  table.Offer("yaml.marshal", Marshal);
  table.Offer("yaml.unmarshal", Unmarshal);
  table.Offer("yaml.is_valid", IsValid);
}

}  // namespace vouchsafe::rego
