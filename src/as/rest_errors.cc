#include "as/rest_errors.h"

#include <vector>

#include "as/rest_body.h"
#include "http/problem.h"

namespace vouchsafe::as {
namespace {

// From here inwards all is one cause, as Trustee prints it.
bool IsOneCause(std::string_view context) {
  return context == "Verifier evaluate failed" ||
         context == "Failed to eval policy";
}

// From the outermost inwards.
std::vector<std::string> Causes(const Error& error) {
  std::vector<std::string> out;
  for (auto it = error.context.rbegin(); it != error.context.rend(); ++it) {
    if (IsOneCause(*it)) {
      Error inner = error;
      inner.context.assign(error.context.begin(), it.base());
      out.push_back(inner.Text());
      return out;
    }
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
  std::string out = "An internal error occured: ";
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
