#include "json/parse.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "json/utf8.h"

namespace vouchsafe::json {
namespace {

// RFC 8259, read left to right; the open containers are a vector of their own,
// so depth costs heap, never stack.
class Reader {
 public:
  Reader(std::string_view text, const ParseOptions& options)
      : text_(text), options_(options) {}

  Result<> Run(Handler& handler);
  // "json 3:7: " and `what`, at the token read last.
  tl::unexpected<Error> FailAtToken(std::string_view what) const {
    return FailAt(token_, what);
  }

 private:
  Result<> ReadValue(Handler& handler);
  Result<> ReadStep(Handler& handler);
  Result<> ReadKey(Handler& handler);
  Result<> ReadLiteral(std::string_view word);
  Result<std::string_view> ReadNumber();
  Result<> ReadDigits();
  Result<std::string_view> ReadString();
  Result<> ReadEscape();
  Result<> ReadUnicodeEscape();
  Result<uint32_t> ReadHex4();
  Result<> Open(char kind);

  bool AtEnd() const { return at_ == text_.size(); }
  // The next byte, or NUL at the end (which no caller looks for).
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  bool Take(char wanted) {
    if (AtEnd() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void SkipBlanks();

  tl::unexpected<Error> Want(std::string_view wanted) const {
    return FailAt(at_, "want " + std::string(wanted) + ", got " + Got());
  }
  tl::unexpected<Error> FailAt(size_t offset, std::string_view what) const;
  std::string Got() const;

  std::string_view text_;
  const ParseOptions& options_;
  size_t at_ = 0;
  size_t token_ = 0;    // where the last scalar or key began
  std::string open_;    // '[' and '{' of the containers around
  bool fresh_ = false;  // the innermost has no element yet
  std::string buffer_;  // an unescaped string
};

tl::unexpected<Error> Reader::FailAt(size_t offset,
                                     std::string_view what) const {
  const std::string_view before = text_.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t newline = before.rfind('\n');
  const size_t column =
      newline == std::string_view::npos ? offset + 1 : offset - newline;
  return Fail(ErrorCode::kInvalidInput, "json " + std::to_string(line) + ":" +
                                            std::to_string(column) + ": " +
                                            std::string(what));
}

std::string Reader::Got() const {
  if (AtEnd()) return "the end of the text";
  const auto byte = static_cast<uint8_t>(text_[at_]);
  if (byte >= 0x20 && byte < 0x7F) {
    return "'" + std::string(1, text_[at_]) + "'";
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  return std::string("byte 0x") + kHex[byte >> 4] + kHex[byte & 15];
}

void Reader::SkipBlanks() {
  while (!AtEnd()) {
    const char c = text_[at_];
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return;
    ++at_;
  }
}

Result<> Reader::Run(Handler& handler) {
  if (text_.size() > options_.max_size) {
    return Fail(ErrorCode::kTooLarge,
                "json: " + std::to_string(text_.size()) + " bytes, want " +
                    std::to_string(options_.max_size) + " at most");
  }
  if (text_.substr(0, 3) == "\xEF\xBB\xBF") {
    return FailAt(0, "want a value, got a byte order mark");
  }
  SkipBlanks();
  TRY(ReadValue(handler));
  while (!open_.empty()) TRY(ReadStep(handler));
  SkipBlanks();
  if (!AtEnd()) return Want("the end of the text");
  return {};
}

// A scalar, or the beginning of a container.
Result<> Reader::ReadValue(Handler& handler) {
  token_ = at_;
  switch (Peek()) {
    case '{':
      TRY(Open('{'));
      return handler.OnObjectBegin();
    case '[':
      TRY(Open('['));
      return handler.OnArrayBegin();
    case '"': {
      const std::string_view text = TRY(ReadString());
      return handler.OnString(text);
    }
    case 't':
      TRY(ReadLiteral("true"));
      return handler.OnBool(true);
    case 'f':
      TRY(ReadLiteral("false"));
      return handler.OnBool(false);
    case 'n':
      TRY(ReadLiteral("null"));
      return handler.OnNull();
    default:
      break;
  }
  const char c = Peek();
  if (c != '-' && (c < '0' || c > '9')) return Want("a value");
  const std::string_view number = TRY(ReadNumber());
  return handler.OnNumber(number);
}

// One element of the innermost container, or its end.
Result<> Reader::ReadStep(Handler& handler) {
  const bool in_object = open_.back() == '{';
  SkipBlanks();
  if (Take(in_object ? '}' : ']')) {
    open_.pop_back();
    fresh_ = false;
    return in_object ? handler.OnObjectEnd() : handler.OnArrayEnd();
  }
  if (!fresh_) {
    if (!Take(',')) return Want(in_object ? "',' or '}'" : "',' or ']'");
    SkipBlanks();
  }
  if (in_object) TRY(ReadKey(handler));
  fresh_ = false;
  return ReadValue(handler);
}

Result<> Reader::ReadKey(Handler& handler) {
  if (Peek() != '"') return Want(fresh_ ? "a key or '}'" : "a key");
  token_ = at_;
  const std::string_view key = TRY(ReadString());
  TRY(handler.OnKey(key));
  SkipBlanks();
  if (!Take(':')) return Want("':'");
  SkipBlanks();
  return {};
}

Result<> Reader::Open(char kind) {
  if (open_.size() >= options_.max_depth) {
    return FailAt(at_, "nested deeper than " +
                           std::to_string(options_.max_depth) + " levels");
  }
  open_.push_back(kind);
  fresh_ = true;
  ++at_;
  return {};
}

Result<> Reader::ReadLiteral(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return Want("a value");
  at_ += word.size();
  return {};
}

// Section 6. What may follow a number is for the container to say.
Result<std::string_view> Reader::ReadNumber() {
  const size_t begin = at_;
  Take('-');
  if (!Take('0')) TRY(ReadDigits());
  if (Take('.')) TRY(ReadDigits());
  if (Take('e') || Take('E')) {
    if (!Take('+')) Take('-');
    TRY(ReadDigits());
  }
  if (at_ - begin > options_.max_number_digits) {
    return FailAt(
        begin, "a number of " + std::to_string(at_ - begin) + " digits, want " +
                   std::to_string(options_.max_number_digits) + " at most");
  }
  return text_.substr(begin, at_ - begin);
}

Result<> Reader::ReadDigits() {
  const size_t begin = at_;
  while (Peek() >= '0' && Peek() <= '9') ++at_;
  if (at_ == begin) return Want("a digit");
  return {};
}

// A view into the text, or into buffer_ once there is an escape.
Result<std::string_view> Reader::ReadString() {
  ++at_;
  size_t run = at_;  // first byte not yet in buffer_
  bool buffered = false;
  const auto flush = [&] { buffer_.append(text_, run, at_ - run); };
  for (;;) {
    const auto byte = static_cast<uint8_t>(Peek());
    if (byte == '"') {
      if (!buffered) return text_.substr(run, at_++ - run);
      flush();
      ++at_;
      return std::string_view(buffer_);
    }
    if (byte == '\\') {
      if (!buffered) buffer_.clear();
      flush();
      buffered = true;
      TRY(ReadEscape());
      run = at_;
      continue;
    }
    if (byte < 0x20) {
      return Want(AtEnd() ? "'\"'" : "an escape for a control character");
    }
    const size_t length = byte < 0x80 ? 1 : Utf8SequenceLength(text_, at_);
    if (length == 0) return Want("UTF-8");
    at_ += length;
  }
}

Result<> Reader::ReadEscape() {
  ++at_;
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (Take('u')) return ReadUnicodeEscape();
  const size_t index = AtEnd() ? kLetters.npos : kLetters.find(text_[at_]);
  if (index == kLetters.npos) return Want("an escape");
  buffer_.push_back(kMeanings[index]);
  ++at_;
  return {};
}

// Section 7: beyond U+FFFF two escapes, a surrogate pair. One alone names no
// character and is refused.
Result<> Reader::ReadUnicodeEscape() {
  const size_t begin = at_ - 2;
  const uint32_t first = TRY(ReadHex4());
  if (first < 0xD800 || first > 0xDFFF) {
    AppendUtf8(first, buffer_);
    return {};
  }
  if (first > 0xDBFF || text_.substr(at_, 2) != "\\u") {
    return FailAt(begin, "want a surrogate pair, got one half");
  }
  at_ += 2;
  const uint32_t second = TRY(ReadHex4());
  if (second < 0xDC00 || second > 0xDFFF) {
    return FailAt(begin, "want a surrogate pair, got one half");
  }
  AppendUtf8(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), buffer_);
  return {};
}

Result<uint32_t> Reader::ReadHex4() {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = Peek();
    uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<uint32_t>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<uint32_t>(c - 'A') + 10;
    } else {
      return Want("a hexadecimal digit");
    }
    value = value << 4 | digit;
  }
  return value;
}

// Makes a Value of the events. A container is built on `frames_` and moved
// into the one around it when it ends.
class Builder final : public Handler {
 public:
  Builder(const Reader& reader, DuplicateKeys duplicates)
      : reader_(reader), duplicates_(duplicates) {}

