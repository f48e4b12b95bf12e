#include "rego/print.h"

#include "json/parse.h"
#include "rego/number.h"

namespace vouchsafe::rego {
namespace {

void AppendHex4(std::string& out, unsigned code) {
  constexpr char kHex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    out.push_back(kHex[(code >> shift) & 15]);
  }
}

bool AppendEscape(std::string& out, char c, JsonEscapes escapes) {
  switch (c) {
    case '"':
      out += "\\\"";
      return true;
    case '\\':
      out += "\\\\";
      return true;
    case '\n':
      out += "\\n";
      return true;
    case '\r':
      out += "\\r";
      return true;
    case '\t':
      out += "\\t";
      return true;
    default:
      break;
  }
  const auto code = static_cast<unsigned char>(c);
  const bool html = c == '<' || c == '>' || c == '&';
  if (code < 0x20 || (html && escapes == JsonEscapes::kGo)) {
    AppendHex4(out, code);
    return true;
  }
  return false;
}

void AppendQuoted(std::string& out, std::string_view text,
                  JsonEscapes escapes) {
  out.push_back('"');
  for (size_t i = 0; i < text.size(); ++i) {
    if (AppendEscape(out, text[i], escapes)) continue;
    const std::string_view three = text.substr(i, 3);
    if (escapes == JsonEscapes::kGo &&
        (three == "\xe2\x80\xa8" || three == "\xe2\x80\xa9")) {
      AppendHex4(out, three[2] == '\xa8' ? 0x2028 : 0x2029);
      i += 2;
      continue;
    }
    out.push_back(text[i]);
  }
  out.push_back('"');
}

struct Style {
  bool rego = false;
  JsonEscapes escapes = JsonEscapes::kPlain;
  bool pretty = false;
  std::string_view prefix, indent;
};

class Writer {
 public:
  explicit Writer(const Style& style) : style_(style) {}

  void Write(const Value& value) {
    switch (value.kind()) {
      case Kind::kUndefined:
      case Kind::kBuilder:
        out += "<undefined>";
        return;
      case Kind::kNull:
        out += "null";
        return;
      case Kind::kBool:
        out += value.is_true() ? "true" : "false";
        return;
      case Kind::kNumber:
        out += NumberText(value);
        return;
      case Kind::kString:
        AppendQuoted(out, value.text(), style_.escapes);
        return;
      case Kind::kArray:
        return WriteItems(value, '[', ']');
      case Kind::kSet:
        if (!style_.rego) return WriteItems(value, '[', ']');
        if (value.size() == 0) {
          out += "set()";
          return;
        }
        return WriteItems(value, '{', '}');
      case Kind::kObject:
        return WriteObject(value);
    }
  }

  std::string out;

 private:
  void Line() {
    if (!style_.pretty) return;
    out.push_back('\n');
    out += style_.prefix;
    for (int i = 0; i < level_; ++i) out += style_.indent;
  }
  void Comma(size_t index) {
    if (index > 0) out += style_.rego ? ", " : ",";
    Line();
  }
  void WriteItems(const Value& value, char open, char close) {
    out.push_back(open);
    ++level_;
    for (size_t i = 0; i < value.size(); ++i) {
      Comma(i);
      Write(value.items()[i]);
    }
    --level_;
    if (value.size() > 0) Line();
    out.push_back(close);
  }
  void WriteObject(const Value& value) {
    out.push_back('{');
    ++level_;
    for (size_t i = 0; i < value.size(); ++i) {
      Comma(i);
      WriteKey(value.keys()[i]);
      out += style_.rego || style_.pretty ? ": " : ":";
      Write(value.values()[i]);
    }
    --level_;
    if (value.size() > 0) Line();
    out.push_back('}');
  }
  void WriteKey(const Value& key) {
    if (style_.rego || key.is_string()) return Write(key);
    AppendQuoted(out, JsonKey(key), style_.escapes);
  }

  Style style_;
  int level_ = 0;
};

}  // namespace

std::string RegoText(const Value& value) {
  Style style;
  style.rego = true;
  Writer writer(style);
  writer.Write(value);
  return std::move(writer.out);
}

std::string PrintText(const Value& value) {
  return value.is_string() ? std::string(value.text()) : RegoText(value);
}

std::string JsonText(const Value& value, JsonEscapes escapes) {
  Style style;
  style.escapes = escapes;
  Writer writer(style);
  writer.Write(value);
  return std::move(writer.out);
}

std::string JsonPretty(const Value& value, std::string_view prefix,
                       std::string_view indent) {
  Style style;
  style.escapes = JsonEscapes::kGo;
  style.pretty = true;
  style.prefix = prefix;
  style.indent = indent;
  Writer writer(style);
  writer.Write(value);
  return std::move(writer.out);
}

size_t JsonSize(const Value& value) {
  switch (value.kind()) {
    case Kind::kNumber:
      return value.is_int() ? 8 : value.size();
    case Kind::kString:
      return value.size() + size_t{2};
    case Kind::kArray:
    case Kind::kSet:
    case Kind::kObject: {
      size_t size = 2 + value.size();
      for (const Value& item : value.items()) size += JsonSize(item);
      if (!value.is_object()) return size;
      for (const Value& item : value.values()) size += 1 + JsonSize(item);
      return size;
    }
    default:
      return 5;
  }
}

std::string JsonKey(const Value& key) {
  return key.is_string() ? std::string(key.text()) : JsonText(key);
}

json::Value ToJson(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool:
      return json::Value(value.is_true());
    case Kind::kNumber:
      return value.is_int() ? json::Value(value.integer())
                            : json::NumberFromText(value.text());
    case Kind::kString:
      return json::Value(value.text());
    case Kind::kArray:
    case Kind::kSet: {
      json::Array out;
      out.reserve(value.size());
      for (const Value& item : value.items()) out.push_back(ToJson(item));
      return json::Value(std::move(out));
    }
    case Kind::kObject: {
      json::Object out;
      for (size_t i = 0; i < value.size(); ++i) {
        out.Set(JsonKey(value.keys()[i]), ToJson(value.values()[i]));
      }
      return json::Value(std::move(out));
    }
    default:
      return json::Value();
  }
}

Value FromJson(Arena& arena, const json::Value& value) {
  using Type = json::Value::Type;
  switch (value.type()) {
    case Type::kNull:
      return Value::Null();
    case Type::kBool:
      return Value::Bool(*value.if_bool());
    case Type::kInt:
      return Value::Int(*value.int64());
    case Type::kUint:
    case Type::kDecimal: {
      const Value out = MakeNumber(arena, value.number_text());
      if (!out.defined()) {
        ThrowLimit("limit_number", "a number has more than 4096 digits");
      }
      return out;
    }
    case Type::kString:
      return MakeText(arena, *value.if_string());
    case Type::kArray: {
      std::vector<Value> items;
      for (const json::Value& item : *value.if_array()) {
        items.push_back(FromJson(arena, item));
      }
      return MakeArray(arena, items);
    }
    case Type::kObject: {
      std::vector<Pair> pairs;
      for (const json::Member& member : *value.if_object()) {
        pairs.push_back(
            {MakeText(arena, member.name), FromJson(arena, member.value)});
      }
      return MakeObject(arena, std::move(pairs));
    }
  }
  return {};
}

}  // namespace vouchsafe::rego
