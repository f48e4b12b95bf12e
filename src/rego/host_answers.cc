#include "rego/host_answers.h"

#include <algorithm>

#include "json/write.h"
#include "rego/print.h"

namespace vouchsafe::rego {
namespace {

std::string KeyOf(std::string_view function, const json::Array& arguments) {
  return std::string(function) + json::WriteSorted(json::Value(arguments));
}

}  // namespace

uint64_t HostAnswers::Ready::Hash(std::string_view function,
                                  std::span<const Value> arguments) {
  uint64_t hash = std::hash<std::string_view>()(function);
  for (const Value& argument : arguments) hash = hash * 31 + HashOf(argument);
  return hash;
}

HostAnswers::HostAnswers() = default;
HostAnswers::HostAnswers(HostAnswers&&) noexcept = default;
HostAnswers& HostAnswers::operator=(HostAnswers&&) noexcept = default;
HostAnswers::~HostAnswers() = default;

HostAnswers::HostAnswers(const HostAnswers& other) {
  for (const HostAnswer& answer : other.list_) Add(answer);
}

HostAnswers& HostAnswers::operator=(const HostAnswers& other) {
  if (this != &other) *this = HostAnswers(other);
  return *this;
}

void HostAnswers::Add(HostAnswer answer) {
  if (!ready_) ready_ = std::make_unique<Ready>();
  const auto [at, added] =
      index_.emplace(KeyOf(answer.function, answer.arguments), list_.size());
  if (!added) {
    ready_->rows[at->second].answer =
        rego::FromJson(ready_->arena, answer.answer);
    list_[at->second] = std::move(answer);
    return;
  }
  const size_t count = answer.arguments.size();
  Value* arguments = ready_->arena.AllocArray<Value>(count);
  for (size_t i = 0; i < count; ++i) {
    arguments[i] = rego::FromJson(ready_->arena, answer.arguments[i]);
  }
  ready_->rows.push_back(
      {{arguments, count}, rego::FromJson(ready_->arena, answer.answer)});
  ready_->by_hash.emplace(
      Ready::Hash(answer.function, ready_->rows.back().arguments),
      list_.size());
  list_.push_back(std::move(answer));
}

const Value* HostAnswersAccess::Find(const HostAnswers& answers,
                                     std::string_view function,
                                     std::span<const Value> arguments) {
  if (answers.list_.empty()) return nullptr;
  const auto [first, last] = answers.ready_->by_hash.equal_range(
      HostAnswers::Ready::Hash(function, arguments));
  for (auto at = first; at != last; ++at) {
    const HostAnswers::Ready::Row& row = answers.ready_->rows[at->second];
    if (answers.list_[at->second].function == function &&
        std::ranges::equal(row.arguments, arguments)) {
      return &row.answer;
    }
  }
  return nullptr;
}

const HostAnswer* HostAnswers::Find(std::string_view function,
                                    const json::Array& arguments) const {
  if (list_.empty()) return nullptr;
  const auto at = index_.find(KeyOf(function, arguments));
  return at == index_.end() ? nullptr : &list_[at->second];
}

json::Value HostAnswers::ToJson() const {
  json::Array out;
  for (const HostAnswer& answer : list_) {
    json::Object row;
    row.Set("function", answer.function);
    row.Set("arguments", answer.arguments);
    row.Set("answer", answer.answer);
    out.push_back(std::move(row));
  }
  return json::Value(std::move(out));
}

Result<HostAnswers> HostAnswers::FromJson(const json::Value& value) {
  HostAnswers out;
  const json::Array* rows = value.if_array();
  if (rows == nullptr) {
    return Fail(ErrorCode::kInvalidInput, "host answers: not a list");
  }
  for (const json::Value& row : *rows) {
    const json::Value* function = row.Find("function");
    const json::Value* arguments = row.Find("arguments");
    const json::Value* answer = row.Find("answer");
    if (!function || !function->if_string() || !arguments ||
        !arguments->if_array() || !answer) {
      return Fail(ErrorCode::kInvalidInput,
                  "host answers: each needs function, arguments and answer");
    }
    out.Add({*function->if_string(), *arguments->if_array(), *answer});
  }
  return out;
}

}  // namespace vouchsafe::rego
