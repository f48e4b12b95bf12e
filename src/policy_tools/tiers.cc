#include <algorithm>
#include <span>

#include "policy_tools/conformance.h"

namespace vouchsafe::policy_tools {
namespace {

// Sorted by name. What is not here is kLanguage.
constexpr std::string_view kParity[] = {
    "aggregates",
    "all",
    "any",
    "arithmetic",
    "array",
    "base64builtins",
    "bitsand",
    "bitsnegate",
    "bitsor",
    "bitsshiftleft",
    "bitsshiftright",
    "bitsxor",
    "casts",
    "intersection",
    "jsonbuiltins",
    "jsonfilter",
    "jsonfilteridempotent",
    "jsonremove",
    "jsonremoveidempotent",
    "numbersrange",
    "numbersrangestep",
    "objectfilter",
    "objectfilteridempotent",
    "objectfilternonstringkey",
    "objectget",
    "objectkeys",
    "objectremove",
    "objectremoveidempotent",
    "objectremovenonstringkey",
    "objectunion",
    "objectunionn",
    "rand",
    "regexfind",
    "regexfindallstringsubmatch",
    "regexisvalid",
    "regexmatch",
    "regexmatchtemplate",
    "regexreplace",
    "regexsplit",
    "replacen",
    "sets",
    "sprintf",
    "strings",
    "subset",
    "time",
    "toarray",
    "toset",
    "trim",
    "trimleft",
    "trimprefix",
    "trimright",
    "trimspace",
    "trimsuffix",
    "trustee-policies",
    "typebuiltin",
    "typenamebuiltin",
    "union",
    "units",
};
constexpr std::string_view kSuperset[] = {
    "base64urlbuiltins",
    "cryptohmacequal",
    "cryptohmacmd5",
    "cryptohmacsha1",
    "cryptohmacsha256",
    "cryptohmacsha512",
    "cryptomd5",
    "cryptosha1",
    "cryptosha256",
    "globmatch",
    "globquotemeta",
    "globsmatch",
    "hexbuiltins",
    "jsonpatch",
    "netcidrcontains",
    "netcidrcontainsmatches",
    "netcidrexpand",
    "netcidrintersects",
    "netcidrisvalid",
    "netcidrmerge",
    "netcidroverlap",
    "reachable",
    "semvercompare",
    "semverisvalid",
    "uribuiltins",
    "urlbuiltins",
    "uuid",
    "walkbuiltin",
};
constexpr std::string_view kNice[] = {
    "cryptoparsersaprivatekeys",
    "cryptox509parseandverifycertificates",
    "cryptox509parsecertificaterequest",
    "cryptox509parsecertificates",
    "cryptox509parsekeypair",
    "cryptox509parsersaprivatekey",
    "jsonschema",
    "jwtbuiltins",
    "jwtdecodeverify",
    "jwtencodesign",
    "jwtencodesignheadererrors",
    "jwtencodesignpayloaderrors",
    "jwtencodesignraw",
    "jwtverifyeddsa",
    "jwtverifyhs256",
    "jwtverifyhs384",
    "jwtverifyhs512",
    "jwtverifyrsa",
    "logic_operators",
    "regometadatachain",
    "regometadatarule",
};
constexpr std::string_view kOut[] = {
    "graphql",       "invalidkeyerror", "netlookupipaddr",
    "providers-aws", "regoparsemodule", "rendertemplate",
};

bool IsAmong(std::string_view name, std::span<const std::string_view> names) {
  return std::binary_search(names.begin(), names.end(), name);
}

}  // namespace

std::string_view TierName(Tier tier) {
  switch (tier) {
    case Tier::kLanguage:
      return "language";
    case Tier::kParity:
      return "parity";
    case Tier::kSuperset:
      return "superset";
    case Tier::kNice:
      return "nice";
    case Tier::kOut:
      return "out";
  }
  return "";
}

Tier TierOf(std::string_view category) {
  if (IsAmong(category, kParity)) return Tier::kParity;
  if (IsAmong(category, kSuperset)) return Tier::kSuperset;
  if (IsAmong(category, kNice)) return Tier::kNice;
  if (IsAmong(category, kOut)) return Tier::kOut;
  return Tier::kLanguage;
}

std::string_view VerdictName(Verdict verdict) {
  return verdict == Verdict::kPassed   ? "passed"
         : verdict == Verdict::kFailed ? "failed"
                                       : "skipped";
}

}  // namespace vouchsafe::policy_tools
