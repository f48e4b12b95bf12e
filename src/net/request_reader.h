#pragma once

// Bytes of a connection to one http::Request, over Beast's parser. No I/O.
// Internal to net/: includes Beast.

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/types.h"

namespace vouchsafe::net {

class RequestReader final : private boost::beast::http::basic_parser<true> {
 public:
  enum class State { kNeedMore, kHead, kDone, kRefused };

  RequestReader(size_t max_head_bytes, size_t max_head_fields);
  ~RequestReader() override = default;

  // Gives more bytes; `used` of them are consumed and must not come again, the
  // rest must. kHead comes once, when the head is whole: set the body limit and
  // go on feeding. After kDone and kRefused nothing may be fed.
  State Feed(std::string_view bytes, size_t& used);

  // 400, 413 or 431 after kRefused, and what is wrong, for the log.
  int refusal() const { return refusal_; }
  const std::string& why() const { return why_; }
  // Of the body, while it is read; from kHead on.
  void SetBodyLimit(uint64_t limit) { max_body_ = limit; }

  // From kHead on.
  const http::Request& request() const { return request_; }
  http::Request& request() { return request_; }
  bool KeepAlive() const { return head_done_ && keep_alive(); }
  bool ExpectsContinue() const;
  std::optional<uint64_t> DeclaredLength() const;
  // What is still to come of a body whose length was declared.
  std::optional<uint64_t> BodyLeft() const;
  bool HeadDone() const { return head_done_; }

 private:
  using Verb = boost::beast::http::verb;
  using Field = boost::beast::http::field;
  using Text = boost::beast::string_view;
  using Code = boost::beast::error_code;

  void on_request_impl(Verb, Text method, Text target, int version,
                       Code& code) override;
  void on_response_impl(int, Text, int, Code&) override {}
  void on_field_impl(Field, Text name, Text value, Code& code) override;
  void on_header_impl(Code& code) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                         Code& code) override;
  std::size_t on_body_impl(Text body, Code& code) override;
  void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t remain, Text body,
                                 Code& code) override;
  void on_finish_impl(Code&) override {}
  State Judge(const Code& code);
  size_t Append(Text body, Code& code);

  http::Request request_;
  const size_t max_fields_;
  uint64_t max_body_ = 0;
  bool head_done_ = false;
  int refusal_ = 0;
  std::string why_;
};

}  // namespace vouchsafe::net
