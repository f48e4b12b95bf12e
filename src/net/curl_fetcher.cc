#include "net/curl_fetcher.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <mutex>
#include <utility>
#include <vector>

#include "http/url.h"

namespace vouchsafe::net {
namespace {

constexpr long kMaxRedirects = 5;
constexpr size_t kMaxAnswerHeaders = 256;

struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyCleanup>;

struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListFree>;

// What the callbacks of one fetch share.
struct Exchange {
  const RequestContext& context;
  size_t max_body;
  http::FetchResponse response;
  bool too_large = false;
  bool cancelled = false;
};

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

size_t OnBody(char* data, size_t, size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  Bytes& body = exchange.response.body;
  if (size > exchange.max_body - body.size()) {
    exchange.too_large = true;
    return 0;  // anything but `size` ends the transfer
  }
  const ByteView bytes = AsBytes({data, size});
  body.insert(body.end(), bytes.begin(), bytes.end());
  return size;
}

size_t OnHeader(char* data, size_t, size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::string_view line = Trim({data, size});
  http::Headers& headers = exchange.response.headers;
  if (line.starts_with("HTTP/")) {  // of a redirect or a 100 before the answer
    headers = {};
    exchange.response.body.clear();
    return size;
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  if (headers.size() >= kMaxAnswerHeaders) {
    exchange.too_large = true;
    return 0;
  }
  headers.Add(Trim(line.substr(0, colon)), Trim(line.substr(colon + 1)));
  return size;
}

// Called often during a transfer, and at least once a second.
int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& exchange = *static_cast<Exchange*>(user);
  exchange.cancelled = exchange.context.stop.stop_requested();
  return exchange.cancelled ? 1 : 0;
}

bool IsOneLine(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) ==
         std::string_view::npos;
}

Result<List> HeaderList(const http::FetchRequest& request) {
  List list;
  const auto append = [&list](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return false;
    list.release();
    list.reset(longer);
    return true;
  };
  bool added = append("Expect:");  // no waiting for 100 before a body
  if (request.headers.Find("content-type") == nullptr) {
    added = added && append("Content-Type:");  // curl would claim a form
  }
  for (const http::Header& field : request.headers) {
    if (!IsOneLine(field.name) || !IsOneLine(field.value) ||
        field.name.empty()) {
      return Fail(ErrorCode::kInvalidInput,
                  "fetch: a header has a line break or no name");
    }
    // "Name;" is how curl is told to send an empty value.
    added =
        added && append(field.value.empty() ? field.name + ";"
                                            : field.name + ": " + field.value);
  }
  if (!added) return Fail(ErrorCode::kExhausted, "fetch: out of memory");
  return list;
}

// Who breaks off after it began to answer was reached: it answered badly.
ErrorCode CodeOf(CURLcode code, bool began_answer) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorCode::kDeadline;
    case CURLE_URL_MALFORMAT:
      return ErrorCode::kInvalidInput;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:  // closed without a word
      return ErrorCode::kUnavailable;
    case CURLE_RECV_ERROR:  // reset, or a bad chunk
      return began_answer ? ErrorCode::kBadPeer : ErrorCode::kUnavailable;
    case CURLE_OUT_OF_MEMORY:
      return ErrorCode::kExhausted;
    default:
      return ErrorCode::kBadPeer;
  }
}

template <class Value>
void Set(CURL* easy, CURLoption option, Value value) {
  // Options and types are fixed in this file, so the result says nothing new;
  // an old libcurl that lacks one would refuse at build time.
  curl_easy_setopt(easy, option, value);
}

