#include "tests/goldens/transcript.h"

#include <gtest/gtest.h>

#include <charconv>

#include "base/encoding.h"
#include "json/parse.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::goldens {
namespace {

// "<2097152 times a>", "<1048577 blanks>" and "<spaces up to 2097152 bytes>"
// stand for what was sent.
std::string Expand(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t open = text.find('<');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const size_t close = text.find('>', open);
    const std::string_view what = text.substr(open + 1, close - open - 1);
    const size_t digit = what.find_first_of("0123456789");
    size_t count = 0;
    std::from_chars(what.data() + digit, what.data() + what.size(), count);
    if (what.ends_with(" bytes")) {
      out.append(count - out.size(), ' ');
    } else {
      out.append(count, what.ends_with("blanks") ? ' ' : what.back());
    }
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string BodyOf(const json::Value* body) {
  if (body == nullptr) return "";
  if (const json::Value* text = body->Find("text")) return *text->if_string();
  if (const json::Value* base64 = body->Find("base64")) {
    const auto bytes = Base64Decode(*base64->if_string());
    EXPECT_TRUE(bytes);
    return bytes ? ToText(*bytes) : "";
  }
  if (const json::Value* generated = body->Find("generated")) {
    return Expand(*generated->if_string());
  }
  return "";
}

http::Headers HeadersOf(const json::Value* headers) {
  http::Headers out;
  if (headers == nullptr || headers->if_object() == nullptr) return out;
  for (const json::Member& header : *headers->if_object()) {
    const std::string& value = *header.value.if_string();
    const bool generated = value.find(" times ") != std::string::npos;
    out.Add(header.name, generated ? Expand(value) : value);
  }
  return out;
}

}  // namespace

json::Value LoadJson(const std::string& path) {
  auto value = json::Parse(vouchsafe::testing::ReadFile(path));
  EXPECT_TRUE(value) << path << ": " << value.error().Text();
  return value ? *std::move(value) : json::Value();
}

std::string TextOf(const json::Value& object, std::string_view pointer) {
  const json::Value* value = object.At(pointer);
  const std::string* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? *text : "";
}

Exchange ReadExchange(const json::Value& step, size_t index) {
  Exchange out;
  out.request.method = TextOf(step, "/request/method");
  out.request.target = TextOf(step, "/request/target");
  std::string note = TextOf(step, "/note");
  if (note.empty()) note = out.request.method + " " + out.request.target;
  out.name = std::to_string(index) + " " + note;
  out.request.headers = HeadersOf(step.At("/request/headers"));
  out.request.body = ToBytes(BodyOf(step.At("/request/body")));
  const json::Value* status = step.At("/response/status");
  if (status == nullptr) {
    ADD_FAILURE() << out.name << ": no status";
    return out;
  }
  out.status = static_cast<int>(status->int64().value_or(0));
  out.headers = HeadersOf(step.At("/response/headers"));
  out.body = BodyOf(step.At("/response/body"));
  if (step.Find("plaintext_base64") != nullptr) {
    const auto plain = Base64Decode(TextOf(step, "/plaintext_base64"));
    EXPECT_TRUE(plain);
    if (plain) out.plaintext = ToText(*plain);
  }
  return out;
}

Transcript LoadTranscript(const std::string& folder, const std::string& file,
                          const std::string& member) {
  Transcript out;
  out.file = file;
  const json::Value document = LoadJson(folder + "/" + file);
  out.tee_private_key_pem = TextOf(document, "/tee_private_key_pem");
  const json::Value* steps = document.Find(member);
  if (steps == nullptr || steps->if_array() == nullptr) {
    ADD_FAILURE() << file << ": no " << member;
    return out;
  }
  for (const json::Value& step : *steps->if_array()) {
    out.exchanges.push_back(ReadExchange(step, out.exchanges.size()));
  }
  return out;
}

}  // namespace vouchsafe::goldens
