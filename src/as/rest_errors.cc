#include "as/rest_errors.h"

#include <vector>

#include "as/rest_body.h"
#include "checks/check.h"
#include "http/problem.h"

namespace vouchsafe::as {
namespace {

constexpr std::string_view kInternal = "An internal error occured: ";

constexpr std::string_view kVerifier = "Verifier evaluate failed";

// From here inwards all is one cause, as Trustee prints it.
bool IsOneCause(std::string_view context) {
  return context == kVerifier || context == "Failed to eval policy";
}

// What a verifier refused, in Trustee's texts and form: the outermost, then
// what caused it. What a check wanted and found stays in the operator's log and
// in the decision.
std::string Refused(const Error& inner) {
  std::vector<std::string> parts(inner.context.rbegin() + 1,
                                 inner.context.rend());
  if (inner.check == nullptr) {
    parts.push_back(inner.message);
  } else if (parts.empty()) {
    parts.emplace_back(ClientCode(*inner.check));
  }
  std::string out = std::string(kVerifier) + ": " + parts[0];
  if (parts.size() > 1) out += "\n\nCaused by:";
  for (size_t i = 1; i < parts.size(); ++i) {
    out += "\n    ";
    if (parts.size() > 2) out += std::to_string(i - 1) + ": ";
    out += parts[i];
  }
  return out;
}

// Trustee wraps this error twice (as.md section 6).
bool IsWrappedTwice(std::string_view context) {
  return context.starts_with("base64 decode ") &&
         context != "base64 decode evidence";
}

// From the outermost inwards.
std::vector<std::string> Causes(const Error& error) {
  std::vector<std::string> out;
  for (auto it = error.context.rbegin(); it != error.context.rend(); ++it) {
    if (IsOneCause(*it)) {
      Error inner = error;
      inner.context.assign(error.context.begin(), it.base());
      out.push_back(*it == kVerifier ? Refused(inner) : inner.Text());
      return out;
    }
    if (IsWrappedTwice(*it)) out.push_back(std::string(kInternal) + *it);
    out.push_back(*it);
  }
  out.push_back(error.message);
  return out;
}

bool IsShape(const Error& error) {
  return !error.context.empty() && error.context.back() == kShape;
}

}  // namespace

std::string CauseList(const Error& error) {
  std::string out(kInternal);
  size_t number = 0;
  for (const std::string& cause : Causes(error)) {
    out += "\n" + std::to_string(number++) + ": " + cause;
  }
  return out;
}

http::Response ErrorResponse(const Error& error, std::string_view request_id) {
  const bool mendable = error.code == ErrorCode::kInvalidInput ||
                        error.code == ErrorCode::kUnsupported ||
                        error.code == ErrorCode::kNotFound;
  std::string detail =
      mendable || error.context.empty() ? error.Text() : error.context.back();
  if (!mendable && error.context.empty()) detail = "request refused";
  return http::ProblemResponse(
      http::MakeProblem(error, http::Service::kAs, "about:blank",
                        std::move(detail), std::string(request_id)));
}

http::Response StrictErrorResponse(const Error& error) {
  if (IsShape(error)) {
    return http::Text(400, error.Text());
  }
  http::Response response = http::Empty(500);
  response.body = CauseList(error);
  return response;
}

}  // namespace vouchsafe::as
