// What Trustee's server answered to raw HTTP, right and wrong, sent to ours
// byte for byte over a loopback socket, with shorter time-outs.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/goldens/compare.h"
#include "tests/goldens/differences.h"
#include "tests/goldens/kbs_server.h"
#include "tests/goldens/transcript.h"
#include "tests/integration/server_fixture.h"

namespace vouchsafe::integration {
namespace {

using goldens::TextOf;
using vouchsafe::testing::SocketClient;

constexpr const char* kFile = "kbs-http/https-and-transport.json";

// The answers in a stream of bytes: status and headers, and of a body the
// problem's type and detail or the text.
std::vector<goldens::Exchange> Answers(std::string_view bytes) {
  std::vector<goldens::Exchange> out;
  while (!bytes.empty()) {
    goldens::Exchange one;
    const size_t end = bytes.find("\r\n\r\n");
    std::string_view head = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 4);
    const size_t space = head.find(' ');
    one.name = head.substr(0, space);
    one.status = std::atoi(std::string(head.substr(space + 1, 3)).c_str());
    size_t length = 0;
    for (size_t at = head.find("\r\n"); at != std::string_view::npos;
         at = head.find("\r\n")) {
      head.remove_prefix(at + 2);
      const std::string_view line = head.substr(0, head.find("\r\n"));
      const size_t colon = line.find(": ");
      std::string name(line.substr(0, colon));
      std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      });
      one.headers.Add(name, line.substr(colon + 2));
    }
    length = static_cast<size_t>(
        std::atol(std::string(one.headers.Get("content-length")).c_str()));
    one.body = bytes.substr(0, length);
    bytes.remove_prefix(std::min(length, bytes.size()));
    out.push_back(std::move(one));
  }
  return out;
}

void Compare(const std::string& recorded, const std::string& ours, bool strict,
             goldens::Differences& differences) {
  const auto want = Answers(recorded);
  const auto got = Answers(ours);
  differences.Compare("answers", std::to_string(want.size()),
                      std::to_string(got.size()));
  for (size_t i = 0; i < std::min(want.size(), got.size()); ++i) {
    differences.Compare("version", want[i].name, got[i].name);
    differences.Compare("header connection",
                        std::string(want[i].headers.Get("connection")),
                        std::string(got[i].headers.Get("connection")));
    http::Response response;
    response.status = got[i].status;
    response.headers = got[i].headers;
    response.body = got[i].body;
    goldens::CompareOptions options;
    options.strict = strict;
    goldens::CompareAnswers(want[i], response, options, differences);
  }
}

class RecordedTransport : public vouchsafe::testing::ServerFixture {
 protected:
  void Replay(const std::string& folder, bool strict) {
    goldens::KbsServer::Options options;
    options.folder = folder + "/kbs-http";
    options.config = "b-denyall.toml";
    options.strict = strict;
    options.now = 1'795'558'617;
    const auto kbs = goldens::KbsServer::Create(options);
    ASSERT_TRUE(kbs) << kbs.error().Text();
    router_ = (*kbs)->router();
    options_ = {};
    options_.addresses = {"127.0.0.1:0"};
    options_.worker_threads = 2;
    options_.limits.keep_alive_timeout = std::chrono::milliseconds(200);
    options_.limits.head_timeout = std::chrono::milliseconds(500);
    if (strict) options_.limits.max_head_bytes = 131'072;
    Start();
    const json::Value file = goldens::LoadJson(folder + "/" + kFile);
    size_t index = 0;
    for (const json::Value& raw : *file.Find("raw_plain_http")->if_array()) {
      const std::string name =
          std::to_string(index++) + " " + TextOf(raw, "/note");
      if (differences_.NotReplayed(kFile, name)) continue;
      differences_.Step(kFile, name, strict ? "strict" : "default");
      SocketClient client = Client();
      client.Send(TextOf(raw, "/sent"));
      Compare(TextOf(raw, "/received"), client.UntilClosed(), strict,
              differences_);
    }
    server_->Stop();
  }

  goldens::Differences differences_{{kFile}};
};

TEST_F(RecordedTransport, EveryAnswerIsAsRecordedOrListed) {
  SHARED_OR_SKIP(goldens, "goldens");
  Replay(goldens, false);
  Replay(goldens, true);
  differences_.Finish();
}

}  // namespace
}  // namespace vouchsafe::integration
