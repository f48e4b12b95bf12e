#include "net/request_reader.h"

#include <algorithm>
#include <boost/beast/http/error.hpp>

#include "base/bytes.h"

namespace vouchsafe::net {
namespace {

constexpr uint64_t kFirstBody = 64 << 10;  // bytes

namespace bh = boost::beast::http;

constexpr size_t kLastChunkSize = 5;  // "0", CRLF, CRLF

std::string_view View(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

RequestReader::RequestReader(size_t max_head_bytes, size_t max_head_fields)
    : max_fields_(max_head_fields) {
  header_limit(
      static_cast<std::uint32_t>(std::min<size_t>(max_head_bytes, UINT32_MAX)));
  // The limit depends on the route, which is known after the head: it is kept
  // in on_body_init_impl and Append.
  body_limit(boost::none);
}

RequestReader::State RequestReader::Feed(std::string_view bytes, size_t& used) {
  Code code;
  used = 0;
  if (head_done_) {
    if (is_done()) return State::kDone;
    eager(true);
  }
  if (bytes.empty()) return State::kNeedMore;
  // Beast asserts that a last chunk that it looks at again has five bytes, and
  // an empty body's has fewer until it is whole. What begins with '0' has as
  // many to come, so that waiting for them never stalls.
  if (head_done_ && chunked() && bytes.front() == '0' &&
      bytes.size() < kLastChunkSize) {
    return State::kNeedMore;
  }
  const bool had_head = head_done_;
  used = put({bytes.data(), bytes.size()}, code);
  if (code && code != bh::error::need_more) return Judge(code);
  if (head_done_ && !had_head) return State::kHead;
  return is_done() ? State::kDone : State::kNeedMore;
}

RequestReader::State RequestReader::Judge(const Code& code) {
  why_ = std::string(head_done_ ? "body: " : "head: ") + code.message();
  if (refusal_ != 0) return State::kRefused;
  if (code == bh::error::header_limit) {
    refusal_ = 431;
  } else if (code == bh::error::body_limit) {
    refusal_ = 413;
  } else {
    refusal_ = 400;
  }
  return State::kRefused;
}

bool RequestReader::ExpectsContinue() const {
  return http::EqualNoCase(request_.headers.Get("expect"), "100-continue");
}

std::optional<uint64_t> RequestReader::DeclaredLength() const {
  const auto length = content_length();
  if (!length) return std::nullopt;
  return *length;
}

std::optional<uint64_t> RequestReader::BodyLeft() const {
  const auto length = content_length();
  if (!length || *length < request_.body.size()) return std::nullopt;
  return *length - request_.body.size();
}

void RequestReader::on_request_impl(Verb, Text method, Text target, int,
                                    Code&) {
  request_.method = View(method);
  request_.target = View(target);
}

void RequestReader::on_field_impl(Field, Text name, Text value, Code& code) {
  // Trailers could replace a header that was judged before; nothing needs them.
  if (head_done_) return;
  if (request_.headers.size() >= max_fields_) {
    refusal_ = 431;
    code = bh::error::header_limit;
    return;
  }
  request_.headers.Add(View(name), View(value));
}

// A missing Host is not refused (RFC 9112 section 3.2 would): Trustee answers
// such requests, and nothing here depends on the name.
void RequestReader::on_header_impl(Code& code) {
  head_done_ = true;
  // A coding that is not undone here would leave the body to be read as the
  // next request (RFC 9112 section 6.3).
  if (!chunked() && request_.headers.Find("transfer-encoding") != nullptr) {
    code = bh::error::bad_transfer_encoding;
  }
}

void RequestReader::on_body_init_impl(
    const boost::optional<std::uint64_t>& length, Code& code) {
  if (length && *length > max_body_) code = bh::error::body_limit;
}

size_t RequestReader::Append(Text body, Code& code) {
  if (body.size() > max_body_ - request_.body.size()) {
    code = bh::error::body_limit;
    return 0;
  }
  const ByteView bytes = AsBytes(View(body));
  if (request_.body.empty()) {
    // The sender may claim what it likes: room for this much, then doubled.
    request_.body.reserve(static_cast<size_t>(std::min<uint64_t>(
        content_length().value_or(bytes.size()), kFirstBody)));
  }
  request_.body.insert(request_.body.end(), bytes.begin(), bytes.end());
  return body.size();
}

std::size_t RequestReader::on_body_impl(Text body, Code& code) {
  return Append(body, code);
}

std::size_t RequestReader::on_chunk_body_impl(std::uint64_t, Text body,
                                              Code& code) {
  return Append(body, code);
}

}  // namespace vouchsafe::net
