#pragma once

// What a conformance case asks of the compiler, as compile options. An option
// that this engine does not have yet is left out.

#include <string>

#include "rego/rego.h"

namespace vouchsafe::policy_tools {

struct CaseOptions {
  std::string version;  // "v0", "v1" or "v0-compat-v1"; empty: v1
  bool strict_unused = false;
  bool experimental_keywords = false;
  bool keep_print = false;
};

namespace detail {

template <class V>
V VersionOf(const std::string& name) {
  if (name == "v0") return V::kV0;
  if constexpr (requires { V::kV0CompatV1; }) {
    if (name == "v0-compat-v1") return V::kV0CompatV1;
  }
  return V::kV1;
}

template <class Options>
void Apply(const CaseOptions& from, Options& to) {
  if constexpr (requires { to.strict_unused; }) {
    to.strict_unused = from.strict_unused;
  }
  if constexpr (requires { to.experimental_keywords; }) {
    to.experimental_keywords = from.experimental_keywords;
  }
  if constexpr (requires { to.keep_print; }) to.keep_print = from.keep_print;
}

}  // namespace detail

inline rego::CompileOptions OptionsOf(const CaseOptions& from) {
  rego::CompileOptions out;
  out.version = detail::VersionOf<rego::Version>(from.version);
  out.level = rego::Level::kStrict;
  detail::Apply(from, out);
  return out;
}

}  // namespace vouchsafe::policy_tools
