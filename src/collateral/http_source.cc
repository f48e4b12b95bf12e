#include "collateral/http_source.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace vouchsafe::collateral {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

// delta-seconds (RFC 9111 section 1.2.2): too large counts as very large.
std::optional<int64_t> Seconds(std::string_view text) {
  constexpr int64_t kLarge = int64_t{1} << 31;
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  if (text.empty() ||
      text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  int64_t seconds = 0;
  const auto parsed =
      std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (parsed.ec != std::errc()) return kLarge;
  return std::min(seconds, kLarge);
}

// When a 200 goes stale (RFC 9111 section 4.2.1), if the answer says so.
std::optional<int64_t> StaleAt(const http::Headers& headers, int64_t now) {
  const std::string control = headers.Joined("Cache-Control");
  std::optional<int64_t> max_age;
  size_t start = 0;
  while (start <= control.size()) {
    const size_t comma = std::min(control.find(',', start), control.size());
    const std::string_view directive =
        Trim(std::string_view(control).substr(start, comma - start));
    start = comma + 1;
    const size_t equals = directive.find('=');
    const std::string_view name = directive.substr(0, equals);
    if (http::EqualNoCase(name, "no-store") ||
        http::EqualNoCase(name, "no-cache")) {
      return now;
    }
    if (http::EqualNoCase(name, "max-age") &&
        equals != std::string_view::npos) {
      max_age = Seconds(directive.substr(equals + 1)).value_or(0);
    }
  }
  if (max_age) {
    return now + *max_age - Seconds(headers.Get("Age")).value_or(0);
  }
  const Result<int64_t> expires = ParseHttpDate(headers.Get("Expires"));
  if (expires) return *expires;
  return std::nullopt;
}

// RFC 9110 section 10.2.3: seconds or a date.
std::optional<int64_t> RetryAfter(const http::Headers& headers, int64_t now) {
  const std::string_view text = Trim(headers.Get("Retry-After"));
  if (const std::optional<int64_t> seconds = Seconds(text)) return seconds;
  const Result<int64_t> date = ParseHttpDate(text);
  if (!date) return std::nullopt;
  return std::max<int64_t>(*date - now, 0);
}

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

tl::unexpected<Miss> MissedBecause(Error error) {
  return tl::unexpected<Miss>(Miss{std::move(error), {}});
}

class HttpSource final : public Source {
 public:
  HttpSource(HttpSourceOptions options, http::Fetcher& fetcher,
             const Clock& clock)
      : options_(std::move(options)), fetcher_(fetcher), clock_(clock) {}

  std::string_view name() const override { return options_.name; }

  tl::expected<Fetched, Miss> Fetch(const Key& key,
                                    const RequestContext& context) override {
    Result<std::string> url = options_.url(key);
    if (!url) return MissedBecause(std::move(url).error());
    http::FetchRequest request;
    request.url = *std::move(url);
    request.headers = options_.headers;
    request.timeout = options_.timeout;
    request.max_body = options_.max_body;
    request.ca_pem = options_.ca_pem;
    Result<http::FetchResponse> response = fetcher_.Fetch(request, context);
    if (!response) return MissedBecause(std::move(response).error());
    if (response->status == 200) return Found(*std::move(response));
    return Refused(*response);
  }

 private:
  tl::expected<Fetched, Miss> Found(http::FetchResponse response) const {
    if (response.body.empty()) {
      return Missed(ErrorCode::kBadPeer, "answered 200 with an empty body");
    }
    if (options_.check) {
      const Result<> good = options_.check(response.body);
      if (!good) return Missed(ErrorCode::kBadPeer, good.error().Text());
    }
    Fetched fetched;
    fetched.expires_unix_s = StaleAt(response.headers, clock_.UnixSeconds());
    for (const std::string& name : options_.keep) {
      const std::string* value = response.headers.Find(name);
      if (value != nullptr) fetched.headers[LowerCase(name)] = *value;
    }
    fetched.bytes = std::move(response.body);
    return fetched;
  }

  tl::unexpected<Miss> Refused(const http::FetchResponse& response) const {
    const int status = response.status;
    const std::string text = "answered status " + std::to_string(status);
    if (status == 404 || status == 410) {
      return Missed(ErrorCode::kNotFound, text);
    }
    if (status == 429 || status == 503) {
      Miss miss{Error{ErrorCode::kUnavailable, text, nullptr, {}}, {}};
      miss.retry_after_s = RetryAfter(response.headers, clock_.UnixSeconds());
      return tl::unexpected<Miss>(std::move(miss));
    }
    return Missed(status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kBadPeer,
                  text);
  }

  const HttpSourceOptions options_;
  http::Fetcher& fetcher_;
  const Clock& clock_;
};

}  // namespace

std::shared_ptr<Source> MakeHttpSource(HttpSourceOptions options,
                                       http::Fetcher& fetcher,
                                       const Clock& clock) {
  return std::make_shared<HttpSource>(std::move(options), fetcher, clock);
}

}  // namespace vouchsafe::collateral
