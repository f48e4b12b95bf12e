#include "json/parse.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "json/reader.h"

namespace vouchsafe::json {
namespace {

// Makes a Value of the events. Elements of open arrays wait on one stack and
// are moved into an array of the right size when it ends; members go into
// their object at once, which knows the keys it has. Bytes are often sent as
// arrays of numbers, so an array waits as plain integers while it has nothing
// else.
class Builder {
 public:
  explicit Builder(DuplicateKeys duplicates) : duplicates_(duplicates) {
    frames_.reserve(8);
  }

  Value TakeRoot() { return std::move(root_); }
  Error TakeError(const ReaderBase& reader) const {
    return reader.ErrorAtToken("the key \"" + repeated_ + "\" a second time");
  }

  bool OnNull() { return Add(nullptr); }
  bool OnBool(bool value) { return Add(value); }
  bool OnInteger(int64_t value) {
    if (!InPlainArray()) return Add(value);
    integers_.push_back(value);
    return true;
  }
  bool OnNumber(std::string_view text) { return Add(NumberFromText(text)); }
  bool OnString(std::string_view text) { return Add(text); }
  bool OnArrayBegin() {
    SpillIntegers();
    frames_.push_back(Frame{false, stack_.size(), {}, nullptr});
    return true;
  }
  bool OnObjectBegin() {
    SpillIntegers();
    frames_.push_back(Frame{true, 0, {}, nullptr});
    return true;
  }
  bool OnArrayEnd() {
    if (!integers_.empty()) {
      Array done(integers_.begin(), integers_.end());
      integers_.clear();
      frames_.pop_back();
      return Add(std::move(done));
    }
    const auto first =
        stack_.begin() + static_cast<std::ptrdiff_t>(frames_.back().begin);
    Array done(std::make_move_iterator(first),
               std::make_move_iterator(stack_.end()));
    stack_.erase(first, stack_.end());
    frames_.pop_back();
    return Add(std::move(done));
  }
  bool OnObjectEnd() {
    Object done = std::move(frames_.back().object);
    frames_.pop_back();
    return Add(std::move(done));
  }
  bool OnKey(std::string_view key) {
    Frame& frame = frames_.back();
    const size_t before = frame.object.size();
    frame.slot = &frame.object.Set(key, nullptr);
    if (frame.object.size() == before &&
        duplicates_ == DuplicateKeys::kReject) {
      repeated_ = key.substr(0, 64);
      return false;
    }
    return true;
  }

 private:
  struct Frame {
    bool is_object;
    size_t begin;  // of an array's elements on the stack
    Object object;
    Value* slot;  // of the key read last
  };

  // The innermost container is an array of integers so far.
  bool InPlainArray() const {
    return !frames_.empty() && !frames_.back().is_object &&
           stack_.size() == frames_.back().begin;
  }
  void SpillIntegers() {
    stack_.insert(stack_.end(), integers_.begin(), integers_.end());
    integers_.clear();
  }

  template <class T>
  bool Add(T&& value) {
    SpillIntegers();
    if (frames_.empty()) {
      root_ = Value(std::forward<T>(value));
    } else if (frames_.back().is_object) {
      *frames_.back().slot = Value(std::forward<T>(value));
    } else {
      stack_.emplace_back(std::forward<T>(value));
    }
    return true;
  }

  const DuplicateKeys duplicates_;
  std::vector<Frame> frames_;
  std::vector<Value> stack_;
  std::vector<int64_t> integers_;  // of the innermost array
  Value root_;
  std::string repeated_;
};

// Events for those who see numbers as text only.
class ToHandler {
 public:
  explicit ToHandler(Handler& handler) : handler_(handler) {}

  Error TakeError(const ReaderBase&) { return std::move(error_); }
  bool OnNull() { return Keep(handler_.OnNull()); }
  bool OnBool(bool value) { return Keep(handler_.OnBool(value)); }
  bool OnInteger(int64_t value) {
    char text[24];
    const auto [end, error] =
        std::to_chars(std::begin(text), std::end(text), value);
    return OnNumber({text, static_cast<size_t>(end - text)});
  }
  bool OnNumber(std::string_view text) { return Keep(handler_.OnNumber(text)); }
  bool OnString(std::string_view text) { return Keep(handler_.OnString(text)); }
  bool OnKey(std::string_view key) { return Keep(handler_.OnKey(key)); }
  bool OnArrayBegin() { return Keep(handler_.OnArrayBegin()); }
  bool OnArrayEnd() { return Keep(handler_.OnArrayEnd()); }
  bool OnObjectBegin() { return Keep(handler_.OnObjectBegin()); }
  bool OnObjectEnd() { return Keep(handler_.OnObjectEnd()); }

 private:
  bool Keep(Result<> result) {
    if (result) return true;
    error_ = std::move(result).error();
    return false;
  }

  Handler& handler_;
  Error error_;
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
  ToHandler sink(handler);
  return Reader<ToHandler>(text, options, sink).Run();
}

Result<Value> Parse(std::string_view text, const ParseOptions& options) {
  // Copying, comparing and writing a Value recurse: this is their bound.
  ParseOptions bounded = options;
  bounded.max_depth = std::min(options.max_depth, kMaxDepth);
  Builder builder(options.duplicates);
  TRY(Reader<Builder>(text, bounded, builder).Run());
  return builder.TakeRoot();
}

}  // namespace vouchsafe::json
