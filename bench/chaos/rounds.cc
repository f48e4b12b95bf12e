#include "bench/chaos/rounds.h"

#include <random>
#include <thread>

#include "apps/vouchsafe-load/connection.h"
#include "attester/attester.h"
#include "base/clock.h"
#include "bench/chaos/inspect.h"
#include "bench/chaos/writers.h"
#include "storage/namespaces.h"

namespace vouchsafe::chaos {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::duration;

constexpr uint64_t kAtStartOneIn = 8;
// Of a round's sessions so many are looked up again.
constexpr size_t kSessionsLookedUp = 2;

class Storm {
 public:
  Storm(const Options& options, ServerProcess& server, client::TeeKey key)
      : options_(options),
        server_(server),
        key_(std::move(key)),
        random_(options.seed),
        slots_(MakeSlots(options.resources)) {
    context_.request_id = "chaos";
    context_.clock = &clock_;
    summary_.storage = server.plan().storage;
    summary_.seed = options.seed;
  }

  Result<Summary> All();

 private:
  Result<> LetEverybodyIn();
  bool Start();
  void Kill();
  void KillAtStart();
  void Round();
  void FindEverything();
  // False when nothing was answered: then nothing can be said of the rest.
  bool FindSlot(Slot& slot, client::KbsClient& client,
                const load::Connection& connection);
  void FindSessions(load::Connection& connection);
  void Look();
  std::optional<std::string> ReadSlot(const Slot& slot,
                                      client::KbsClient& client,
                                      const load::Connection& connection);
  void SleepUpTo(std::chrono::microseconds most) {
    const auto count = static_cast<uint64_t>(most.count());
    std::this_thread::sleep_for(std::chrono::microseconds(random_() % count));
  }

