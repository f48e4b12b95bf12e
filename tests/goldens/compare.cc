#include "tests/goldens/compare.h"

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "crypto/keys.h"
#include "jose/jwe.h"
#include "jose/jws.h"
#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::goldens {
namespace {

constexpr std::string_view kAbsent = "(absent)";
constexpr std::string_view kCauses = "An internal error occured: ";
constexpr std::string_view kTypes =
    "https://github.com/confidential-containers/kbs/errors/";

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Content-Length, Connection and Date are the server's, added around the
// router that is tested here; tests/integration looks at them.
bool IsServers(std::string_view name) {
  return name == "content-length" || name == "connection" || name == "date";
}

void CompareCookies(const std::string& recorded, const std::string& ours,
                    Differences& differences) {
  const size_t end = recorded.find(';');
  const size_t here = ours.find(';');
  differences.Compare("cookie", recorded.substr(0, end), ours.substr(0, here));
  differences.Compare("cookie attributes", recorded.substr(end),
                      here == std::string::npos ? "" : ours.substr(here));
}

void CompareHeaders(const http::Headers& recorded, const http::Headers& ours,
                    Differences& differences) {
  std::set<std::string> names;
  for (const http::Header& header : recorded) names.insert(Lower(header.name));
  for (const http::Header& header : ours) names.insert(Lower(header.name));
  const auto value = [](const http::Headers& headers, const std::string& name) {
    return headers.Find(name) != nullptr ? headers.Joined(name)
                                         : std::string(kAbsent);
  };
  for (const std::string& name : names) {
    if (IsServers(name)) continue;
    if (name == "set-cookie" && recorded.Find(name) != nullptr &&
        ours.Find(name) != nullptr) {
      CompareCookies(*recorded.Find(name), *ours.Find(name), differences);
      continue;
    }
    differences.Compare("header " + name, value(recorded, name),
                        value(ours, name));
  }
}

std::string Show(const json::Value* value) {
  return value != nullptr ? json::Write(*value) : std::string(kAbsent);
}

bool Has(const json::Value& value, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (value.Find(name) == nullptr) return false;
  }
  return true;
}

std::string TextMember(const json::Value& value, std::string_view name) {
  const json::Value* member = value.Find(name);
  const std::string* text = member != nullptr ? member->if_string() : nullptr;
  return text != nullptr ? *text : Show(member);
}

// Forgets the point of an EC key that differs in every run.
void WithoutCoordinates(json::Value& object, std::string_view name) {
  json::Object* outer = object.if_object();
  json::Value* key = outer != nullptr ? outer->Find(name) : nullptr;
  json::Object* members = key != nullptr ? key->if_object() : nullptr;
  if (members == nullptr) return;
  for (const char* coordinate : {"x", "y"}) members->Erase(coordinate);
}

void CompareProblems(const json::Value& recorded, const json::Value& ours,
                     int status, bool strict, Differences& differences) {
  for (const char* name : {"type", "detail"}) {
    differences.Compare(name, TextMember(recorded, name),
                        TextMember(ours, name));
  }
  std::string members;
  for (const json::Member& member : *ours.if_object()) {
    members += (members.empty() ? "" : " ") + member.name;
  }
  // Decision 1: more members by default, none in strict mode.
  differences.Compare(
      "problem members",
      strict ? "type detail" : "type detail code title status request_id",
      members);
  if (!strict) {
    differences.Compare("problem status", std::to_string(status),
                        Show(ours.Find("status")));
  }
}

// The protected header without the coordinates of the key made for this one
// answer; the order of members is kept, since clients write it again.
std::string ProtectedHeader(const json::Value& jwe) {
  const auto bytes = Base64UrlDecode(TextMember(jwe, "protected"));
  if (!bytes) return "not base64url";
  auto header = json::Parse(AsText(*bytes));
  if (!header) return "not JSON";
  WithoutCoordinates(*header, "epk");
  return json::Write(*header);
}

