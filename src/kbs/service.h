#pragma once

// The Key Broker Service: dispatches /kbs/v0/..., keeps sessions, releases what
// plugins hold to attested guests under the resource policy. Plain functions on
// http types; sockets are the server's.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "as/service.h"
#include "base/log.h"
#include "base/random.h"
#include "decision/sink.h"
#include "http/router.h"
#include "kbs/admin.h"
#include "kbs/errors.h"
#include "kbs/plugin.h"
#include "kbs/protocol.h"
#include "kbs/session.h"
#include "policy/policy_store.h"
#include "token/verifier.h"

namespace vouchsafe::kbs {

// The one policy of all plugins (kbs.md section 5).
inline constexpr std::string_view kResourcePolicyId = "resource-policy";

// What the service is made of. Pointers are borrowed and outlive it.
struct KbsParts {
  as::AttestationService* attestation = nullptr;
  const token::TokenVerifier* tokens = nullptr;
  SessionStore* sessions = nullptr;
  const AdminGate* admin = nullptr;
  policy::PolicyStore* policies = nullptr;
  PluginSet plugins;
  DecisionSink* decisions = nullptr;
  const DecisionRing* ring = nullptr;  // answers admin/decisions; may be null
  RandomSource* random = nullptr;
  Logger* logger = nullptr;
};

struct KbsOptions {
  StrictErrors strict = StrictErrors::kNo;
  bool allow_rsa15 = true;  // RSA1_5 keys of old clients (kbs.md 2.3)
  size_t max_body = size_t{2} << 20;
};

// One request on its way through the service.
struct KbsRequest {
  const http::Request& http;
  const RequestContext& context;
  std::string plugin;             // segment 0
  std::vector<std::string> path;  // what follows it
  std::map<std::string, std::string> query;
};

class KbsService {
 public:
  KbsService(KbsParts parts, KbsOptions options);

  // Adds /kbs/v0/{tail} and /healthz.
  void AddRoutes(http::Router& router) const;

  http::Response Handle(const http::Request& request,
                        const RequestContext& context) const;

 private:
  using Reply = Answer<http::Response>;

  Reply Dispatch(const KbsRequest& request) const;

  // handshake.cc
  Reply Auth(const KbsRequest& request) const;
  Reply Attest(const KbsRequest& request) const;
  Result<http::Response> Authenticate(const KbsRequest& request,
                                      DecisionRecord& record) const;
  Result<http::Response> Attestate(const KbsRequest& request,
                                   DecisionRecord& record) const;
  Result<std::string> Evaluate(const Session::Authed& authed,
                               Attestation attestation, DecisionRecord& record,
                               const RequestContext& context) const;
  http::Response WithCookie(http::Response response, const Session& session,
                            const KbsRequest& request) const;

  // release.cc
  Reply Release(const KbsRequest& request, Plugin& plugin,
                const PluginRequest& plugin_request) const;
  Answer<token::VerifiedToken> FindToken(const KbsRequest& request,
                                         CheckLog& log) const;
  Answer<> DecideRelease(const KbsRequest& request,
                         const token::VerifiedToken& token,
                         DecisionRecord& record) const;
  Result<policy::PolicyAnswer> AskPolicy(
      const KbsRequest& request, const token::VerifiedToken& token) const;

  // admin_api.cc
  Reply Administer(const KbsRequest& request, std::string_view endpoint,
                   Reply (KbsService::*act)(const KbsRequest&) const) const;
  Reply AdministerPlugin(const KbsRequest& request, Plugin& plugin,
                         const PluginRequest& plugin_request) const;
  Result<> Admit(const KbsRequest& request, DecisionRecord& record) const;
  Reply SetResourcePolicy(const KbsRequest& request) const;
  Reply ListResourcePolicies(const KbsRequest& request) const;
  Reply SetAttestationPolicy(const KbsRequest& request) const;
  Reply RegisterReferenceValue(const KbsRequest& request) const;
  Reply QueryReferenceValue(const KbsRequest& request) const;
  Reply Decisions(const KbsRequest& request) const;

  http::Response RawReply(ByteView body) const;
  DecisionRecord NewRecord(DecisionKind kind, const KbsRequest& request) const;
  void Finish(DecisionRecord record, const Error* error) const;

  const KbsParts parts_;
  const KbsOptions options_;
};

}  // namespace vouchsafe::kbs