  const Options options_;
  ServerProcess& server_;
  const std::string store_ = server_.plan().StoreFolder();
  const client::TeeKey key_;
  std::mt19937_64 random_;
  SystemClock clock_;
  RequestContext context_;
  std::vector<Slot> slots_;
  RoundTally last_round_;
  Summary summary_;
};

bool Storm::Start() {
  const auto begin = SteadyClock::now();
  Result<> ready = server_.Start();
  if (ready) ready = server_.WaitUntilReady();
  if (!ready) {
    ++summary_.restarts_failed;
    AddFailure(summary_, "start: " + ready.error().Text());
    return false;
  }
  summary_.start_ms.push_back(
      duration<double, std::milli>(SteadyClock::now() - begin).count());
  return true;
}

void Storm::Kill() {
  const auto ended = server_.Kill();
  if (ended) {
    ++summary_.died;
    AddFailure(summary_, "kbs ended before it was killed: " + *ended);
  }
  ++summary_.kills;
}

// A start that is cut short; it may be in the middle of a repair.
void Storm::KillAtStart() {
  if (!server_.Start()) return;
  SleepUpTo(options_.window);
  Kill();
  ++summary_.kills_at_start;
  Look();
}

void Storm::Look() {
  const Inspection seen = Inspect(store_, server_.plan().storage);
  for (const std::string& torn : seen.torn) {
    ++summary_.torn;
    AddFailure(summary_, torn);
  }
  summary_.most_temporary_files =
      std::max<uint64_t>(summary_.most_temporary_files, seen.most_temporary);
  summary_.temporary_files_left = seen.temporary;
}

std::optional<std::string> Storm::ReadSlot(const Slot& slot,
                                           client::KbsClient& client,
                                           const load::Connection& connection) {
  const std::string& storage = server_.plan().storage;
  if (slot.kind == Kind::kResourcePolicy) {
    return StoredValue(store_, storage, storage::kKbsPolicies,
                       slot.name + ".rego");
  }
  if (slot.kind == Kind::kAttestationPolicy) {
    return StoredValue(store_, storage, storage::kAsPolicies,
                       slot.name + ".rego");
  }
  Result<std::string> text;
  if (slot.kind == Kind::kReferenceValue) {
    text = client.GetReferenceValue(slot.name, context_);
  } else {
    const auto secret =
        client.GetResource("resource", slot.name, key_, std::nullopt, context_);
    if (secret) {
      text = vouchsafe::ToText(secret->view());
    } else {
      text = tl::unexpected(secret.error());
    }
  }
  if (text) return *std::move(text);
  if (connection.last_status() != 404) {
    AddFailure(summary_, slot.name + ": " + text.error().Text());
  }
  return std::nullopt;
}

bool Storm::FindSlot(Slot& slot, client::KbsClient& client,
                     const load::Connection& connection) {
  const auto found = ReadSlot(slot, client, connection);
  if (!found && connection.last_status() == 0) return false;
  ++summary_.values_read;
  switch (Judge(slot, found)) {
    case Finding::kAnswered:
      break;
    case Finding::kPending:
      ++summary_.writes_kept_unanswered;
      break;
    case Finding::kLost:
      ++summary_.lost;
      AddFailure(summary_, "lost: " + slot.name);
      break;
    case Finding::kTorn:
      ++summary_.torn;
      AddFailure(summary_, "torn: " + slot.name);
      break;
  }
  return true;
}

// A session that was answered is known after the restart: with a token it gets
// resources; without one it may still attest, so that a body that is none is
// refused as such (or, when the token was made and not answered, gives it), and
// not for want of a session.
void Storm::FindSessions(load::Connection& connection) {
  const auto look = [&](const std::vector<std::string>& cookies,
                        std::string_view method, std::string_view path,
                        std::string_view body, auto is_known) {
    const size_t count = std::min(cookies.size(), kSessionsLookedUp);
    for (size_t i = cookies.size() - count; i < cookies.size(); ++i) {
      http::Headers headers;
      headers.Add("Cookie", cookies[i]);
      const auto answer = connection.Exchange(
          load::WriteRequest(method, path, server_.url(), headers, body));
      ++summary_.sessions_looked_up;
      if (answer && is_known(answer->status)) continue;
      ++summary_.lost;
      AddFailure(summary_, "lost: a session; answer to " + std::string(path) +
                               ": " +
                               (answer ? std::to_string(answer->status)
                                       : answer.error().Text()));
    }
  };
  look(last_round_.attested_cookies, "GET",
       "/kbs/v0/resource/" + slots_.front().name, "",
       [](int status) { return status == 200 || status == 404; });
  look(last_round_.authed_cookies, "POST", "/kbs/v0/attest", "{}",
       [](int status) { return status == 400 || status == 200; });
}

void Storm::FindEverything() {
  load::Connection connection(server_.url());
  FindSessions(connection);
  client::KbsClient client(ClientConfig(server_.url()), connection);
  const auto attester = attester::MakeSampleAttester();
  const auto token = client.Attest(*attester, key_, std::nullopt, context_);
  if (!token) {
    AddFailure(summary_, "attest after a restart: " + token.error().Text());
  }
  for (Slot& slot : slots_) {
    if (!FindSlot(slot, client, connection)) return;
  }
}

void Storm::Round() {
  if (random_() % kAtStartOneIn == 0) KillAtStart();
  if (!Start()) return;
  FindEverything();
  Writers writers(server_.url(), slots_, options_.writers, key_, random_());
  SleepUpTo(options_.window);
  Kill();
  last_round_ = writers.Join();
  summary_.writes_sent += last_round_.sent;
  summary_.writes_answered += last_round_.answered;
  summary_.writes_refused += last_round_.refused.size();
  for (const std::string& text : last_round_.refused) {
    AddFailure(summary_, "refused: " + text);
  }
  Look();
}

// The first start, and the first version of the policy.
Result<> Storm::LetEverybodyIn() {
  TRY(server_.Start());
  TRY(server_.WaitUntilReady());
  load::Connection connection(server_.url());
  client::KbsClient client(ClientConfig(server_.url()), connection);
  for (Slot& slot : slots_) {
    if (slot.kind != Kind::kResourcePolicy) continue;
    const std::string text = ValueOf(slot, ++slot.last_number);
    TRY(client.SetResourcePolicy(AsBytes(text), context_));
    slot.answered = slot.last_number;
  }
  return {};
}

Result<Summary> Storm::All() {
  const auto begin = SteadyClock::now();
  TRY(LetEverybodyIn());
  server_.Kill();
  while (summary_.kills < options_.kills && summary_.restarts_failed == 0) {
    Round();
  }
  if (summary_.restarts_failed == 0 && Start()) {
    FindEverything();
    server_.Kill();
  }
  summary_.seconds = duration<double>(SteadyClock::now() - begin).count();
  return summary_;
}

}  // namespace

Result<Summary> Run(const Options& options, ServerPlan plan) {
  ServerProcess server = TRY(ServerProcess::Create(std::move(plan)));
  Storm storm(options, server, TRY(client::TeeKey::Generate()));
  return storm.All();
}

}  // namespace vouchsafe::chaos