  Value TakeRoot() { return std::move(root_); }

  Result<> OnNull() override { return Add(nullptr); }
  Result<> OnBool(bool value) override { return Add(value); }
  Result<> OnNumber(std::string_view text) override {
    return Add(NumberFromText(text));
  }
  Result<> OnString(std::string_view text) override { return Add(text); }
  Result<> OnArrayBegin() override { return Begin(Array()); }
  Result<> OnArrayEnd() override { return End(); }
  Result<> OnObjectBegin() override { return Begin(Object()); }
  Result<> OnObjectEnd() override { return End(); }
  Result<> OnKey(std::string_view key) override {
    Object& object = *frames_.back().container.if_object();
    const size_t before = object.size();
    frames_.back().slot = &object.Set(key, nullptr);
    if (object.size() == before && duplicates_ == DuplicateKeys::kReject) {
      return reader_.FailAtToken("the key \"" + std::string(key.substr(0, 64)) +
                                 "\" a second time");
    }
    return {};
  }

 private:
  struct Frame {
    Value container;
    Value* slot = nullptr;  // of the key read last
  };

  Result<> Begin(Value container) {
    frames_.push_back(Frame{std::move(container), nullptr});
    return {};
  }
  Result<> End() {
    Value done = std::move(frames_.back().container);
    frames_.pop_back();
    return Add(std::move(done));
  }
  Result<> Add(Value value) {
    if (frames_.empty()) {
      root_ = std::move(value);
    } else if (Array* array = frames_.back().container.if_array()) {
      array->push_back(std::move(value));
    } else {
      *frames_.back().slot = std::move(value);
    }
    return {};
  }

  const Reader& reader_;
  DuplicateKeys duplicates_;
  std::vector<Frame> frames_;
  Value root_;
};

template <class Integer>
bool ReadInteger(std::string_view text, Integer& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

}  // namespace

Value NumberFromText(std::string_view text) {
  int64_t small = 0;
  // "-0" is a number of its own to whoever prints or hashes it.
  if (text != "-0" && ReadInteger(text, small)) return small;
  uint64_t large = 0;
  if (ReadInteger(text, large)) return large;
  return Decimal{std::string(text)};
}

Result<> ParseEvents(std::string_view text, Handler& handler,
                     const ParseOptions& options) {
  return Reader(text, options).Run(handler);
}

Result<Value> Parse(std::string_view text, const ParseOptions& options) {
  // Copying, comparing and writing a Value recurse: this is their bound.
  ParseOptions bounded = options;
  bounded.max_depth = std::min(options.max_depth, kMaxDepth);
  Reader reader(text, bounded);
  Builder builder(reader, options.duplicates);
  TRY(reader.Run(builder));
  return builder.TakeRoot();
}

}  // namespace vouchsafe::json
