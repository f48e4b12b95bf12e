#include "json/write.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <vector>

#include "json/plain_text.h"

namespace vouchsafe::json {
namespace {

constexpr size_t kFirstRoom = 240;  // bytes; then it doubles

struct Style {
  bool sorted = false;
  bool pretty = false;
};

// What must be escaped in a string (RFC 8259 section 7).
constexpr bool IsEscaped(char c) {
  return static_cast<uint8_t>(c) < 0x20 || c == '"' || c == '\\';
}

void AppendEscaped(char c, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('\\');
  switch (c) {
    case '"':
    case '\\':
      out.push_back(c);
      break;
    case '\b':
      out.push_back('b');
      break;
    case '\f':
      out.push_back('f');
      break;
    case '\n':
      out.push_back('n');
      break;
    case '\r':
      out.push_back('r');
      break;
    case '\t':
      out.push_back('t');
      break;
    default:
      out += "u00";
      out.push_back(kHex[static_cast<uint8_t>(c) >> 4]);
      out.push_back(kHex[static_cast<uint8_t>(c) & 15]);
  }
}

// Runs between escapes are appended whole.
void AppendQuoted(std::string_view text, std::string& out) {
  out.push_back('"');
  size_t begin = 0;
  for (size_t i = SkipPlain(text, 0); i < text.size();
       i = SkipPlain(text, i + 1)) {
    if (!IsEscaped(text[i])) continue;
    out.append(text.substr(begin, i - begin));
    AppendEscaped(text[i], out);
    begin = i + 1;
  }
  out.append(text.substr(begin));
  out.push_back('"');
}

class Writer {
 public:
  explicit Writer(Style style) : style_(style) {}

  void Append(const Object& object) { AppendObject(object); }
  void Append(const Value& value) {
    if (value.is_null()) {
      out_ += "null";
    } else if (const bool* truth = value.if_bool()) {
      out_ += *truth ? "true" : "false";
    } else if (const std::string* text = value.if_string()) {
      AppendQuoted(*text, out_);
    } else if (const Array* array = value.if_array()) {
      AppendArray(*array);
    } else if (const Object* object = value.if_object()) {
      AppendObject(*object);
    } else if (const auto number = value.int64()) {
      AppendInteger(*number);
    } else {
      out_ += value.number_text();
    }
  }
  std::string TakeText() { return std::move(out_); }

 private:
  void AppendInteger(int64_t number) {
    char text[24];
    const auto [end, error] =
        std::to_chars(std::begin(text), std::end(text), number);
    out_.append(text, end);
  }
  void AppendArray(const Array& array) {
    Open('[');
    for (const Value& element : array) {
      Separate(&element == array.data());
      Append(element);
    }
    Close(']', array.empty());
  }

  void AppendObject(const Object& object) {
    Open('{');
    bool first = true;
    const auto append = [&](const Member& member) {
      Separate(std::exchange(first, false));
      AppendQuoted(member.name, out_);
      out_ += style_.pretty ? ": " : ":";
      Append(member.value);
    };
    if (style_.sorted) {
      for (const Member* member : ByName(object)) append(*member);
    } else {
      for (const Member& member : object) append(member);
    }
    Close('}', object.empty());
  }

  static std::vector<const Member*> ByName(const Object& object) {
    std::vector<const Member*> members;
    members.reserve(object.size());
    for (const Member& member : object) members.push_back(&member);
    std::sort(
        members.begin(), members.end(),
        [](const Member* a, const Member* b) { return a->name < b->name; });
    return members;
  }

  void Open(char bracket) {
    if (depth_ == 0) out_.reserve(kFirstRoom);
    out_.push_back(bracket);
    ++depth_;
  }
  void Separate(bool first) {
    if (!first) out_.push_back(',');
    if (style_.pretty) NewLine();
  }
  void Close(char bracket, bool empty) {
    --depth_;
    if (style_.pretty && !empty) NewLine();
    out_.push_back(bracket);
  }
  void NewLine() {
    out_.push_back('\n');
    out_.append(2 * depth_, ' ');
  }

  Style style_;
  std::string out_;
  size_t depth_ = 0;
};

template <class T>
std::string WriteAs(const T& value, Style style) {
  Writer writer(style);
  writer.Append(value);
  return writer.TakeText();
}

}  // namespace

std::string Write(const Value& value) { return WriteAs(value, {}); }
std::string Write(const Object& object) { return WriteAs(object, {}); }

std::string WriteSorted(const Value& value) {
  return WriteAs(value, {.sorted = true, .pretty = false});
}

std::string WritePretty(const Value& value) {
  return WriteAs(value, {.sorted = false, .pretty = true});
}

std::string Quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  AppendQuoted(text, out);
  return out;
}

}  // namespace vouchsafe::json
