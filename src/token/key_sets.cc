#include "token/key_sets.h"

#include "token/source.h"

namespace vouchsafe::token {
namespace {

using std::chrono_literals::operator""s;

std::optional<jose::Jwk> FindIn(const std::vector<jose::JwkSet>& sets,
                                std::string_view kid) {
  for (const jose::JwkSet& set : sets) {
    if (const jose::Jwk* key = set.Find(kid)) return *key;
  }
  return std::nullopt;
}

bool SameKey(const jose::Jwk& a, const jose::Jwk& b) {
  return a.key == b.key && a.kid == b.kid && a.alg == b.alg && a.use == b.use &&
         a.key_ops == b.key_ops;
}

bool SameKeys(const jose::JwkSet& a, const jose::JwkSet& b) {
  if (a.keys().size() != b.keys().size()) return false;
  for (size_t i = 0; i < a.keys().size(); ++i) {
    if (!SameKey(a.keys()[i], b.keys()[i])) return false;
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<KeySets>> KeySets::Load(std::vector<std::string> sources,
                                               http::Fetcher* fetcher,
                                               KeySetTiming timing,
                                               const RequestContext& context) {
  std::unique_ptr<KeySets> out(new KeySets());
  Sets sets;
  for (const std::string& source : sources) {
    sets.push_back(TRY(ReadJwkSet(source, fetcher, context)));
  }
  out->sources_ = std::move(sources);
  out->fetcher_ = fetcher;
  out->timing_ = timing;
  out->sets_ = std::make_shared<const Sets>(std::move(sets));
  out->last_read_ = context.clock->Steady();
  out->next_read_ = out->last_read_ + timing.refresh_every;
  return out;
}

std::shared_ptr<const KeySets::Sets> KeySets::Current() const {
  std::lock_guard lock(mutex_);
  return sets_;
}

bool KeySets::BeginRefresh(TimePoint now, TimePoint KeySets::*base,
                           std::chrono::seconds after) {
  std::lock_guard lock(mutex_);
  if (sources_.empty() || reading_ || now < this->*base + after) return false;
  reading_ = true;
  return true;
}

void KeySets::Refresh(const RequestContext& context) {
  const auto old = Current();
  Sets sets = *old;
  bool changed = false;
  bool complete = true;
  for (size_t i = 0; i < sources_.size(); ++i) {
    auto read = ReadJwkSet(sources_[i], fetcher_, context);
    // Keys that were good stay good while their source is away.
    complete = complete && read;
    if (!read || SameKeys(*read, sets[i])) continue;
    sets[i] = *std::move(read);
    changed = true;
  }
  std::lock_guard lock(mutex_);
  if (changed) {
    sets_ = std::make_shared<const Sets>(std::move(sets));
    ++generation_;
  }
  last_read_ = context.clock->Steady();
  next_read_ =
      last_read_ + (complete ? timing_.refresh_every : timing_.min_interval);
  reading_ = false;
}

void KeySets::RefreshIfDue(const RequestContext& context) {
  if (BeginRefresh(context.clock->Steady(), &KeySets::next_read_, 0s)) {
    Refresh(context);
  }
}

std::optional<jose::Jwk> KeySets::Find(std::string_view kid,
                                       const RequestContext& context) {
  RefreshIfDue(context);
  if (auto key = FindIn(*Current(), kid)) return key;
  if (!BeginRefresh(context.clock->Steady(), &KeySets::last_read_,
                    timing_.min_interval)) {
    return std::nullopt;
  }
  Refresh(context);
  return FindIn(*Current(), kid);
}

}  // namespace vouchsafe::token