std::string MemberNames(const json::Value& object) {
  std::string names;
  for (const json::Member& member : *object.if_object()) {
    names += member.name + " ";
  }
  return names;
}

std::string OpenWith(const std::string& pem, const std::string& jwe) {
  const auto key = crypto::PrivateKey::FromPem(pem);
  if (!key) return "cannot read the key: " + key.error().Text();
  CheckLog log;
  jose::JweOpenOptions options;
  options.rsa15 = jose::Rsa15::kAllow;
  const auto secret = jose::OpenJwe(jwe, *key, options, log);
  return secret ? HexEncode(secret->view())
                : "cannot be opened: " + secret.error().Text();
}

void CompareSecrets(const Exchange& recorded, const json::Value& theirs,
                    const json::Value& ours, const std::string& ours_text,
                    const std::string& pem, Differences& differences) {
  differences.Compare("jwe members", MemberNames(theirs), MemberNames(ours));
  differences.Compare("jwe header", ProtectedHeader(theirs),
                      ProtectedHeader(ours));
  const std::string want = recorded.plaintext
                               ? HexEncode(AsBytes(*recorded.plaintext))
                               : OpenWith(pem, recorded.body);
  differences.Compare("jwe plaintext", want, OpenWith(pem, ours_text));
}

std::string StatusText(int status) {
  return status == 0 ? "connection closed" : std::to_string(status);
}

// "200", "401 PolicyDeny: Access denied by policy", "500 some text".
std::string Verdict(int status, const std::string& body) {
  if (status / 100 == 2 || body.empty()) return StatusText(status);
  const auto problem = json::Parse(body);
  if (!problem || !Has(*problem, {"type", "detail"})) {
    return StatusText(status) + " " + body;
  }
  std::string type = TextMember(*problem, "type");
  if (type.starts_with(kTypes)) type.erase(0, kTypes.size());
  return StatusText(status) + " " + type + ": " +
         TextMember(*problem, "detail");
}

// All members of the one are in the other, with equal values.
bool Holds(const json::Value& ours, const json::Value& theirs) {
  if (theirs.if_object() == nullptr) return ours == theirs;
  return std::all_of(theirs.if_object()->begin(), theirs.if_object()->end(),
                     [&](const json::Member& member) {
                       const json::Value* here = ours.Find(member.name);
                       return here != nullptr && *here == member.value;
                     });
}

// Lists that Trustee makes from a hash table: each element must be there.
void CompareLists(const json::Array& recorded, const json::Array& ours,
                  Differences& differences) {
  for (const json::Value& item : recorded) {
    const bool found =
        std::any_of(ours.begin(), ours.end(),
                    [&](const json::Value& here) { return Holds(here, item); });
    if (!found) {
      differences.Record("listed", json::Write(item), std::string(kAbsent));
    }
  }
}

// restful-as: a list of causes, a line each. By default ours is a problem
// document, whose detail starts with the outermost of them.
void CompareCauses(const std::string& recorded, const json::Value& problem,
                   Differences& differences) {
  const size_t start = recorded.find("\n0: ") + 4;
  const std::string first =
      recorded.substr(start, recorded.find("\n1: ", start) - start);
  const std::string detail = TextMember(problem, "detail");
  differences.Compare("first cause", first,
                      detail.starts_with(first) ? first : detail);
}

