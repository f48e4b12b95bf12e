// vouchsafe why REQUEST_ID: asks a running service for the record of one of
// its decisions and prints the grounds (decision 29).

#include <cstdio>

#include "apps/vouchsafe/commands.h"
#include "base/clock.h"
#include "decision/record.h"
#include "json/parse.h"
#include "json/write.h"
#include "net/curl_fetcher.h"

namespace vouchsafe {
namespace {

bool IsRequestId(const std::string& id) {
  if (id.empty() || id.size() > 64) return false;
  for (const char c : id) {
    const bool allowed = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                         (c >= 'A' && c <= 'Z') || c == '-';
    if (!allowed) return false;
  }
  return true;
}

std::string Trim(std::string text) {
  while (!text.empty() &&
         (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.pop_back();
  }
  return text;
}

class WhyCommand final : public Subcommand {
 public:
  explicit WhyCommand(cli::Command& root) {
    root.Subcommand("why", "Print why a request was allowed or refused",
                    [this] {
                      const Result<int> code = Run();
                      return code ? *code : cli::Report(code.error());
                    })
        .Argument("request_id", &id_, "The request_id of the answer")
        .Option("--url", &url_, "URL", "Of the key broker")
        .Option("--socket", &socket_, "PATH",
                "Admin socket of restful-as, instead of --url")
        .Option("--admin-token-file", &token_file_, "PATH",
                "Bearer token of an administrator")
        .Option("--cert-file", &cert_file_, "PATH", "PEM to trust")
        .Flag("--json", &json_, "The record as JSON");
  }

 private:
  Result<http::FetchRequest> Request() const {
    http::FetchRequest request;
    request.url = (socket_ ? "http://localhost" : url_) +
                  "/kbs/v0/admin/decisions/" + id_;
    if (socket_) request.unix_socket = *socket_;
    if (cert_file_) {
      request.ca_pem.push_back(TRY(cli::ReadFile(*cert_file_)));
    }
    if (token_file_) {
      request.headers.Set("Authorization",
                          "Bearer " + Trim(TRY(cli::ReadFile(*token_file_))));
    }
    return request;
  }

  Result<int> Run() const {
    if (!IsRequestId(id_)) {
      return Fail(ErrorCode::kInvalidInput,
                  "request_id: want letters, digits and dashes");
    }
    net::CurlFetcher fetcher;
    const SystemClock clock;
    RequestContext context;
    context.request_id = "vouchsafe-why";
    context.clock = &clock;
    const http::FetchRequest request = TRY(Request());
    const http::FetchResponse response = TRY(fetcher.Fetch(request, context));
    if (response.status != 200) {
      return Fail(ErrorCode::kNotFound,
                  "the service answered " + std::to_string(response.status) +
                      ": " + std::string(response.body_text().substr(0, 300)));
    }
    const json::Value record = TRY(json::Parse(response.body_text()));
    const std::string text =
        json_ ? json::WritePretty(record) + "\n" : ToText(record);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return cli::kOk;
  }

  std::string id_;
  std::string url_ = "http://127.0.0.1:8080";
  std::optional<std::string> socket_;
  std::optional<std::string> token_file_;
  std::optional<std::string> cert_file_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> DeclareWhy(cli::Command& root) {
  return std::make_unique<WhyCommand>(root);
}

}  // namespace vouchsafe
