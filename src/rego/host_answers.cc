#include "json/write.h"
#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

std::string KeyOf(std::string_view function, const json::Array& arguments) {
  return std::string(function) + json::WriteSorted(json::Value(arguments));
}

}  // namespace

void HostAnswers::Add(HostAnswer answer) {
  const auto [at, added] =
      index_.emplace(KeyOf(answer.function, answer.arguments), list_.size());
  if (added) {
    list_.push_back(std::move(answer));
  } else {
    list_[at->second] = std::move(answer);
  }
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
