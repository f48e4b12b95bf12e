#include "kbs/service.h"

#include <algorithm>

namespace vouchsafe::kbs {
namespace {

constexpr std::string_view kPrefix = "/kbs/v0/";

std::vector<std::string> Split(const std::string& path) {
  std::vector<std::string> segments;
  size_t start = 0;
  while (true) {
    const size_t slash = path.find('/', start);
    segments.push_back(path.substr(start, slash - start));
    if (slash == std::string::npos) return segments;
    start = slash + 1;
  }
}

// The whole tail is decoded first and split then, so %2F separates too
// (kbs.md 0.2).
KbsRequest ParseTarget(const http::Request& request,
                       const RequestContext& context) {
  std::string_view tail = request.path();
  tail.remove_prefix(std::min(kPrefix.size(), tail.size()));
  std::vector<std::string> segments = Split(http::PercentDecode(tail));
  KbsRequest out{request, context, std::move(segments.front()), {}, {}};
  segments.erase(segments.begin());
  // Released guests ask for resource//a/b/c (kbs.md 0.3).
  if (out.plugin == "resource") {
    while (!segments.empty() && segments.front().empty()) {
      segments.erase(segments.begin());
    }
  }
  out.path = std::move(segments);
  out.query = http::ParseQuery(request.query());
  return out;
}

}  // namespace

KbsService::KbsService(KbsParts parts, KbsOptions options)
    : parts_(std::move(parts)), options_(options) {}

void KbsService::AddRoutes(http::Router& router) const {
  http::Route api;
  api.methods = {"GET", "POST", "PUT", "DELETE"};
  api.path = "/kbs/v0/{tail}";
  api.max_body = options_.max_body;
  api.handler = [this](const http::Request& request,
                       const RequestContext& context) {
    return Handle(request, context);
  };
  router.Add(std::move(api));
  http::Route health;
  health.methods = {"GET"};
  health.path = "/healthz";
  health.cheap = true;
  health.other_methods = 404;
  health.handler = [](const http::Request&, const RequestContext&) {
    return http::Empty(200);
  };
  router.Add(std::move(health));
}

http::Response KbsService::Handle(const http::Request& request,
                                  const RequestContext& context) const {
  Reply reply = Dispatch(ParseTarget(request, context));
  if (reply) return *std::move(reply);
  return ToResponse(reply.error(), context.request_id, options_.strict);
}

KbsService::Reply KbsService::Dispatch(const KbsRequest& request) const {
  const std::string& method = request.http.method;
  const std::string& name = request.plugin;
  if (parts_.attestation != nullptr) {
    if (method == "POST" && name == "auth") return Auth(request);
    if (method == "POST" && name == "attest") return Attest(request);
    if (method == "POST" && name == "attestation-policy") {
      return Administer(request, name, &KbsService::SetAttestationPolicy);
    }
    if (method == "POST" && name == "reference-value") {
      return Administer(request, name, &KbsService::RegisterReferenceValue);
    }
    if (method == "GET" && name == "reference-value") {
      return Administer(request, name, &KbsService::QueryReferenceValue);
    }
  }
  if (method == "POST" && name == "resource-policy") {
    return Administer(request, name, &KbsService::SetResourcePolicy);
  }
  if (method == "GET" && name == "resource-policy") {
    return Administer(request, name, &KbsService::ListResourcePolicies);
  }
  if (method == "GET" && name == "admin") {
    return Administer(request, name, &KbsService::Decisions);
  }
  const auto plugin = parts_.plugins.find(name);
  if (plugin == parts_.plugins.end()) {
    return Refuse(
        ProblemType::kPluginNotFound, "Plugin " + name + " not found",
        {ErrorCode::kNotFound,
         "no [[plugins]] entry is named \"" + name.substr(0, 64) + "\"",
         nullptr,
         {}});
  }
  const PluginRequest asked{method, request.path, request.query,
                            request.http.body, nullptr};
  const Result<bool> needs_admin = plugin->second->NeedsAdmin(asked);
  if (!needs_admin) {
    return Refuse(ProblemType::kPluginInternalError, "Plugin internal error",
                  needs_admin.error());
  }
  return *needs_admin ? AdministerPlugin(request, *plugin->second, asked)
                      : Release(request, *plugin->second, asked);
}

DecisionRecord KbsService::NewRecord(DecisionKind kind,
                                     const KbsRequest& request) const {
  DecisionRecord record;
  record.id = request.context.request_id;
  record.time_unix_us = request.context.clock->UnixMicros();
  record.kind = kind;
  return record;
}

void KbsService::Finish(DecisionRecord record, const Error* error) const {
  if (error != nullptr) {
    record.Refuse(*error);
  } else {
    record.Allow();
  }
  parts_.decisions->Write(
      std::make_shared<const DecisionRecord>(std::move(record)));
}

}  // namespace vouchsafe::kbs
