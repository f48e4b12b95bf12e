// sprintf with Go's directives (package fmt).

#include "rego/builtins/families.h"
#include "rego/builtins/format_spec.h"

namespace vouchsafe::rego {
namespace {

constexpr size_t kMaxWidth = 1'000'000;  // Go's own bound

class Formatter {
 public:
  Formatter(BuiltinCall& call, std::string_view format,
            std::span<const Value> args)
      : writer_(call), format_(format), args_(args) {}

  std::string Run() {
    while (at_ < format_.size()) {
      const size_t next = std::min(format_.find('%', at_), format_.size());
      writer_.Put(format_.substr(at_, next - at_));
      at_ = next;
      if (at_ < format_.size()) {
        ++at_;
        Directive();
      }
    }
    if (!reordered_ && next_arg_ < args_.size()) Extra();
    return std::move(writer_.out);
  }

 private:
  char Peek() const { return at_ < format_.size() ? format_[at_] : '\0'; }

  void Extra() {
    writer_.Put("%!(EXTRA ");
    for (size_t i = next_arg_; i < args_.size(); ++i) {
      if (i > next_arg_) writer_.Put(", ");
      writer_.PutTyped(FormatSpec(), args_[i]);
    }
    writer_.Put(")");
  }

  void Flags(FormatSpec& spec) {
    for (;; ++at_) {
      switch (Peek()) {
        case '+':
          spec.plus = true;
          break;
        case '-':
          spec.minus = true;
          break;
        case '#':
          spec.sharp = true;
          break;
        case ' ':
          spec.space = true;
          break;
        case '0':
          spec.zero = true;
          break;
        default:
          return;
      }
    }
  }

  // Digits; false when there are none. A number beyond the bound swallows the
  // rest of the format.
  bool Number(size_t* out) {
    const size_t begin = at_;
    *out = 0;
    while (Peek() >= '0' && Peek() <= '9') {
      if (*out > kMaxWidth) {
        *out = 0;
        at_ = format_.size();
        return false;
      }
      *out = *out * 10 + static_cast<size_t>(Peek() - '0');
      ++at_;
    }
    return at_ > begin;
  }

  // [n] before a verb or a star. True when there was one.
  bool Index() {
    if (Peek() != '[') return false;
    reordered_ = true;
    const size_t close = format_.find(']', at_);
    ++at_;
    if (close == std::string_view::npos || format_.size() - at_ < 2) {
      good_index_ = false;
      return false;
    }
    size_t index = 0;
    const bool number = Number(&index) && at_ == close;
    at_ = close + 1;
    if (number && index > 0 && index <= args_.size()) {
      next_arg_ = index - 1;
      return true;
    }
    good_index_ = false;
    return number;
  }

  // A star: the number from the arguments.
  std::optional<int64_t> Star() {
    ++at_;
    if (next_arg_ >= args_.size()) return std::nullopt;
    const Value& value = args_[next_arg_++];
    const auto number =
        value.is_number() ? AsInt64(value) : std::optional<int64_t>();
    const auto most = static_cast<int64_t>(kMaxWidth);
    if (!number || *number > most || *number < -most) return std::nullopt;
    return number;
  }

  void Width(FormatSpec& spec, bool& after_index) {
    if (Peek() != '*') {
      spec.has_width = Number(&spec.width);
      if (after_index && spec.has_width) good_index_ = false;
      return;
    }
    const auto number = Star();
    after_index = false;
    spec.has_width = number.has_value();
    if (!number) return writer_.Put("%!(BADWIDTH)");
    if (*number < 0) {
      spec.minus = true;
      spec.zero = false;
    }
    spec.width = static_cast<size_t>(*number < 0 ? -*number : *number);
  }

  void Precision(FormatSpec& spec, bool& after_index) {
    if (Peek() != '.') return;
    ++at_;
    if (after_index) good_index_ = false;
    after_index = Index();
    if (Peek() != '*') {
      Number(&spec.precision);
      spec.has_precision = true;
      return;
    }
    const auto number = Star();
    after_index = false;
    spec.has_precision = number && *number >= 0;
    if (!spec.has_precision) return writer_.Put("%!(BADPREC)");
    spec.precision = static_cast<size_t>(*number);
  }

  void Directive() {
    FormatSpec spec;
    good_index_ = true;
    Flags(spec);
    bool after_index = Index();
    Width(spec, after_index);
    Precision(spec, after_index);
    if (!after_index) Index();
    if (at_ >= format_.size()) return writer_.Put("%!(NOVERB)");
    const size_t length = CodePointLength(format_, at_);
    const std::string_view verb = format_.substr(at_, length);
    at_ += length;
    if (verb == "%") return writer_.Put("%");
    if (!good_index_ || next_arg_ >= args_.size()) {
      writer_.Put("%!");
      writer_.Put(verb);
      return writer_.Put(good_index_ ? "(MISSING)" : "(BADINDEX)");
    }
    writer_.PutArg(verb, spec, args_[next_arg_++]);
  }

  FormatWriter writer_;
  std::string_view format_;
  std::span<const Value> args_;
  size_t at_ = 0;
  size_t next_arg_ = 0;
  bool reordered_ = false;
  bool good_index_ = true;
};

Value Sprintf(BuiltinCall& call, std::span<const Value> args) {
  if (!call.Is(args, 0, Kind::kString) || !call.Is(args, 1, Kind::kArray)) {
    return {};
  }
  call.budget.Bytes(args[0].size());
  for (const Value& item : args[1].items()) {
    const size_t size = JsonSize(item);
    call.budget.Bytes(size);
    call.arena.Need(size * 2);
  }
  return call.Text(Formatter(call, args[0].text(), args[1].items()).Run());
}

}  // namespace

void RegisterSprintf(BuiltinTable& table) { table.Offer("sprintf", Sprintf); }

}  // namespace vouchsafe::rego
