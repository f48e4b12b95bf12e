#include "rego/fast_json.h"

#include <cstring>
#include <vector>

#include "json/utf8.h"
#include "rego/number.h"

namespace vouchsafe::rego {
namespace {

constexpr uint64_t kOnes = 0x0101010101010101u;
constexpr uint64_t kHighs = 0x8080808080808080u;

uint64_t ZeroBytes(uint64_t word) { return (word - kOnes) & ~word & kHighs; }

// A byte that is not plain inside a string: quote, backslash, control, not
// ASCII. Eight at a time; false alarms are looked at one by one.
bool HasSpecial(uint64_t word) {
  return (word & kHighs) || ZeroBytes(word ^ (kOnes * '"')) ||
         ZeroBytes(word ^ (kOnes * '\\')) ||
         ((word - kOnes * 0x20) & ~word & kHighs);
}

class FastReader {
 public:
  FastReader(Arena& arena, std::string_view text,
             const json::ParseOptions& options)
      : arena_(arena), options_(options) {
    // One byte more, so that looking at the next one is always allowed.
    char* copy = arena.AllocArray<char>(text.size() + 1);
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
    at_ = copy;
    end_ = copy + text.size();
    values_.reserve(64);
  }

  Value Run() {
    Blanks();
    if (!ReadValue()) return {};
    while (!open_.empty()) {
      if (!ReadStep()) return {};
    }
    Blanks();
    return at_ == end_ ? values_[0] : Value();
  }

 private:
  struct Frame {
    size_t begin;  // in values_
    bool object;
  };

  void Blanks() {
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r') ++at_;
  }
  bool Take(char wanted) {
    if (*at_ != wanted) return false;
    ++at_;
    return true;
  }
  bool Word(const char* word, size_t size, Value value) {
    if (static_cast<size_t>(end_ - at_) < size ||
        std::memcmp(at_, word, size) != 0) {
      return false;
    }
    at_ += size;
    values_.push_back(value);
    return true;
  }

  // A scalar, or the beginning of a container.
  bool ReadValue() {
    switch (*at_) {
      case '{':
      case '[':
        if (open_.size() >= options_.max_depth) return false;
        open_.push_back({values_.size(), *at_++ == '{'});
        fresh_ = true;
        return true;
      case '"':
        return ReadString();
      case 't':
        return Word("true", 4, Value::Bool(true));
      case 'f':
        return Word("false", 5, Value::Bool(false));
      case 'n':
        return Word("null", 4, Value::Null());
      default:
        return ReadNumber();
    }
  }

  // One element of the innermost container, or its end.
  bool ReadStep() {
    const bool object = open_.back().object;
    Blanks();
    if (Take(object ? '}' : ']')) return Close();
    if (!fresh_) {
      if (!Take(',')) return false;
      Blanks();
    }
    fresh_ = false;
    if (object) {
      if (*at_ != '"' || !ReadString()) return false;
      Blanks();
      if (!Take(':')) return false;
      Blanks();
    }
    return ReadValue();
  }

  bool Close() {
    const Frame frame = open_.back();
    open_.pop_back();
    fresh_ = false;
    const std::span<Value> items = std::span(values_).subspan(frame.begin);
    Value made;
    if (frame.object) {
      pairs_.clear();
      for (size_t i = 0; i < items.size(); i += 2) {
        pairs_.push_back({items[i], items[i + 1]});
      }
      made = MakeObjectOf(arena_, pairs_);
      if (2 * made.size() != items.size() &&
          options_.duplicates == json::DuplicateKeys::kReject) {
        return false;
      }
    } else {
      made = MakeArray(arena_, items);
    }
    values_.resize(frame.begin);
    values_.push_back(made);
    return true;
  }

