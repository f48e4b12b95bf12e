#pragma once

// Everything confidential that went between guests and a deployment, and the
// demand that none of it was written down.

#include "json/parse.h"
#include "json/write.h"
#include "storage/namespaces.h"
#include "tests/integration/confidential.h"
#include "tests/integration/deployment.h"

namespace vouchsafe::integration {

using vouchsafe::testing::Confidential;

// Nonces, tokens and ciphertexts of an answer, or of a request's body, however
// deep they stand.
inline void AddMembers(const json::Value& value, Confidential& out) {
  if (const json::Array* array = value.if_array()) {
    for (const json::Value& element : *array) AddMembers(element, out);
  }
  const json::Object* object = value.if_object();
  if (object == nullptr) return;
  for (const json::Member& member : *object) {
    const std::string* text = member.value.if_string();
    const std::string& name = member.name;
    if (name == "primary_evidence") {
      out.Add("evidence", json::Write(member.value));
    } else if (text == nullptr) {
      AddMembers(member.value, out);
    } else if (name == "token") {
      out.AddToken("token", *text);
    } else if (name == "nonce" || name == "ciphertext" ||
               name == "encrypted_key") {
      out.Add(name, *text);
    } else if (name == "evidence") {
      out.Add(name, *text);
      const auto decoded = Base64UrlDecode(*text);
      if (decoded) out.Add(name, AsText(*decoded));
    } else if (name == "body") {
      out.Add("init data", *text);
    }
  }
}

inline void AddHeader(std::string_view name, std::string_view value,
                      Confidential& out) {
  if (http::EqualNoCase(name, "authorization")) {
    const size_t blank = value.find(' ');
    const std::string_view token =
        blank == value.npos ? value : value.substr(blank + 1);
    out.AddToken("bearer token", token);
  } else if (http::EqualNoCase(name, "cookie") ||
             http::EqualNoCase(name, "set-cookie")) {
    const size_t begin = value.find('=') + 1;
    out.Add("cookie", value.substr(begin, value.find(';') - begin));
  }
}

inline void AddExchange(const fake::RouterFetcher::Exchange& exchange,
                        Confidential& out) {
  const auto& [request, response] = exchange;
  for (const http::Header& h : request.headers) AddHeader(h.name, h.value, out);
  for (const http::Header& h : response.headers) {
    AddHeader(h.name, h.value, out);
  }
  if (request.method == "POST" &&
      request.url.find("/kbs/v0/resource/") != std::string::npos) {
    out.Add("secret", AsText(request.body));
  }
  for (const Bytes& body : {request.body, response.body}) {
    const auto value = json::Parse(AsText(body));
    if (value) AddMembers(*value, out);
  }
}

// The service's own private keys.
inline void AddSigningKeys(Deployment& deployment, Confidential& out) {
  const auto keys = deployment.stores().Open(storage::kOwnKeys);
  ASSERT_TRUE(keys) << keys.error().Text();
  const auto names = (*keys)->ListAll();
  ASSERT_TRUE(names && !names->empty());
  for (const std::string& name : *names) {
    out.AddPem("signing key", AsText((*keys)->Get(name)->value()));
  }
}

inline void ExpectHoldsNothing(std::string_view text,
                               const Confidential& confidential) {
  for (const std::string& kind : confidential.In(text)) {
    ADD_FAILURE() << kind << " in: " << text;
  }
}

// Log lines of every level, decision records in both forms, error answers.
inline void ExpectNothingWrittenDown(Deployment& deployment,
                                     const fake::RouterFetcher& wire,
                                     const Confidential& confidential) {
  for (const std::string& line : deployment.logger().lines()) {
    ExpectHoldsNothing(line, confidential);
  }
  for (const auto& record : deployment.decisions().Newest(1'000)) {
    ExpectHoldsNothing(json::Write(ToJson(*record)), confidential);
    ExpectHoldsNothing(ToText(ToJson(*record)), confidential);
  }
  for (const auto& exchange : wire.exchanges()) {
    if (exchange.response.status < 400) continue;
    ExpectHoldsNothing(exchange.response.body_text(), confidential);
  }
}

// After a guest's flows. The same for all tests here, so that whatever they do
// is covered.
inline Confidential ConfidentialOf(Deployment& deployment, const Guest& guest) {
  Confidential out;
  for (const auto& exchange : guest.wire.exchanges()) {
    AddExchange(exchange, out);
  }
  out.AddPem("guest's key", AsText(guest.key.private_key().Pkcs8Pem().view()));
  AddSigningKeys(deployment, out);
  return out;
}
inline void ExpectSecrecy(Deployment& deployment, const Guest& guest) {
  ExpectNothingWrittenDown(deployment, guest.wire,
                           ConfidentialOf(deployment, guest));
}

}  // namespace vouchsafe::integration
