#include "config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <charconv>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "json/parse.h"
#include "json/utf8.h"

namespace vouchsafe::config {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

size_t SkipDigits(std::string_view text, size_t at) {
  return std::min(text.find_first_not_of(kDigits, at), text.size());
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?, as the
// number JSON writes; empty when it is none.
std::string JsonNumber(std::string_view text) {
  std::string out;
  size_t at = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    if (text[0] == '-') out = "-";
    at = 1;
  }
  const size_t whole_end = SkipDigits(text, at);
  const std::string_view whole = text.substr(at, whole_end - at);
  const size_t first = whole.find_first_not_of('0');
  out += first == whole.npos ? "0" : std::string(whole.substr(first));
  at = whole_end;
  std::string_view fraction;
  if (at < text.size() && text[at] == '.') {
    const size_t end = SkipDigits(text, at + 1);
    fraction = text.substr(at + 1, end - at - 1);
    out += "." + (fraction.empty() ? "0" : std::string(fraction));
    at = end;
  }
  if (whole.empty() && fraction.empty()) return {};
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    size_t digits = at + 1;
    if (digits < text.size() && (text[digits] == '-' || text[digits] == '+')) {
      ++digits;
    }
    const size_t end = SkipDigits(text, digits);
    if (end == digits) return {};
    out += text.substr(at, end - at);
    at = end;
  }
  return at == text.size() ? out : std::string();
}

// 0o17 and 0x1F; nullopt when it is neither.
std::optional<json::Value> OctalOrHex(std::string_view text) {
  if (text.size() < 3 || text[0] != '0') return std::nullopt;
  const int base = text[1] == 'o' ? 8 : text[1] == 'x' ? 16 : 0;
  if (base == 0) return std::nullopt;
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 2, end, value, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return json::Value(value);
}

json::Value PlainScalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" ||
      text == "NULL") {
    return nullptr;
  }
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (const auto number = OctalOrHex(text)) return *number;
  const std::string number = JsonNumber(text);
  if (!number.empty()) return json::NumberFromText(number);
  return text;
}

// Ends the parse; never leaves this file.
struct Refusal {
  YAML::Mark mark;
  std::string what;
};

class Builder final : public YAML::EventHandler {
 public:
  Builder(Source& out, size_t max_depth) : out_(out), max_depth_(max_depth) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(seen_, true)) throw Refusal{mark, "a second document"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RefuseAnchor(mark, anchor);
    Add(mark, nullptr, "");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refusal{mark, "an alias, which is not offered"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& text) override {
    RefuseAnchor(mark, anchor);
    if (!json::IsUtf8(text)) throw Refusal{mark, "text that is not UTF-8"};
    const bool plain = tag.empty() || tag == "?";
    const std::string prefix(kTagPrefix);
    if (!plain && tag != "!" && tag != prefix + "str") {
      throw Refusal{mark, "the tag " + tag + ", which is not offered"};
    }
    if (plain && text == "<<") {
      throw Refusal{mark, "a merge key, which is not offered"};
    }
    Add(mark, plain ? PlainScalar(text) : json::Value(text), text);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    RefuseAnchor(mark, anchor);
    Open(mark, tag, json::Array());
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    RefuseAnchor(mark, anchor);
    Open(mark, tag, json::Object());
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Frame {
    json::Value container;
    std::string path;
    json::Value* slot = nullptr;  // of the key read last
    std::string slot_path;
  };

  static void RefuseAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) throw Refusal{mark, "an anchor, which is not offered"};
  }

  void Open(const YAML::Mark& mark, const std::string& tag,
            json::Value container) {
    const std::string prefix(kTagPrefix);
    if (!tag.empty() && tag != "?" && tag != "!" && tag != prefix + "map" &&
        tag != prefix + "seq") {
      throw Refusal{mark, "the tag " + tag + ", which is not offered"};
    }
    if (frames_.size() >= max_depth_) {
      throw Refusal{
          mark, "nested deeper than " + std::to_string(max_depth_) + " levels"};
    }
    if (IsAtKey()) throw Refusal{mark, "a key that is not a scalar"};
    std::string path = Place(mark);
    frames_.push_back(Frame{std::move(container), std::move(path), {}, {}});
  }

  void Close() {
    json::Value done = std::move(frames_.back().container);
    frames_.pop_back();
    Put(std::move(done));
  }

  bool IsAtKey() const {
    return !frames_.empty() && frames_.back().container.is_object() &&
           frames_.back().slot == nullptr;
  }

  // The path of the value about to come; keeps the position of list elements
  // (keys have theirs already).
  std::string Place(const YAML::Mark& mark) {
    if (frames_.empty()) return {};
    const Frame& frame = frames_.back();
    const json::Array* array = frame.container.if_array();
    if (array == nullptr) return frame.slot_path;
    std::string path = frame.path + "[" + std::to_string(array->size()) + "]";
    KeepPosition(path, mark);
    return path;
  }

  void KeepPosition(const std::string& path, const YAML::Mark& mark) {
    out_.positions.emplace(path,
                           Position{static_cast<size_t>(mark.line) + 1,
                                    static_cast<size_t>(mark.column) + 1});
  }

  void Add(const YAML::Mark& mark, json::Value value, const std::string& text) {
    if (!IsAtKey()) {
      Place(mark);
      Put(std::move(value));
      return;
    }
    Frame& frame = frames_.back();
    json::Object& object = *frame.container.if_object();
    if (object.Find(text) != nullptr) {
      throw Refusal{mark, "the key \"" + text + "\" a second time"};
    }
    frame.slot = &object.Set(text, nullptr);
    frame.slot_path = frame.path.empty() ? text : frame.path + "." + text;
    KeepPosition(frame.slot_path, mark);
  }

  void Put(json::Value value) {
    if (frames_.empty()) {
      out_.value = std::move(value);
    } else if (json::Array* array = frames_.back().container.if_array()) {
      array->push_back(std::move(value));
    } else {
      *std::exchange(frames_.back().slot, nullptr) = std::move(value);
    }
  }

  Source& out_;
  size_t max_depth_;
  bool seen_ = false;
  std::vector<Frame> frames_;
};

tl::unexpected<Error> FailAt(const Source& source, const YAML::Mark& mark,
                             const std::string& what) {
  return Fail(ErrorCode::kInvalidInput,
              source.name + ":" + std::to_string(mark.line + 1) + ":" +
                  std::to_string(mark.column + 1) + ": " + what);
}

}  // namespace

Result<Source> ReadYaml(std::string_view text, std::string name,
                        size_t max_depth) {
  Source source;
  source.name = std::move(name);
  // Also keeps yaml-cpp from guessing at UTF-16.
  if (!json::IsUtf8(text) || text.find('\0') != text.npos) {
    return Fail(ErrorCode::kInvalidInput, source.name + ": not UTF-8 text");
  }
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Builder builder(source, max_depth);
    while (parser.HandleNextDocument(builder)) {
    }
    return source;
  } catch (const Refusal& refusal) {
    return FailAt(source, refusal.mark, refusal.what);
  } catch (const YAML::Exception& error) {
    return FailAt(source, error.mark, error.msg);
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kInternal, std::string("yaml: ") + error.what());
  }
}

}  // namespace vouchsafe::config
