#include "net/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "net/exchange.h"
#include "net/request_reader.h"
#include "net/response_text.h"
#include "net/tls_stream.h"

namespace vouchsafe::net {
namespace {

using boost::system::error_code;
using State = RequestReader::State;

constexpr size_t kFirstRead = 4096;
constexpr size_t kBodyRead = 65536;
// A chunk's header or trailers that do not fit into this are refused.
constexpr size_t kMaxUnparsedBody = 2 * kBodyRead;
// Trustee's text for a body that ends early or is chunked wrongly.
constexpr std::string_view kBrokenBody =
    "payload reached EOF before completing: None";
// Answers up to this go out in one piece with their head.
constexpr size_t kJoinBody = 16384;
// A client that was refused while it still sends gets this long to read why.
constexpr std::chrono::milliseconds kLinger{1000};

// Named instead of lambdas: g++ 12 frees a lambda with captures twice when it
// stands in a co_await expression.
template <class Handler>
class ResumeOn final : public Resume {
 public:
  explicit ResumeOn(Handler handler) : handler_(std::move(handler)) {}
  void Go() override {
    const auto executor = asio::get_associated_executor(handler_);
    asio::post(executor, std::move(handler_));
  }

 private:
  Handler handler_;
};

struct PostToPool {
  WorkPool* pool;
  Exchange* exchange;
  template <class Handler>
  void operator()(Handler&& handler) const {
    exchange->resume = std::make_unique<ResumeOn<std::decay_t<Handler>>>(
        std::forward<Handler>(handler));
    pool->Post(exchange);
  }
};

// Bytes read and not yet parsed.
class InBuffer {
 public:
  std::string_view Data() const {
    return {bytes_.data() + begin_, end_ - begin_};
  }
  bool empty() const { return begin_ == end_; }
  void Consume(size_t size) {
    begin_ += size;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  void Commit(size_t size) { end_ += size; }
  // At least `want` bytes to read into.
  asio::mutable_buffer Space(size_t want) {
    if (bytes_.size() - end_ < want && begin_ > 0) {
      std::copy(bytes_.begin() + Index(begin_), bytes_.begin() + Index(end_),
                bytes_.begin());
      end_ -= begin_;
      begin_ = 0;
    }
    if (bytes_.size() - end_ < want) {
      bytes_.resize(std::max(bytes_.size() * 2, end_ + want));
    }
    return asio::buffer(bytes_.data() + end_, bytes_.size() - end_);
  }
  void Release() {
    bytes_ = {};
    begin_ = end_ = 0;
  }

 private:
  static std::ptrdiff_t Index(size_t at) {
    return static_cast<std::ptrdiff_t>(at);
  }
  std::vector<char> bytes_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

template <class Stream>
class Connection final : public Timed {
 public:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  Connection(Edge& edge, Stream stream, std::string peer)
      : edge_(edge), stream_(std::move(stream)), peer_(std::move(peer)) {
    place_ = edge_.timed.insert(edge_.timed.end(), this);
  }
  ~Connection() override { edge_.timed.erase(place_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Abort() override {
    error_code ignored;
    Raw().cancel(ignored);
  }

  Task<void> Run();

 private:
  const ServerLimits& limits() const { return edge_.shared.limits; }
  void Until(std::chrono::milliseconds timeout) {
    deadline = std::chrono::steady_clock::now() + timeout;
  }
  bool Draining() const { return edge_.shared.draining.load(); }
  Socket& Raw() {
    if constexpr (kTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }
  void LogRefusal(int status, std::string_view why) const;

  Task<bool> Handshake();
  Task<bool> WaitForRequest(bool first);
  Task<bool> ReadMore(size_t want);
  Task<bool> ServeOne();
  Task<State> ReadHead(RequestReader& reader);
  Task<State> ReadBody(RequestReader& reader);
  Task<State> ReceiveBody(RequestReader& reader, uint64_t max_body);
  Task<void> RunHandler(Exchange& exchange);
  Task<bool> WriteAnswer(const http::Response& response, bool keep_alive,
                         bool with_body);
  Task<bool> WriteAll(std::string_view first, std::string_view second);
  Task<void> Refuse(const http::Response& response, std::string_view why);
  Task<void> Close();

  Edge& edge_;
  Stream stream_;
  const std::string peer_;
  std::list<Timed*>::iterator place_;
  InBuffer in_;
  std::chrono::nanoseconds usual_{0};  // what the handler takes, a mean
  bool peer_may_send_ = false;         // closing now could lose our answer
  bool peer_finished_ = false;         // will send no more, but may still read
};

template <class Stream>
Task<bool> Connection<Stream>::Handshake() {
  if constexpr (kTls) {
    Until(limits().handshake_timeout);
    error_code error;
    co_await stream_.Handshake(error);
    if (error || expired) {
      edge_.shared.deps.logger->Debug(
          "TLS handshake failed",
          {{"why", expired ? "took too long" : error.message()},
           {"peer", peer_}});
    }
    co_return !error && !expired;
  }
  co_return true;
}

// Waits without a buffer, so that idle connections cost little.
template <class Stream>
Task<bool> Connection<Stream>::WaitForRequest(bool first) {
  if (!in_.empty()) co_return true;
  idle = true;
  Until(first ? limits().head_timeout : limits().keep_alive_timeout);
  in_.Release();
  error_code error;
  if constexpr (kTls) {
    co_await stream_.WaitReadable(error);
  } else {
    auto token = asio::redirect_error(kAwait, error);
    co_await stream_.async_wait(Socket::wait_read, token);
  }
  idle = false;
  co_return !error && !expired;
}

template <class Stream>
Task<bool> Connection<Stream>::ReadMore(size_t want) {
  if (expired) co_return false;
  error_code error;
  size_t size = 0;
  if constexpr (kTls) {
    size = co_await stream_.ReadSome(in_.Space(want), error);
  } else {
    auto token = asio::redirect_error(kAwait, error);
    size = co_await stream_.async_read_some(in_.Space(want), token);
  }
  in_.Commit(size);
  peer_finished_ = error == asio::error::eof;
  co_return !error && !expired;
}

template <class Stream>
Task<State> Connection<Stream>::ReadHead(RequestReader& reader) {
  Until(limits().head_timeout);
  for (;;) {
    size_t used = 0;
    const State state = reader.Feed(in_.Data(), used);
    in_.Consume(used);
    if (state != State::kNeedMore) co_return state;
    const bool more = co_await ReadMore(kFirstRead / 2);
    if (!more) co_return State::kNeedMore;
  }
}

template <class Stream>
Task<State> Connection<Stream>::ReadBody(RequestReader& reader) {
  Until(limits().body_timeout);
  for (;;) {
    size_t used = 0;
    const State state = reader.Feed(in_.Data(), used);
    in_.Consume(used);
    if (state != State::kNeedMore) co_return state;
    if (in_.Data().size() > kMaxUnparsedBody) co_return State::kRefused;
    // No more room than what is still to come, when that was said.
    const uint64_t left = reader.BodyLeft().value_or(kBodyRead);
    const bool more = co_await ReadMore(static_cast<size_t>(
        std::clamp<uint64_t>(left, kFirstRead / 2, kBodyRead)));
    if (!more) co_return State::kNeedMore;
  }
}

template <class Stream>
Task<bool> Connection<Stream>::WriteAll(std::string_view first,
                                        std::string_view second) {
  if (expired) co_return false;
  Until(limits().write_timeout);
  error_code error;
  if constexpr (kTls) {
    co_await stream_.Write(first, error);
    if (!error) co_await stream_.Write(second, error);
  } else {
    const std::array<asio::const_buffer, 2> buffers = {
        asio::buffer(first.data(), first.size()),
        asio::buffer(second.data(), second.size())};
    auto token = asio::redirect_error(kAwait, error);
    co_await asio::async_write(stream_, buffers, token);
  }
  deadline = SteadyTime::max();
  co_return !error && !expired;
}

template <class Stream>
Task<bool> Connection<Stream>::WriteAnswer(const http::Response& response,
                                           bool keep_alive, bool with_body) {
  std::string head;
  head.reserve(512);
  AppendHead(response, keep_alive, edge_.Date(), head);
  std::string_view body;
  if (with_body && MayHaveBody(response.status)) body = response.body;
  if (body.size() <= kJoinBody) {
    head += body;
    body = {};
  }
  const bool written = co_await WriteAll(head, body);
  co_return written;
}

template <class Stream>
void Connection<Stream>::LogRefusal(int status, std::string_view why) const {
  edge_.shared.deps.logger->Debug("request refused",
                                  {{"status", std::to_string(status)},
                                   {"why", std::string(why)},
                                   {"peer", peer_}});
}

// Transport-level refusals are no problem documents (kbs.md 3).
template <class Stream>
Task<void> Connection<Stream>::Refuse(const http::Response& response,
                                      std::string_view why) {
  peer_may_send_ = true;
  expired = false;
  ++edge_.shared.requests;
  LogRefusal(response.status, why);
  co_await WriteAnswer(response, false, true);
}

template <class Stream>
Task<void> Connection<Stream>::RunHandler(Exchange& exchange) {
  Shared& shared = edge_.shared;
  deadline = SteadyTime::max();
  if (exchange.plan.cheap) {
    exchange.Handle();
    co_return;
  }
  if (!shared.pool.TryReserve()) {
    ++shared.refused;
    exchange.response = Overloaded(exchange.context.request_id);
    shared.deps.router->Decorate(exchange.request, exchange.response);
    co_return;
  }
  exchange.usual = &usual_;
  exchange.expected = usual_;
  const PostToPool initiate{&shared.pool, &exchange};
  co_await asio::async_initiate<const asio::use_awaitable_t<Executor>&, void()>(
      initiate, kAwait);
}

// The body as the route allows it: kDone, kNeedMore when the peer is gone or
// was refused here, kRefused when the body is too large.
template <class Stream>
Task<State> Connection<Stream>::ReceiveBody(RequestReader& reader,
                                            uint64_t max_body) {
  reader.SetBodyLimit(max_body);
  const auto declared = reader.DeclaredLength();
  if (declared.value_or(0) > max_body) co_return State::kRefused;
  if (reader.ExpectsContinue() && in_.empty() && declared != 0u) {
    const bool told = co_await WriteAll("HTTP/1.1 100 Continue\r\n\r\n", "");
    if (!told) co_return State::kNeedMore;
  }
  const State state = co_await ReadBody(reader);
  if (state == State::kDone || reader.refusal() == 413) co_return state;
  if (state == State::kNeedMore && expired) {
    const http::Response late = http::Empty(408);
    co_await Refuse(late, "the body took too long");
  } else if (state == State::kRefused || peer_finished_) {
    const http::Response broken = http::Text(400, std::string(kBrokenBody));
    std::string_view why = "the body ends before its length";
    if (state == State::kRefused) why = reader.why();
    co_await Refuse(broken, why);
  }
  co_return State::kNeedMore;
}

// What the answer to a body over the limit is.
void AnswerTooLarge(Exchange& exchange, std::optional<uint64_t> declared) {
  const http::Router::Plan& plan = exchange.plan;
  exchange.response = plan.route != nullptr
                          ? plan.route->too_large(plan.max_body, declared)
                          : http::PayloadTooLarge(plan.max_body, declared);
  exchange.edge.shared.deps.router->Decorate(exchange.request,
                                             exchange.response);
}

// One request and its answer; false when the connection is to be closed.
template <class Stream>
Task<bool> Connection<Stream>::ServeOne() {
  RequestReader reader(limits().max_head_bytes, limits().max_head_fields);
  const State head = co_await ReadHead(reader);
  if (head != State::kHead) {
    const bool refused = head == State::kRefused;
    const http::Response answer = http::Empty(refused ? reader.refusal() : 408);
    std::string_view why = "the head took too long";
    if (refused) why = reader.why();
    if (refused || expired) co_await Refuse(answer, why);
    co_return false;
  }
  auto plan = edge_.shared.deps.router->Match(reader.request().method,
                                              reader.request().path());
  plan.max_body = std::min(plan.max_body, limits().max_body_bytes);
  const State body = co_await ReceiveBody(reader, plan.max_body);
  if (body == State::kNeedMore) co_return false;

  Exchange exchange(edge_, std::move(reader.request()), std::move(plan));
  exchange.request.peer = peer_;
  exchange.request.tls = kTls;
  if (body == State::kRefused) {
    peer_may_send_ = true;
    AnswerTooLarge(exchange, reader.DeclaredLength());
  } else {
    co_await RunHandler(exchange);
  }
  const bool keep_alive =
      body == State::kDone && reader.KeepAlive() && !Draining();
  const bool with_body = exchange.request.method != "HEAD";
  const bool written =
      co_await WriteAnswer(exchange.response, keep_alive, with_body);
  ++edge_.shared.requests;
  LogAccess(exchange);
  co_return written&& keep_alive;
}

// Ends the connection so that the peer can still read what was written.
template <class Stream>
Task<void> Connection<Stream>::Close() {
  error_code error;
  if (!expired) {
    Until(kLinger);
    if constexpr (kTls) {
      if (!peer_may_send_) co_await stream_.Shutdown(error);
    }
    Raw().shutdown(Socket::shutdown_send, error);
    std::array<char, kFirstRead> ignored;
    while (peer_may_send_ && !error && !expired) {
      auto token = asio::redirect_error(kAwait, error);
      co_await Raw().async_read_some(asio::buffer(ignored), token);
    }
  }
  Raw().close(error);
}

template <class Stream>
Task<void> Connection<Stream>::Run() {
  const bool ready = co_await Handshake();
  if (!ready) co_return;
  for (bool first = true;; first = false) {
    if (Draining() && in_.empty()) break;
    const bool more = co_await WaitForRequest(first);
    if (!more) {
      const http::Response late = http::Empty(408);
      if (first && expired && !Draining()) {
        co_await Refuse(late, "no request came");
      }
      break;
    }
    const bool keep = co_await ServeOne();
    if (!keep) break;
  }
  co_await Close();
}

}  // namespace

Task<void> ServePlain(Edge& edge, Socket socket, std::string peer,
                      Counted counted) {
  const Counted held = std::move(counted);
  Connection<Socket> connection(edge, std::move(socket), std::move(peer));
  co_await connection.Run();
}

Task<void> ServeTls(Edge& edge, Socket socket, std::string peer,
                    Counted counted,
                    std::shared_ptr<asio::ssl::context> context) {
  const Counted held = std::move(counted);
  Connection<TlsStream> connection(
      edge, TlsStream(std::move(socket), context->native_handle()),
      std::move(peer));
  co_await connection.Run();
}

}  // namespace vouchsafe::net
