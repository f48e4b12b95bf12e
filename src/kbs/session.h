#pragma once

// Sessions of the handshake, in Trustee's form and namespace so that a mixed
// fleet can share one store (kbs.md 1.5). A session is born at /auth, turns
// attested at /attest, and ends at the time fixed at its birth.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "checks/check_log.h"
#include "json/value.h"
#include "storage/store.h"

namespace vouchsafe::kbs {

inline constexpr std::string_view kSessionCookie = "kbs-session-id";

struct Session {
  struct Authed {
    std::string version;
    std::string tee;  // as sent at /auth
    json::Value extra_params;
    std::string nonce;
    json::Value challenge_extra_params;
  };
  struct Attested {
    std::string token;
  };

  std::string id;  // 32 lower-case hex digits
  int64_t expires_unix_us = 0;
  std::variant<Authed, Attested> state;

  const Authed* authed() const { return std::get_if<Authed>(&state); }
  const Attested* attested() const { return std::get_if<Attested>(&state); }
};

// Set-Cookie of a session (kbs.md 1.6): the value that Trustee sends, plus
// HttpOnly and, over TLS, Secure.
enum class CookieStyle { kPlain, kSecure, kAsTrustee };
std::string SetCookie(const Session& session, CookieStyle style);

// The record's text, and back. Unknown members are ignored.
std::string SessionToJson(const Session& session);
Result<Session> SessionFromJson(std::string_view text);

// The part of a session's id that may stand in logs and records.
std::string SessionLabel(const std::string& id);

// Thread-safe.
class SessionStore {
 public:
  SessionStore(std::shared_ptr<storage::Store> store, const Clock& clock,
               std::chrono::minutes timeout)
      : store_(std::move(store)), clock_(clock), timeout_(timeout) {}

  Result<Session> Create(Session::Authed authed, RandomSource& random);
  // Checks kbs.session.known and .fresh; an expired one is deleted.
  Result<Session> Find(std::string_view id, CheckLog& log);
  // The same id and end, now with the token.
  Result<Session> MarkAttested(const Session& session, std::string token);
  // Deletes what has expired; how many.
  Result<size_t> Sweep();

 private:
  Result<> Save(const Session& session);

  const std::shared_ptr<storage::Store> store_;
  const Clock& clock_;
  const std::chrono::minutes timeout_;
};

}  // namespace vouchsafe::kbs
