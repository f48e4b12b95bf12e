#include "rego_ext/pem_text.h"

#include "rego/builtins/go_base64.h"

namespace vouchsafe::rego_ext {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

// The next line without its end, which is taken too.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  while (!line.empty() &&
         (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
    line.remove_suffix(1);
  }
  return line;
}

// "-----BEGIN TYPE-----"; empty when the line is not one.
std::string_view TypeIn(std::string_view line, std::string_view start) {
  if (!line.starts_with(start) || !line.ends_with(kDashes) ||
      line.size() < start.size() + kDashes.size()) {
    return {};
  }
  return line.substr(start.size(), line.size() - start.size() - kDashes.size());
}

}  // namespace

std::optional<PemText> TakePem(std::string_view& rest) {
  std::string_view at = rest;
  while (!at.empty()) {
    const std::string_view type = TypeIn(TakeLine(at), kBegin);
    if (type.empty()) continue;
    std::string_view body = at;
    std::string text;
    bool headers = false;
    while (!body.empty()) {
      const std::string_view line = TakeLine(body);
      if (line.starts_with(kEnd)) {
        std::string why;
        const auto bytes = rego::GoBase64Decode(text, &why);
        if (headers || TypeIn(line, kEnd) != type || !bytes) break;
        rest = body;
        return PemText{std::string(type), *bytes};
      }
      headers = headers || line.find(':') != std::string_view::npos;
      text += line;
    }
  }
  return std::nullopt;
}

}  // namespace vouchsafe::rego_ext