void SetBody(CURL* easy, const http::FetchRequest& request) {
  if (request.method == "GET" && request.body.empty()) return;
  if (request.method == "HEAD") {
    Set(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  Set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.body.empty() && request.method != "POST" &&
      request.method != "PUT") {
    return;
  }
  Set(easy, CURLOPT_POSTFIELDSIZE_LARGE,
      static_cast<curl_off_t>(request.body.size()));
  Set(easy, CURLOPT_POSTFIELDS,
      request.body.empty() ? "" : AsText(request.body).data());
}

// CA certificates as curl takes them; borrowed during the fetch.
void SetTrust(CURL* easy, const std::string& pem, const std::string& ca_file) {
  if (!pem.empty()) {
    curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
    Set(easy, CURLOPT_CAINFO_BLOB, &blob);
    // Otherwise the system's folder would be trusted beside it.
    Set(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  } else if (!ca_file.empty()) {
    Set(easy, CURLOPT_CAINFO, ca_file.c_str());
    Set(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
}

void SetCallbacks(CURL* easy, Exchange& exchange) {
  Set(easy, CURLOPT_WRITEFUNCTION, OnBody);
  Set(easy, CURLOPT_WRITEDATA, &exchange);
  Set(easy, CURLOPT_HEADERFUNCTION, OnHeader);
  Set(easy, CURLOPT_HEADERDATA, &exchange);
  Set(easy, CURLOPT_XFERINFOFUNCTION, OnProgress);
  Set(easy, CURLOPT_XFERINFODATA, &exchange);
  Set(easy, CURLOPT_NOPROGRESS, 0L);
}

void SetRedirects(CURL* easy, const http::FetchRequest& request, bool https) {
  Set(easy, CURLOPT_FOLLOWLOCATION, request.follow_redirects ? 1L : 0L);
  Set(easy, CURLOPT_MAXREDIRS, kMaxRedirects);
  Set(easy, CURLOPT_REDIR_PROTOCOLS_STR, https ? "https" : "http,https");
}

std::string JoinPem(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) {
    out += part;
    if (!out.ends_with('\n')) out += '\n';
  }
  return out;
}

}  // namespace

class CurlFetcher::Pool {
 public:
  explicit Pool(CurlFetcherOptions options) : options_(std::move(options)) {}

  const CurlFetcherOptions& options() const { return options_; }

  Easy Take() {
    std::call_once(set_up_, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    std::lock_guard lock(mutex_);
    if (idle_.empty()) return Easy(curl_easy_init());
    Easy easy = std::move(idle_.back());
    idle_.pop_back();
    return easy;
  }
  void GiveBack(Easy easy) {
    curl_easy_reset(easy.get());  // options only: connections stay
    std::lock_guard lock(mutex_);
    if (idle_.size() < options_.max_idle_handles) {
      idle_.push_back(std::move(easy));
    }
  }

 private:
  const CurlFetcherOptions options_;
  std::once_flag set_up_;
  std::mutex mutex_;
  std::vector<Easy> idle_;
};

CurlFetcher::CurlFetcher(CurlFetcherOptions options)
    : pool_(std::make_unique<Pool>(std::move(options))) {}
CurlFetcher::~CurlFetcher() = default;

Result<http::FetchResponse> CurlFetcher::Fetch(
    const http::FetchRequest& request, const RequestContext& context) {
  TRY(context.Alive());
  const http::Url url = TRY(http::ParseUrl(request.url));
  const List headers = TRY(HeaderList(request));
  const auto timeout = context.Left(request.timeout);
  if (timeout.count() <= 0) {
    return Fail(ErrorCode::kDeadline, "fetch " + url.host + ": no time left");
  }
  const std::string ca_pem = JoinPem(request.ca_pem);
  const std::string text = url.Text();
  Exchange exchange{context, request.max_body, {}, false, false};
  std::array<char, CURL_ERROR_SIZE> reason{};

  Easy easy = pool_->Take();
  if (easy == nullptr) {
    return Fail(ErrorCode::kExhausted, "fetch: no curl handle");
  }
  CURL* handle = easy.get();
  const CurlFetcherOptions& options = pool_->options();
  Set(handle, CURLOPT_NOSIGNAL, 1L);
  Set(handle, CURLOPT_URL, text.c_str());
  Set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  Set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  Set(handle, CURLOPT_USERAGENT, options.user_agent.c_str());
  Set(handle, CURLOPT_HTTPHEADER, headers.get());
  Set(handle, CURLOPT_ERRORBUFFER, reason.data());
  Set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  Set(handle, CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::min(options.connect_timeout, timeout).count()));
  if (!request.unix_socket.empty()) {
    Set(handle, CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
  }
  SetBody(handle, request);
  SetTrust(handle, ca_pem, options.ca_file);
  SetCallbacks(handle, exchange);
  SetRedirects(handle, request, url.scheme == "https");

  const CURLcode code = curl_easy_perform(handle);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  pool_->GiveBack(std::move(easy));
  if (code == CURLE_OK) {
    exchange.response.status = static_cast<int>(status);
    return std::move(exchange.response);
  }
  const std::string where = "fetch " + url.scheme + "://" + url.Authority();
  if (exchange.cancelled) {
    return Fail(ErrorCode::kUnavailable, where + ": cancelled");
  }
  if (exchange.too_large) {
    return Fail(ErrorCode::kTooLarge, where + ": the answer is over " +
                                          std::to_string(request.max_body) +
                                          " bytes");
  }
  const std::string why =
      reason[0] != '\0' ? reason.data() : curl_easy_strerror(code);
  return Fail(CodeOf(code, status != 0), where + ": " + why);
}

}  // namespace vouchsafe::net