  bool ReadString() {
    const char* const begin = ++at_;
    bool plain = true;
    while (true) {
      while (end_ - at_ >= 8) {
        uint64_t word = 0;
        std::memcpy(&word, at_, 8);
        if (HasSpecial(word)) break;
        at_ += 8;
      }
      const auto byte = static_cast<uint8_t>(*at_);
      if (byte == '"') break;
      if (byte == '\\') {
        plain = false;
        if (at_ + 1 >= end_) return false;
        at_ += 2;
      } else if (byte < 0x20) {
        return false;  // the end as well
      } else if (byte < 0x80) {
        ++at_;
      } else {
        const size_t length =
            json::Utf8SequenceLength({at_, static_cast<size_t>(end_ - at_)}, 0);
        if (length == 0) return false;
        at_ += length;
      }
    }
    const std::string_view raw(begin, static_cast<size_t>(at_ - begin));
    ++at_;
    if (plain) {
      values_.push_back(Value::Text(raw));
      return true;
    }
    return Unescape(raw);
  }

  // Into the copy itself: the text only gets shorter. \u is for the strict
  // reader, but for plain ASCII.
  bool Unescape(std::string_view raw) {
    char* out = const_cast<char*>(raw.data());
    const char* const begin = out;
    for (size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '\\') {
        *out++ = raw[i];
        continue;
      }
      switch (raw[++i]) {
        case '"':
        case '\\':
        case '/':
          *out++ = raw[i];
          break;
        case 'b':
          *out++ = '\b';
          break;
        case 'f':
          *out++ = '\f';
          break;
        case 'n':
          *out++ = '\n';
          break;
        case 'r':
          *out++ = '\r';
          break;
        case 't':
          *out++ = '\t';
          break;
        case 'u': {
          if (raw.substr(i + 1, 2) != "00" || i + 4 >= raw.size()) return false;
          const int high = Hex(raw[i + 3]), low = Hex(raw[i + 4]);
          if (high < 0 || high > 7 || low < 0) return false;
          *out++ = static_cast<char>(high * 16 + low);
          i += 4;
          break;
        }
        default:
          return false;
      }
    }
    values_.push_back(Value::Text({begin, static_cast<size_t>(out - begin)}));
    return true;
  }
  static int Hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  }

  bool ReadNumber() {
    const char* const begin = at_;
    const bool minus = Take('-');
    const char* const digits = at_;
    int64_t value = 0;
    while (*at_ >= '0' && *at_ <= '9' && at_ - digits < 18) {
      value = 10 * value + (*at_++ - '0');
    }
    if (at_ == digits) return false;
    const bool whole = *at_ != '.' && *at_ != 'e' && *at_ != 'E' &&
                       !(*at_ >= '0' && *at_ <= '9');
    // -0 keeps its form.
    if (whole && (*digits != '0' || (at_ - digits == 1 && !minus))) {
      values_.push_back(Value::Int(minus ? -value : value));
      return true;
    }
    while ((*at_ >= '0' && *at_ <= '9') || *at_ == '.' || *at_ == 'e' ||
           *at_ == 'E' || *at_ == '+' || *at_ == '-') {
      ++at_;
    }
    const std::string_view text(begin, static_cast<size_t>(at_ - begin));
    if (text.size() > options_.max_number_digits) return false;
    const Value number = MakeNumber(arena_, text, options_.max_number_digits);
    if (!number.defined()) return false;
    values_.push_back(number);
    return true;
  }

  Arena& arena_;
  const json::ParseOptions& options_;
  const char* at_;
  const char* end_;
  bool fresh_ = false;  // the innermost has no element yet
  std::vector<Value> values_;
  std::vector<Pair> pairs_;
  std::vector<Frame> open_;
};

}  // namespace

Value FastJson(Arena& arena, std::string_view text,
               const json::ParseOptions& options) {
  if (text.empty() || text.size() > options.max_size ||
      options.max_number_digits < 20) {
    return {};
  }
  return FastReader(arena, text, options).Run();
}

}  // namespace vouchsafe::rego
