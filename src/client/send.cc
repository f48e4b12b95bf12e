#include "client/send.h"

#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::client {
namespace {

constexpr size_t kShown = 300;  // of a body that is no problem document

std::string Member(const json::Value& object, std::string_view name) {
  const json::Value* value = object.Find(name);
  const std::string* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? *text : "";
}

}  // namespace

ServerRefusal ReadRefusal(const http::FetchResponse& response) {
  ServerRefusal refusal;
  refusal.status = response.status;
  refusal.body = http::Utf8Lossy(response.body_text());
  const Result<json::Value> body = json::Parse(response.body_text());
  if (body && body->is_object()) {
    refusal.type = Member(*body, "type");
    refusal.detail = Member(*body, "detail");
    refusal.code = Member(*body, "code");
    refusal.request_id = Member(*body, "request_id");
  }
  if (refusal.detail.empty()) {
    refusal.detail = http::Utf8Lossy(response.body_text().substr(0, kShown));
  }
  return refusal;
}

Error RefusalError(const ServerRefusal& refusal) {
  Error error;
  std::string text;
  if (refusal.status == 401) {
    error.code = ErrorCode::kUnauthenticated;
    text = "request unauthorized";
  } else if (refusal.status == 404) {
    error.code = ErrorCode::kNotFound;
    text = "KBS resource not found";
  } else {
    error.code = refusal.status >= 500 ? ErrorCode::kUnavailable
                                       : ErrorCode::kInvalidInput;
    text = "KBS answered " + std::to_string(refusal.status);
  }
  if (!refusal.detail.empty()) text += ": " + refusal.detail;
  if (!refusal.code.empty()) text += " [code " + refusal.code + "]";
  if (!refusal.request_id.empty()) {
    text += " [request_id " + refusal.request_id + "]";
  }
  error.message = std::move(text);
  return error;
}

Error AdminRefusalError(const ServerRefusal& refusal) {
  Error error = RefusalError(refusal);
  error.message = "Request Failed, Response: " + json::Quote(refusal.body);
  if (refusal.code.empty()) {
    error.message += ", status " + std::to_string(refusal.status);
  }
  return error;
}

std::vector<std::string> ReadFindings(const http::Headers& headers) {
  constexpr size_t kMost = 32;
  constexpr size_t kLength = 400;
  std::vector<std::string> out;
  for (const http::Header& field : headers) {
    if (!http::EqualNoCase(field.name, kFindingHeader)) continue;
    if (out.size() == kMost) {
      out.push_back("and more");
      break;
    }
    std::string text = field.value.substr(0, kLength);
    for (char& c : text) {
      if (c < 0x20 || c > 0x7e) c = '?';
    }
    out.push_back(std::move(text));
  }
  return out;
}

std::string EscapeTarget(std::string_view typed) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kNever = "\"<>\\^`{|}";
  std::string out;
  for (const char c : typed.substr(0, typed.find('#'))) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && kNever.find(c) == kNever.npos) {
      out += c;
      continue;
    }
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

Result<json::Value> ParseAnswer(const http::FetchResponse& response,
                                std::string_view what) {
  Result<json::Value> value = json::Parse(response.body_text());
  if (!value) {
    return Fail(ErrorCode::kBadPeer,
                "deserialize http response failed: " + std::string(what) +
                    ": " + value.error().message);
  }
  return value;
}

}  // namespace vouchsafe::client
