#pragma once

// Result<T>, Error and TRY: how every fallible function answers.
//
// A Result is a value or an Error. Three kinds of "no" never mix: broken input
// or a bad signature is an Error; a bad platform (old TCB, debug mode) is a
// claim that policy judges; undefined in Rego is a value.

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace vouchsafe {

struct Check;  // checks/check.h; an Error only points to one.

// What went wrong, as far as a caller has to tell cases apart. The edge maps
// each to an HTTP status and a gRPC code (http/status.h).
enum class ErrorCode {
  kInvalidInput,     // malformed: the sender can mend it
  kUntrusted,        // evidence, certificate or token that does not hold
  kUnauthenticated,  // no or bad credentials
  kDenied,           // policy said no
  kForbidden,        // authenticated, but not allowed (admin roles)
  kNotFound,
  kConflict,     // the state is not what the caller expected
  kTooLarge,     // over a named limit
  kUnsupported,  // known, and not offered
  kUnavailable,  // a dependency cannot be reached
  kBadPeer,      // a dependency answered nonsense
  kDeadline,     // ran out of time
  kExhausted,    // ran out of a bounded resource
  kInternal,     // our fault
};

// Stable lower-case name: "invalid_input", "untrusted", ...
std::string_view ErrorCodeName(ErrorCode code);

// `message` says what, where, want and got; never a secret, token or key.
// `context` holds what callers added, innermost first.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  const Check* check = nullptr;      // the named check that failed, if one did
  std::vector<std::string> context;  // added by WithContext, innermost first

  // "outermost: ...: message".
  std::string Text() const;
};

template <class T = void>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using Base = tl::expected<T, Error>;
  using Base::Base;
  Result(Base base) : Base(std::move(base)) {}
};

// `return Fail(ErrorCode::kInvalidInput, "snp report: 3 bytes, want 1184");`
inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message), nullptr, {}});
}

inline Error WithContext(Error error, std::string_view context) {
  error.context.emplace_back(context);
  return error;
}

namespace detail {
template <class T>
T Take(Result<T>&& result) {
  return *std::move(result);
}
inline void Take(Result<void>&&) {}
template <class T>
T Take(tl::expected<T, Error>&& result) {
  return *std::move(result);
}
inline void Take(tl::expected<void, Error>&&) {}
}  // namespace detail

}  // namespace vouchsafe

// The value of `expr`, or return its Error from the enclosing function. Use as
// a whole right-hand side or statement; never in a coroutine.
#define TRY(expr)                                                          \
  __extension__({                                                          \
    auto try_result = (expr);                                              \
    if (!try_result) return tl::unexpected(std::move(try_result).error()); \
    ::vouchsafe::detail::Take(std::move(try_result));                      \
  })

// The same, adding where it happened: TRY_CONTEXT(Parse(x), "parse evidence").
#define TRY_CONTEXT(expr, what)                                             \
  __extension__({                                                           \
    auto try_result = (expr);                                               \
    if (!try_result)                                                        \
      return tl::unexpected(                                                \
          ::vouchsafe::WithContext(std::move(try_result).error(), (what))); \
    ::vouchsafe::detail::Take(std::move(try_result));                       \
  })
