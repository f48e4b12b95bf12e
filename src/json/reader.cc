#include "json/reader.h"

#include <algorithm>

#include "json/plain_text.h"

namespace vouchsafe::json {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Error ReaderBase::ErrorAt(size_t offset, std::string_view what) const {
  const std::string_view before = text_.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t newline = before.rfind('\n');
  const size_t column =
      newline == std::string_view::npos ? offset + 1 : offset - newline;
  return Error{ErrorCode::kInvalidInput,
               "json " + std::to_string(line) + ":" + std::to_string(column) +
                   ": " + std::string(what),
               nullptr,
               {}};
}

std::string ReaderBase::Got() const {
  if (AtEnd()) return "the end of the text";
  const auto byte = static_cast<uint8_t>(text_[at_]);
  if (byte >= 0x20 && byte < 0x7F) {
    return "'" + std::string(1, text_[at_]) + "'";
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  return std::string("byte 0x") + kHex[byte >> 4] + kHex[byte & 15];
}

bool ReaderBase::CheckStart() {
  if (text_.size() > options_.max_size) {
    error_ = Error{ErrorCode::kTooLarge,
                   "json: " + std::to_string(text_.size()) + " bytes, want " +
                       std::to_string(options_.max_size) + " at most",
                   nullptr,
                   {}};
    return false;
  }
  if (text_.substr(0, 3) == "\xEF\xBB\xBF") {
    return FailAt(0, "want a value, got a byte order mark");
  }
  return true;
}

bool ReaderBase::ReadLiteral(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return Want("a value");
  at_ += word.size();
  return true;
}

bool ReaderBase::ReadSmallInteger(int64_t& value) {
  constexpr size_t kMostDigits = 18;  // always fit
  size_t at = at_;
  const bool negative = at < text_.size() && text_[at] == '-';
  if (negative) ++at;
  const size_t first = at;
  int64_t sum = 0;
  while (at < text_.size() && IsDigit(text_[at])) {
    if (at - first == kMostDigits) return false;
    sum = sum * 10 + (text_[at] - '0');
    ++at;
  }
  const size_t digits = at - first;
  if (digits == 0 || at - at_ > options_.max_number_digits) return false;
  if (text_[first] == '0' && (digits > 1 || negative)) return false;
  if (at < text_.size()) {
    const char next = text_[at];
    if (next == '.' || next == 'e' || next == 'E') return false;
  }
  at_ = at;
  value = negative ? -sum : sum;
  return true;
}

// Section 6. What may follow a number is for the container to say.
bool ReaderBase::ReadNumber(std::string_view& number) {
  const size_t begin = at_;
  if (Peek() != '-' && !IsDigit(Peek())) return Want("a value");
  Take('-');
  if (!Take('0') && !ReadDigits()) return false;
  if (Take('.') && !ReadDigits()) return false;
  if (Take('e') || Take('E')) {
    if (!Take('+')) Take('-');
    if (!ReadDigits()) return false;
  }
  if (at_ - begin > options_.max_number_digits) {
    return FailAt(
        begin, "a number of " + std::to_string(at_ - begin) + " digits, want " +
                   std::to_string(options_.max_number_digits) + " at most");
  }
  number = text_.substr(begin, at_ - begin);
  return true;
}

bool ReaderBase::ReadDigits() {
  const size_t begin = at_;
  while (IsDigit(Peek())) ++at_;
  return at_ != begin || Want("a digit");
}

// A view into the text, or into buffer_ once there is an escape.
bool ReaderBase::ReadString(std::string_view& string) {
  ++at_;
  size_t run = at_;  // first byte not yet in buffer_
  bool buffered = false;
  const auto flush = [&] { buffer_.append(text_, run, at_ - run); };
  for (;;) {
    at_ = SkipPlain(text_, at_);
    const auto byte = static_cast<uint8_t>(Peek());
    if (byte == '"') {
      if (buffered) flush();
      string =
          buffered ? std::string_view(buffer_) : text_.substr(run, at_ - run);
      ++at_;
      return true;
    }
    if (byte == '\\') {
      if (!buffered) buffer_.clear();
      flush();
      buffered = true;
      if (!ReadEscape()) return false;
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

bool ReaderBase::ReadEscape() {
  ++at_;
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (Take('u')) return ReadUnicodeEscape();
  const size_t index = AtEnd() ? kLetters.npos : kLetters.find(text_[at_]);
  if (index == kLetters.npos) return Want("an escape");
  buffer_.push_back(kMeanings[index]);
  ++at_;
  return true;
}

// Section 7: beyond U+FFFF two escapes, a surrogate pair. One alone names no
// character and is refused.
bool ReaderBase::ReadUnicodeEscape() {
  const size_t begin = at_ - 2;
  uint32_t first = 0;
  if (!ReadHex4(first)) return false;
  if (first < 0xD800 || first > 0xDFFF) {
    AppendUtf8(first, buffer_);
    return true;
  }
  if (first > 0xDBFF || text_.substr(at_, 2) != "\\u") {
    return FailAt(begin, "want a surrogate pair, got one half");
  }
  at_ += 2;
  uint32_t second = 0;
  if (!ReadHex4(second)) return false;
  if (second < 0xDC00 || second > 0xDFFF) {
    return FailAt(begin, "want a surrogate pair, got one half");
  }
  AppendUtf8(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), buffer_);
  return true;
}

bool ReaderBase::ReadHex4(uint32_t& value) {
  value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = Peek();
    uint32_t digit = 0;
    if (IsDigit(c)) {
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
  return true;
}

}  // namespace vouchsafe::json
