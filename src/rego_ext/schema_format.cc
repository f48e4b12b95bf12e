// The formats of JSON Schema that are checked.

#include "rego/builtins/ip.h"
#include "rego/builtins/time_layout.h"
#include "rego/builtins/url.h"
#include "rego_ext/schema.h"

namespace vouchsafe::rego_ext {
namespace {

using rego::BuiltinCall;

bool IsTime(std::string_view text,
            std::initializer_list<std::string_view> layouts) {
  std::string why;
  for (const std::string_view layout : layouts) {
    if (rego::ParseTime(layout, text, &why)) return true;
  }
  return false;
}

bool IsUrl(std::string_view text, bool with_scheme) {
  std::string why;
  const auto url = rego::ParseUrl(text, &why);
  return url && (!with_scheme || !url->scheme.empty()) &&
         text.find('\\') == std::string_view::npos;
}

bool Fits(BuiltinCall& call, std::string_view regex, std::string_view text) {
  return rego::Matches(call, *rego::CompilePattern(call, regex), text);
}

}  // namespace

bool FitsFormat(BuiltinCall& call, std::string_view format,
                const rego::Value& value) {
  if (!value.is_string()) return true;
  const std::string_view text = value.text();
  call.budget.Bytes(text.size() * 8);
  if (format == "date") return IsTime(text, {"2006-01-02"});
  if (format == "time") return IsTime(text, {"15:04:05Z07:00", "15:04:05"});
  if (format == "date-time") {
    return IsTime(text, {"15:04:05", "15:04:05Z07:00", "2006-01-02",
                         "2006-01-02T15:04:05Z07:00"});
  }
  if (format == "ipv4") {
    return rego::ParseIp(text) && text.find('.') != text.npos;
  }
  if (format == "ipv6") {
    return rego::ParseIp(text) && text.find(':') != text.npos;
  }
  if (format == "uri" || format == "iri") return IsUrl(text, true);
  if (format == "uri-reference" || format == "iri-reference") {
    return IsUrl(text, false);
  }
  if (format == "uri-template") {
    return IsUrl(text, false) && Fits(call, "^([^{]*({[^}]*})?)*$", text);
  }
  if (format == "hostname") {
    constexpr std::string_view kLabel =
        "([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]{0,61}[a-zA-Z0-9])";
    const std::string label(kLabel);
    return text.size() < 256 &&
           Fits(call, "^" + label + "(\\." + label + ")*$", text);
  }
  if (format == "email" || format == "idn-email") {
    return Fits(call,
                "^([^<>]*<)?[^\\s@<>()\\[\\],;:\"]+@[^\\s@<>()\\[\\],;:\"]+>?$",
                text);
  }
  if (format == "uuid") {
    return Fits(call,
                "^(?i)[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-"
                "[a-f0-9]{12}$",
                text);
  }
  if (format == "regex") return rego::CompilePattern(call, text)->ok();
  if (format == "json-pointer") {
    return Fits(call, "^(?:/(?:[^~/]|~0|~1)*)*$", text);
  }
  if (format == "relative-json-pointer") {
    return Fits(call, "^(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)$", text);
  }
  return true;
}

}  // namespace vouchsafe::rego_ext
