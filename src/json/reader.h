#pragma once

// The one reader of JSON text (RFC 8259), behind Parse and ParseEvents. A
// template over who listens, so that an event is a plain call. Read left to
// right; the open containers are a vector of their own, so depth costs heap,
// never stack.
//
// A Sink has these members, each false to end the parse, having kept why:
//   bool OnNull(), OnBool(bool), OnInteger(int64_t),
//        OnNumber(std::string_view)   any other number, as written
//        OnString(std::string_view), OnKey(std::string_view),
//        OnArrayBegin(), OnArrayEnd(), OnObjectBegin(), OnObjectEnd()
//   Error TakeError(const ReaderBase&)
// Views are valid during the call only.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "json/parse.h"
#include "json/utf8.h"

namespace vouchsafe::json {

// What does not depend on who listens: the text, the place in it, errors.
class ReaderBase {
 public:
  ReaderBase(std::string_view text, const ParseOptions& options)
      : text_(text), options_(options) {}

  // "json 3:7: " and `what`, at the token read last.
  Error ErrorAtToken(std::string_view what) const {
    return ErrorAt(token_, what);
  }

 protected:
  bool AtEnd() const { return at_ == text_.size(); }
  // The next byte, or NUL at the end (which no caller looks for).
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  bool Take(char wanted) {
    if (AtEnd() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void SkipBlanks() {
    while (!AtEnd()) {
      const char c = text_[at_];
      if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return;
      ++at_;
    }
  }

  // All answer false, so that `return Want(...)` ends the parse.
  bool Want(std::string_view wanted) {
    return FailAt(at_, "want " + std::string(wanted) + ", got " + Got());
  }
  bool FailAt(size_t offset, std::string_view what) {
    error_ = ErrorAt(offset, what);
    return false;
  }

  bool CheckStart();
  bool ReadLiteral(std::string_view word);
  bool ReadNumber(std::string_view& number);
  bool ReadString(std::string_view& string);
  // A whole number of at most 18 digits without fraction and exponent; false,
  // having read nothing, when the next number is another.
  bool ReadSmallInteger(int64_t& value);

  std::string_view text_;
  const ParseOptions& options_;
  size_t at_ = 0;
  size_t token_ = 0;    // where the last scalar or key began
  std::string buffer_;  // an unescaped string
  Error error_;

 private:
  Error ErrorAt(size_t offset, std::string_view what) const;
  std::string Got() const;
  bool ReadDigits();
  bool ReadEscape();
  bool ReadUnicodeEscape();
  bool ReadHex4(uint32_t& value);
};

template <class Sink>
class Reader final : public ReaderBase {
 public:
  Reader(std::string_view text, const ParseOptions& options, Sink& sink)
      : ReaderBase(text, options), sink_(sink) {}

  Result<> Run() {
    if (ReadDocument()) return {};
    return tl::unexpected<Error>(std::move(error_));
  }

 private:
  bool Tell(bool goes_on) {
    if (!goes_on) error_ = sink_.TakeError(*this);
    return goes_on;
  }
  bool ReadDocument();
  bool ReadValue();
  bool ReadStep();
  bool ReadKey();
  bool Open(char kind);

  Sink& sink_;
  std::string open_;    // '[' and '{' of the containers around
  bool fresh_ = false;  // the innermost has no element yet
};

template <class Sink>
bool Reader<Sink>::ReadDocument() {
  if (!CheckStart()) return false;
  SkipBlanks();
  if (!ReadValue()) return false;
  while (!open_.empty()) {
    if (!ReadStep()) return false;
  }
  SkipBlanks();
  return AtEnd() || Want("the end of the text");
}

// A scalar, or the beginning of a container.
template <class Sink>
bool Reader<Sink>::ReadValue() {
  token_ = at_;
  switch (Peek()) {
    case '{':
      return Open('{') && Tell(sink_.OnObjectBegin());
    case '[':
      return Open('[') && Tell(sink_.OnArrayBegin());
    case '"': {
      std::string_view text;
      return ReadString(text) && Tell(sink_.OnString(text));
    }
    case 't':
      return ReadLiteral("true") && Tell(sink_.OnBool(true));
    case 'f':
      return ReadLiteral("false") && Tell(sink_.OnBool(false));
    case 'n':
      return ReadLiteral("null") && Tell(sink_.OnNull());
    default:
      break;
  }
  if (int64_t value = 0; ReadSmallInteger(value)) {
    return Tell(sink_.OnInteger(value));
  }
  std::string_view number;
  return ReadNumber(number) && Tell(sink_.OnNumber(number));
}

// One element of the innermost container, or its end.
template <class Sink>
bool Reader<Sink>::ReadStep() {
  const bool in_object = open_.back() == '{';
  SkipBlanks();
  if (Take(in_object ? '}' : ']')) {
    open_.pop_back();
    fresh_ = false;
    return Tell(in_object ? sink_.OnObjectEnd() : sink_.OnArrayEnd());
  }
  if (!fresh_) {
    if (!Take(',')) return Want(in_object ? "',' or '}'" : "',' or ']'");
    SkipBlanks();
  }
  if (in_object && !ReadKey()) return false;
  fresh_ = false;
  return ReadValue();
}

template <class Sink>
bool Reader<Sink>::ReadKey() {
  if (Peek() != '"') return Want(fresh_ ? "a key or '}'" : "a key");
  token_ = at_;
  std::string_view key;
  if (!ReadString(key) || !Tell(sink_.OnKey(key))) return false;
  SkipBlanks();
  if (!Take(':')) return Want("':'");
  SkipBlanks();
  return true;
}

template <class Sink>
bool Reader<Sink>::Open(char kind) {
  if (open_.size() >= options_.max_depth) {
    return FailAt(at_, "nested deeper than " +
                           std::to_string(options_.max_depth) + " levels");
  }
  open_.push_back(kind);
  fresh_ = true;
  ++at_;
  return true;
}

}  // namespace vouchsafe::json