// Members of an object in any order; what is no JSON as it is.
void CompareBodies(const Exchange& recorded, const http::Response& ours,
                   const CompareOptions& options, Differences& differences) {
  const auto theirs = json::Parse(recorded.body);
  const auto here = json::Parse(ours.body);
  if (theirs && here && theirs->is_object() && here->is_object()) {
    if (Has(*theirs, {"type", "detail"}) && Has(*here, {"type", "detail"})) {
      return CompareProblems(*theirs, *here, ours.status, options.strict,
                             differences);
    }
    if (Has(*theirs, {"token"}) && Has(*here, {"token"})) {
      return CompareTokens(TextMember(*theirs, "token"),
                           TextMember(*here, "token"), options.signer,
                           differences);
    }
    if (Has(*theirs, {"protected"}) && Has(*here, {"protected"})) {
      return CompareSecrets(recorded, *theirs, *here, ours.body,
                            options.tee_key_pem, differences);
    }
  }
  if (theirs && here && theirs->is_array() && here->is_array() &&
      options.lists == Lists::kUnordered) {
    return CompareLists(*theirs->if_array(), *here->if_array(), differences);
  }
  if (theirs && here && Has(*theirs, {"keys"})) {
    return CompareMembers("key set", *theirs, *here, differences);
  }
  if (!options.strict && recorded.body.starts_with(kCauses) && here &&
      Has(*here, {"type", "detail"})) {
    return CompareCauses(recorded.body, *here, differences);
  }
  if (!options.strict && !theirs && !recorded.body.empty() && here &&
      Has(*here, {"type", "detail"})) {
    return differences.Compare("detail", recorded.body,
                               TextMember(*here, "detail"));
  }
  // restful-as answers a bare token.
  if (ClaimsOfToken(recorded.body).is_object() &&
      ClaimsOfToken(ours.body).is_object()) {
    return CompareTokens(recorded.body, ours.body, options.signer, differences);
  }
  differences.Compare("body", recorded.body, ours.body);
}

}  // namespace

void CompareMembers(const std::string& name, const json::Value& recorded,
                    const json::Value& ours, Differences& differences) {
  if (const json::Object* object = recorded.if_object();
      object != nullptr && ours.is_object()) {
    for (const json::Member& member : *object) {
      const json::Value* here = ours.Find(member.name);
      const std::string path = name + "/" + member.name;
      if (here == nullptr) {
        differences.Record(path, json::Write(member.value),
                           std::string(kAbsent));
      } else {
        CompareMembers(path, member.value, *here, differences);
      }
    }
    return;
  }
  if (const json::Array* array = recorded.if_array();
      array != nullptr && ours.is_array() &&
      ours.if_array()->size() == array->size()) {
    for (size_t i = 0; i < array->size(); ++i) {
      CompareMembers(name + "/" + std::to_string(i), (*array)[i],
                     (*ours.if_array())[i], differences);
    }
    return;
  }
  if (!(recorded == ours)) {
    differences.Record(name, json::Write(recorded), json::Write(ours));
  }
}

json::Value ClaimsOfToken(std::string_view token) {
  const auto jws = jose::UnverifiedJws::Parse(token);
  if (!jws) return {};
  auto claims = json::Parse(AsText(jws->payload()));
  return claims ? *std::move(claims) : json::Value();
}

void CompareTokens(const std::string& recorded, const std::string& ours,
                   Signer signer, Differences& differences) {
  const auto theirs = jose::UnverifiedJws::Parse(recorded);
  const auto here = jose::UnverifiedJws::Parse(ours);
  if (!theirs || !here) return differences.Compare("token", recorded, ours);
  json::Value header = theirs->header();
  if (signer == Signer::kOwn) WithoutCoordinates(header, "jwk");
  CompareMembers("token header", header, here->header(), differences);
  CompareMembers("token", ClaimsOfToken(recorded), ClaimsOfToken(ours),
                 differences);
}

void CompareAnswers(const Exchange& recorded, const http::Response& ours,
                    const CompareOptions& options, Differences& differences) {
  // One side grants, the other refuses, or Trustee's thread died: no more can
  // be compared.
  if ((recorded.status / 100 == 2) != (ours.status / 100 == 2) ||
      recorded.status == 0) {
    return differences.Record("verdict",
                              Verdict(recorded.status, recorded.body),
                              Verdict(ours.status, ours.body));
  }
  differences.Compare("status", StatusText(recorded.status),
                      StatusText(ours.status));
  CompareHeaders(recorded.headers, ours.headers, differences);
  CompareBodies(recorded, ours, options, differences);
}

}  // namespace vouchsafe::goldens
