#include "kbs/session.h"

#include "base/encoding.h"
#include "base/request.h"
#include "crypto/hash.h"
#include "json/fields.h"
#include "json/parse.h"
#include "json/write.h"
#include "kbs/checks.h"

namespace vouchsafe::kbs {
namespace {

// Members are written one by one: a session is stored twice per handshake, and
// a tree of values for it would cost more than the text.
void Append(std::string& out, std::string_view before, std::string_view text) {
  out += before;
  out += json::Quote(text);
}

void AppendAuthed(const Session::Authed& authed, std::string& out) {
  Append(out, R"({"request":{"version":)", authed.version);
  Append(out, R"(,"tee":)", authed.tee);
  out += R"(,"extra-params":)";
  out += json::Write(authed.extra_params);
  Append(out, R"(},"challenge":{"nonce":)", authed.nonce);
  out += R"(,"extra-params":)";
  out += json::Write(authed.challenge_extra_params);
  out += '}';
}

Result<Session::Authed> AuthedFromJson(const json::Fields& in) {
  const json::Fields request = TRY(in.ObjectOf("request"));
  const json::Fields challenge = TRY(in.ObjectOf("challenge"));
  Session::Authed out;
  out.version = TRY(request.String("version"));
  out.tee = TRY(request.String("tee"));
  out.extra_params = *TRY(request.Any("extra-params"));
  out.nonce = TRY(challenge.String("nonce"));
  out.challenge_extra_params = *TRY(challenge.Any("extra-params"));
  return out;
}

bool IsSessionId(std::string_view id) {
  if (id.size() != 32) return false;
  for (const char c : id) {
    if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return false;
  }
  return true;
}

}  // namespace

std::string SetCookie(const Session& session, CookieStyle style) {
  std::string cookie =
      std::string(kSessionCookie) + "=" + session.id +
      "; Expires=" + FormatHttpDate(session.expires_unix_us / 1'000'000);
  if (style != CookieStyle::kAsTrustee) cookie += "; HttpOnly";
  if (style == CookieStyle::kSecure) cookie += "; Secure";
  return cookie;
}

std::string SessionToJson(const Session& session) {
  std::string out;
  if (session.authed() != nullptr) {
    out.reserve(512);
    out += R"({"Authed":)";
    AppendAuthed(*session.authed(), out);
  } else {
    const std::string& token = session.attested()->token;
    out.reserve(token.size() + 160);
    Append(out, R"({"Attested":{"token":)", token);
  }
  Append(out, R"(,"id":)", session.id);
  Append(out, R"(,"timeout":)", FormatRfc3339(session.expires_unix_us));
  out += "}}";
  return out;
}

Result<Session> SessionFromJson(std::string_view text) {
  const json::Value value = TRY(json::Parse(text));
  const json::Fields outer = TRY(json::Fields::Of(value, "session"));
  const bool is_authed = outer.Optional("Authed") != nullptr;
  const json::Fields in =
      TRY(outer.ObjectOf(is_authed ? "Authed" : "Attested"));
  Session session;
  session.id = TRY(in.String("id"));
  const std::string timeout = TRY(in.String("timeout"));
  session.expires_unix_us = TRY(ParseRfc3339(timeout));
  if (is_authed) {
    session.state = TRY(AuthedFromJson(in));
  } else {
    session.state = Session::Attested{TRY(in.String("token"))};
  }
  return session;
}

std::string SessionLabel(const std::string& id) {
  // The id is a bearer credential: a hash names it without being it.
  return HexEncode(ByteView(crypto::Sha256(AsBytes(id))).first(6));
}

Result<> SessionStore::Save(const Session& session) {
  const std::string text = SessionToJson(session);
  TRY(store_->Set(session.id, AsBytes(text)));
  return {};
}

Result<Session> SessionStore::Create(Session::Authed authed,
                                     RandomSource& random) {
  Session session;
  session.id = NewSessionId(random);
  session.expires_unix_us =
      clock_.UnixMicros() +
      std::chrono::duration_cast<std::chrono::microseconds>(timeout_).count();
  session.state = std::move(authed);
  TRY(Save(session));
  return session;
}

Result<Session> SessionStore::Find(std::string_view id, CheckLog& log) {
  std::optional<Bytes> stored;
  // What is no id of ours cannot be a key of the store.
  if (IsSessionId(id)) stored = TRY(store_->Get(id));
  const Bytes bytes = TRY(log.RequireSome(kSessionKnown, std::move(stored)));
  const Result<Session> parsed = SessionFromJson(AsText(bytes));
  if (!parsed) {
    return Fail(ErrorCode::kInternal,
                "stored session: " + parsed.error().message);
  }
  const bool fresh = parsed->expires_unix_us >= clock_.UnixMicros();
  // Deleted whatever is answered, so that no copy of the token lives on.
  if (!fresh) TRY(store_->Delete(id));
  TRY(log.Require(kSessionFresh, fresh,
                  CheckValue::OfText(FormatRfc3339(parsed->expires_unix_us))));
  return *parsed;
}

Result<Session> SessionStore::MarkAttested(const Session& session,
                                           std::string token) {
  Session attested = session;
  attested.state = Session::Attested{std::move(token)};
  TRY(Save(attested));
  return attested;
}

Result<size_t> SessionStore::Sweep() {
  constexpr size_t kPage = 256;
  size_t deleted = 0;
  std::string cursor;
  do {
    const storage::KeyPage page = TRY(store_->List("", cursor, kPage));
    for (const std::string& key : page.keys) {
      const std::optional<Bytes> bytes = TRY(store_->Get(key));
      if (!bytes) continue;
      const Result<Session> session = SessionFromJson(AsText(*bytes));
      if (!session || session->expires_unix_us >= clock_.UnixMicros()) {
        continue;  // what cannot be read is left for its owner to judge
      }
      TRY(store_->Delete(key));
      ++deleted;
    }
    cursor = page.next;
  } while (!cursor.empty());
  return deleted;
}

}  // namespace vouchsafe::kbs
