#include "base/log.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace vouchsafe {
namespace {

void AppendEscaped(std::string& out, std::string_view value) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::optional<LogLevel> LevelByName(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  if (name == "trace") return LogLevel::kTrace;
  if (name == "debug") return LogLevel::kDebug;
  if (name == "info") return LogLevel::kInfo;
  if (name == "warn" || name == "warning") return LogLevel::kWarn;
  if (name == "error") return LogLevel::kError;
  if (name == "off") return LogLevel::kOff;
  return std::nullopt;
}

}  // namespace

std::string FormatLogLine(std::string_view event,
                          std::initializer_list<LogField> fields) {
  std::string line(event);
  for (const LogField& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    AppendEscaped(line, field.value);
  }
  return line;
}

Result<LogLevel> ParseLogFilter(std::string_view text) {
  std::optional<LogLevel> bare;
  std::optional<LogLevel> scoped;
  size_t start = 0;
  while (start <= text.size()) {
    const size_t comma = std::min(text.find(',', start), text.size());
    const std::string_view part = text.substr(start, comma - start);
    start = comma + 1;
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    const bool is_bare = equals == std::string_view::npos;
    const std::string_view name = is_bare ? part : part.substr(equals + 1);
    const std::optional<LogLevel> level = LevelByName(std::string(name));
    if (!level) {
      return Fail(ErrorCode::kInvalidInput,
                  "log level: want trace, debug, info, warn, error or off, "
                  "got \"" +
                      std::string(name) + "\"");
    }
    if (is_bare) {
      bare = level;
    } else if (!scoped || *level < *scoped) {
      scoped = level;
    }
  }
  if (bare) return *bare;
  return scoped.value_or(LogLevel::kInfo);
}

}  // namespace vouchsafe
