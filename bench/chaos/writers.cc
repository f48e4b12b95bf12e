#include "bench/chaos/writers.h"

#include <random>

#include "apps/vouchsafe-load/connection.h"
#include "attester/attester.h"
#include "base/clock.h"

namespace vouchsafe::chaos {
namespace {

// So many handshakes a round: enough to be hit, without filling the store with
// sessions, which live a minute.
constexpr int kHandshakes = 3;
constexpr uint64_t kDeleteOneIn = 8;

struct Caller {
  explicit Caller(const http::Url& server)
      : connection(server), client(ClientConfig(server), connection) {
    context.request_id = "chaos";
    context.clock = &clock;
  }
  SystemClock clock;
  RequestContext context;
  load::Connection connection;
  client::KbsClient client;
};

Result<> Send(Caller& caller, const Slot& slot) {
  client::KbsClient& client = caller.client;
  if (!slot.pending) return client.DeleteResource(slot.name, caller.context);
  const std::string value = ValueOf(slot, *slot.pending);
  switch (slot.kind) {
    case Kind::kResource:
      return client.SetResource(slot.name, AsBytes(value), caller.context);
    case Kind::kReferenceValue:
      return client.SetSampleReferenceValue(
          slot.name, json::Array{json::Value(std::to_string(*slot.pending))},
          caller.context);
    case Kind::kResourcePolicy:
      return client.SetResourcePolicy(AsBytes(value), caller.context);
    case Kind::kAttestationPolicy:
      return client.SetAttestationPolicy(slot.name, "rego", AsBytes(value),
                                         caller.context);
  }
  return {};
}

// Every `step`th slot from `first` on belongs to this thread.
void WriteUntilGone(const http::Url& server, std::vector<Slot>& slots,
                    size_t first, size_t step, uint64_t seed,
                    RoundTally& tally) {
  std::mt19937_64 random(seed);
  Caller caller(server);
  const size_t mine = (slots.size() - first + step - 1) / step;
  while (true) {
    Slot& slot = slots[first + step * (random() % mine)];
    const bool erase = slot.kind == Kind::kResource && slot.answered &&
                       random() % kDeleteOneIn == 0;
    slot.pending = erase ? Version() : Version(++slot.last_number);
    slot.is_pending = true;
    ++tally.sent;
    const Result<> done = Send(caller, slot);
    if (!done && caller.connection.last_status() == 0) return;
    if (!done) {
      tally.refused.push_back(slot.name + ": " + done.error().Text());
      return;
    }
    slot.answered = slot.pending;
    slot.is_pending = false;
    ++tally.answered;
  }
}

void MakeSessions(const http::Url& server, const client::TeeKey& key,
                  RoundTally& tally) {
  const auto attester = attester::MakeSampleAttester();
  for (int i = 0; i < kHandshakes; ++i) {
    Caller caller(server);
    ++tally.sent;
    const auto token =
        caller.client.Attest(*attester, key, std::nullopt, caller.context);
    const std::string& cookie = caller.connection.cookie();
    if (!token && caller.connection.last_status() != 0) {
      tally.refused.push_back("session: " + token.error().Text());
      return;
    }
    if (!token && !cookie.empty()) tally.authed_cookies.push_back(cookie);
    if (!token) return;
    tally.attested_cookies.push_back(cookie);
    ++tally.answered;
  }
}

void Append(std::vector<std::string>& to, std::vector<std::string>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

client::KbsClientConfig ClientConfig(const http::Url& server) {
  client::KbsClientConfig config;
  config.url = server.scheme + "://" + server.Authority();
  return config;
}

Writers::Writers(const http::Url& server, std::vector<Slot>& slots,
                 size_t threads, const client::TeeKey& key, uint64_t seed)
    : tallies_(threads + 1) {
  for (size_t i = 0; i < threads; ++i) {
    threads_.emplace_back(WriteUntilGone, server, std::ref(slots), i, threads,
                          seed + i, std::ref(tallies_[i]));
  }
  threads_.emplace_back(MakeSessions, server, std::cref(key),
                        std::ref(tallies_[threads]));
}

RoundTally Writers::Join() {
  RoundTally sum;
  for (std::thread& thread : threads_) thread.join();
  for (RoundTally& tally : tallies_) {
    sum.sent += tally.sent;
    sum.answered += tally.answered;
    Append(sum.refused, tally.refused);
    Append(sum.attested_cookies, tally.attested_cookies);
    Append(sum.authed_cookies, tally.authed_cookies);
  }
  return sum;
}

}  // namespace vouchsafe::chaos
