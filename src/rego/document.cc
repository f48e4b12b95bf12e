#include "rego/document.h"

#include "rego/fast_json.h"
#include "rego/number.h"
#include "rego/print.h"

namespace vouchsafe::rego {
namespace {

// Fills values bottom up: open collections are ranges of one stack.
class Reader final : public json::Handler {
 public:
  Reader(Arena& arena, const json::ParseOptions& options)
      : arena_(arena), options_(options) {}

  Result<> OnNull() override { return Push(Value::Null()); }
  Result<> OnBool(bool value) override { return Push(Value::Bool(value)); }
  Result<> OnNumber(std::string_view text) override {
    const Value value = MakeNumber(arena_, text, options_.max_number_digits);
    if (!value.defined()) {
      return Fail(ErrorCode::kInvalidInput,
                  "json: a number has more than " +
                      std::to_string(options_.max_number_digits) + " digits");
    }
    return Push(value);
  }
  Result<> OnString(std::string_view text) override {
    return Push(MakeText(arena_, text));
  }
  Result<> OnArrayBegin() override { return Open(); }
  Result<> OnArrayEnd() override {
    const size_t begin = Close();
    const Value made = MakeArray(arena_, std::span(values_).subspan(begin));
    values_.resize(begin);
    return Push(made);
  }
  Result<> OnObjectBegin() override { return Open(); }
  Result<> OnKey(std::string_view key) override {
    values_.push_back(MakeText(arena_, key));
    return {};
  }
  Result<> OnObjectEnd() override {
    const size_t begin = Close();
    std::vector<Pair> pairs;
    pairs.reserve((values_.size() - begin) / 2);
    for (size_t i = begin; i < values_.size(); i += 2) {
      pairs.push_back({values_[i], values_[i + 1]});
    }
    values_.resize(begin);
    const size_t count = pairs.size();
    const Value made = MakeObject(arena_, std::move(pairs));
    if (made.size() != count &&
        options_.duplicates == json::DuplicateKeys::kReject) {
      return Fail(ErrorCode::kInvalidInput, "json: an object has equal keys");
    }
    return Push(made);
  }

  Value root() const { return values_.empty() ? Value() : values_[0]; }

 private:
  Result<> Push(const Value& value) {
    values_.push_back(value);
    return {};
  }
  Result<> Open() {
    opened_.push_back(values_.size());
    return {};
  }
  size_t Close() {
    const size_t begin = opened_.back();
    opened_.pop_back();
    return begin;
  }

  Arena& arena_;
  const json::ParseOptions& options_;
  std::vector<Value> values_;
  std::vector<size_t> opened_;
};

}  // namespace

Result<Value> ReadJson(Arena& arena, std::string_view text,
                       const json::ParseOptions& options) {
  Reader reader(arena, options);
  TRY(json::ParseEvents(text, reader, options));
  return reader.root();
}

json::ParseOptions Document::DefaultParseOptions() {
  json::ParseOptions options;
  options.duplicates = json::DuplicateKeys::kLastWins;
  options.max_size = size_t{16} << 20;
  return options;
}

Result<Document> Document::FromJson(std::string_view text,
                                    const json::ParseOptions& options) {
  auto data = std::make_shared<Data>();
  data->bytes = text.size();
  try {
    // What the fast reader does not take is read, or refused, by the strict
    // one, which says what is wrong and where.
    data->root = FastJson(data->arena, text, options);
    if (!data->root.defined()) {
      data->arena = Arena(Data::kMostBytes);
      data->root = TRY(ReadJson(data->arena, text, options));
    }
  } catch (const Halt& halt) {
    return Fail(ErrorCode::kTooLarge, "rego document: " + halt.message);
  }
  return Document(std::move(data));
}

Result<Document> Document::FromValue(const json::Value& value) {
  auto data = std::make_shared<Data>();
  try {
    data->root = rego::FromJson(data->arena, value);
    data->bytes = JsonSize(data->root);
  } catch (const Halt& halt) {
    return Fail(ErrorCode::kTooLarge, "rego document: " + halt.message);
  }
  return Document(std::move(data));
}

size_t Document::bytes() const { return data_->bytes; }

}  // namespace vouchsafe::rego
