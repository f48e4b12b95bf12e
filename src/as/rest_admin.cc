// The admin socket's routes, and /metrics.

#include <charconv>

#include "as/rest.h"
#include "as/rest_errors.h"
#include "base/clock.h"
#include "json/write.h"

namespace vouchsafe::as {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kDecisions = "/kbs/v0/admin/decisions";
constexpr std::string_view kTokenKeys = "/kbs/v0/admin/token-keys";
constexpr size_t kDecisionsListed = 100;
constexpr size_t kMaxAdminBody = 4096;

http::Route MakeRoute(std::string method, std::string path,
                      http::Handler handler) {
  http::Route route;
  route.methods = {std::move(method)};
  route.path = std::move(path);
  route.handler = std::move(handler);
  route.max_body = kMaxAdminBody;
  return route;
}

Response Refused(ErrorCode code, std::string message,
                 const RequestContext& context) {
  return ErrorResponse(Error{code, std::move(message), nullptr, {}},
                       context.request_id);
}

json::Object ToJson(const ear::SigningKeyInfo& key) {
  json::Object out;
  out.Set("kid", key.kid);
  out.Set("state", ear::KeyStateName(key.state));
  if (key.signs_from_unix_s > 0) {
    out.Set("signs_from", FormatRfc3339(key.signs_from_unix_s * 1'000'000));
  }
  if (key.verifies_until_unix_s) {
    out.Set("verifies_until",
            FormatRfc3339(*key.verifies_until_unix_s * 1'000'000));
  }
  return out;
}

Response ListKeys(ear::SigningKeys& keys) {
  json::Array out;
  for (const ear::SigningKeyInfo& key : keys.List()) {
    out.emplace_back(ToJson(key));
  }
  return http::Json(200, json::Write(std::move(out)));
}

void Record(DecisionSink& sink, std::string subject, const Error* error,
            const RequestContext& context) {
  auto record = std::make_shared<DecisionRecord>();
  record->id = context.request_id;
  record->time_unix_us = context.clock->UnixMicros();
  record->kind = DecisionKind::kAdmin;
  record->subject = std::move(subject);
  if (error == nullptr) {
    record->Allow();
  } else {
    record->Refuse(*error);
  }
  sink.Write(std::move(record));
}

// `?announce_min=`: whole minutes, absent as configured.
Response RotateKeys(ear::SigningKeys& keys, DecisionSink& sink,
                    const Request& request, const RequestContext& context) {
  std::optional<int64_t> announce_s;
  const auto query = http::ParseQuery(request.query());
  if (const auto it = query.find("announce_min"); it != query.end()) {
    const std::string& text = it->second;
    int64_t minutes = -1;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, minutes);
    if (read.ec != std::errc() || read.ptr != end || minutes < 0 ||
        minutes > 525'600) {
      return Refused(ErrorCode::kInvalidInput,
                     "announce_min: want 0 to 525600 minutes", context);
    }
    announce_s = minutes * 60;
  }
  const auto next = keys.Rotate(announce_s);
  Record(sink, "replace the token signing key", next ? nullptr : &next.error(),
         context);
  if (!next) return ErrorResponse(next.error(), context.request_id);
  return http::Json(200, json::Write(ToJson(*next)));
}

}  // namespace

http::Router MakeAdminRouter(const DecisionRing& decisions,
                             ear::SigningKeys* keys, DecisionSink& sink) {
  http::Router router = MakeDecisionRouter(decisions);
  if (keys == nullptr) return router;
  router.Add(MakeRoute("GET", std::string(kTokenKeys),
                       [keys](const Request&, const RequestContext&) {
                         return ListKeys(*keys);
                       }));
  router.Add(MakeRoute(
      "POST", std::string(kTokenKeys) + "/rotate",
      [keys, &sink](const Request& request, const RequestContext& context) {
        return RotateKeys(*keys, sink, request, context);
      }));
  const std::string by_kid = std::string(kTokenKeys) + "/{tail}";
  router.Add(MakeRoute(
      "DELETE", by_kid,
      [keys, by_kid, &sink](const Request& request,
                            const RequestContext& context) {
        const std::string kid =
            http::PercentDecode(http::Router::Tail(by_kid, request.path()));
        const auto done = keys->Revoke(kid);
        Record(sink, "revoke token signing key " + kid,
               done ? nullptr : &done.error(), context);
        if (!done) return ErrorResponse(done.error(), context.request_id);
        return http::Empty(200);
      }));
  return router;
}

http::Router MakeDecisionRouter(const DecisionRing& decisions) {
  http::Router router;
  router.Add(MakeRoute("GET", std::string(kDecisions),
                       [&decisions](const Request&, const RequestContext&) {
                         json::Array out;
                         for (const auto& record :
                              decisions.Newest(kDecisionsListed)) {
                           out.push_back(vouchsafe::ToJson(*record));
                         }
                         return http::Json(200, json::Write(std::move(out)));
                       }));
  const std::string by_id = std::string(kDecisions) + "/{tail}";
  router.Add(MakeRoute(
      "GET", by_id,
      [&decisions, by_id](const Request& request, const RequestContext& c) {
        const auto record = decisions.Find(
            http::PercentDecode(http::Router::Tail(by_id, request.path())));
        if (record != nullptr) {
          return http::Json(200, json::Write(vouchsafe::ToJson(*record)));
        }
        return Refused(ErrorCode::kNotFound, "no decision with this id is kept",
                       c);
      }));
  return router;
}

}  // namespace vouchsafe::as
