// What clients send in heads, paths, queries, cookies and URLs: decoding never
// fails or crashes, is valid UTF-8, and a URL that parses parses again from its
// own text.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "http/types.h"
#include "http/url.h"
#include "net/request_reader.h"

namespace {

using vouchsafe::http::Request;

void Require(bool holds) {
  if (!holds) std::abort();
}

void FuzzDecoders(std::string_view text) {
  const std::string decoded = vouchsafe::http::PercentDecode(text);
  Require(vouchsafe::http::Utf8Lossy(decoded) == decoded);
  for (const auto& [name, value] : vouchsafe::http::ParseQuery(text)) {
    Require(vouchsafe::http::Utf8Lossy(name) == name);
    Require(vouchsafe::http::Utf8Lossy(value) == value);
  }
  Request request;
  request.target = text;
  request.headers.Add("Cookie", text);
  request.headers.Add("Authorization", text);
  request.headers.Add("Content-Type", text);
  (void)request.path();
  (void)request.query();
  (void)vouchsafe::http::FindCookie(request, "kbs-session-id");
  (void)vouchsafe::http::BearerToken(request);
  (void)vouchsafe::http::MediaType(request);
  const std::string encoded = vouchsafe::http::PercentEncode(text);
  Require(vouchsafe::http::PercentDecode(encoded) ==
          vouchsafe::http::Utf8Lossy(text));
}

void FuzzUrl(std::string_view text) {
  const auto base = vouchsafe::http::ParseUrl("https://host:1/a/b?c");
  const auto joined = vouchsafe::http::Join(*base, text);
  if (joined) Require(vouchsafe::http::ParseUrl(joined->Text()).has_value());
  const auto url = vouchsafe::http::ParseUrl(text);
  if (!url) return;
  const auto again = vouchsafe::http::ParseUrl(url->Text());
  Require(again && again->Text() == url->Text());
}

// The same request whole and byte by byte.
void FuzzReader(std::string_view text) {
  using vouchsafe::net::RequestReader;
  using State = RequestReader::State;
  const auto read = [text](size_t step) {
    RequestReader reader(4096, 16);
    size_t begin = 0;
    size_t end = 0;
    for (;;) {
      size_t used = 0;
      const State state = reader.Feed(text.substr(begin, end - begin), used);
      begin += used;
      Require(begin <= end);
      if (state == State::kHead) reader.SetBodyLimit(1024);
      if (state == State::kDone || state == State::kRefused) {
        return std::pair(state, std::string(reader.request().body_text()));
      }
      if (state == State::kHead) continue;
      if (end == text.size()) return std::pair(state, std::string());
      end += std::min(step, text.size() - end);
    }
  };
  const auto whole = read(SIZE_MAX);
  const auto pieces = read(1);
  Require((whole.first == State::kDone) == (pieces.first == State::kDone));
  if (whole.first == State::kDone) Require(whole.second == pieces.second);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  FuzzDecoders(text);
  FuzzUrl(text);
  FuzzReader(text);
  return 0;
}
