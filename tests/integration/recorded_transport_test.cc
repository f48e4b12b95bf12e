// What Trustee's server answered to raw HTTP, right and wrong, sent to ours
// byte for byte over a loopback socket, with shorter time-outs.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/goldens/compare.h"
#include "tests/goldens/differences.h"
#include "tests/goldens/kbs_server.h"
#include "tests/goldens/transcript.h"
#include "tests/integration/recorded_answers.h"
#include "tests/integration/server_fixture.h"

namespace vouchsafe::integration {
namespace {

using goldens::TextOf;
using vouchsafe::testing::SocketClient;

// Rows of its other parts have a name after ": ".
constexpr const char* kFile = "kbs-http/https-and-transport.json";
constexpr const char* kPayloadSteps =
    "kbs-http/https-and-transport.json: payload_request_size_4096";

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
    goldens::CompareOptions options;
    options.strict = strict;
    goldens::CompareAnswers(want[i], ResponseOf(got[i]), options, differences);
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

  goldens::Differences differences_{{kFile}, {std::string(kFile) + ":"}};
};

TEST_F(RecordedTransport, EveryAnswerIsAsRecordedOrListed) {
  SHARED_OR_SKIP(goldens, "goldens");
  Replay(goldens, false);
  Replay(goldens, true);
  differences_.Finish();
}

// Trustee shifts the number without looking, so that 4096 MiB leave no room
// for any body. Here it is refused, and the greatest size that is offered is
// one that bodies fit into.
TEST(RecordedPayloadLimit, IsRefusedOrHolds) {
  SHARED_OR_SKIP(goldens, "goldens");
  goldens::KbsServer::Options options;
  options.folder = goldens + "/kbs-http";
  options.config = "c-allowall-localjson.toml";
  options.now = 1'795'558'617;
  options.http_server = "payload_request_size = 4096\n";
  goldens::Differences differences({kPayloadSteps});
  differences.Step(kPayloadSteps, "start", "");
  const auto refused = goldens::KbsServer::Create(options);
  differences.Compare("start", "serves",
                      refused ? "serves" : refused.error().message);

  options.http_server = "payload_request_size = 1024\n";
  const auto kbs = goldens::KbsServer::Create(options);
  ASSERT_TRUE(kbs) << kbs.error().Text();
  const goldens::Transcript steps =
      goldens::LoadTranscript(goldens, kFile, "payload_request_size_4096");
  for (const goldens::Exchange& exchange : steps.exchanges) {
    differences.Step(kPayloadSteps, exchange.name, "");
    goldens::CompareAnswers(exchange, (*kbs)->Replay(exchange), {},
                            differences);
  }
  differences.Finish();
}

}  // namespace
}  // namespace vouchsafe::integration
