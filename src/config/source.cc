#include "config/source.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "config/toml.h"
#include "config/yaml.h"
#include "json/parse.h"

namespace vouchsafe::config {
namespace {

constexpr std::array<std::pair<std::string_view, Format>, 4> kExtensions = {
    {{".toml", Format::kToml},
     {".json", Format::kJson},
     {".yaml", Format::kYaml},
     {".yml", Format::kYaml}}};

std::optional<Format> FormatOf(std::string_view path) {
  for (const auto& [extension, format] : kExtensions) {
    if (path.ends_with(extension)) return format;
  }
  return std::nullopt;
}

bool Exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

// Reads at most one byte more than the limit, so pipes are fine.
Result<std::string> ReadText(const std::string& path) {
  if (!Exists(path)) {
    return Fail(ErrorCode::kNotFound, path + ": no such file");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileSize + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad() || (file.fail() && !file.eof())) {
    return Fail(ErrorCode::kInvalidInput, path + ": cannot be read");
  }
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

struct Place {
  std::string path;
  std::optional<Format> format;
};

Result<Place> Locate(const std::string& path, Naming naming) {
  const auto format = FormatOf(path);
  if (format || naming == Naming::kElseJson) return Place{path, format};
  if (!Exists(path)) {
    for (const auto& [extension, appended] : kExtensions) {
      const std::string longer = path + std::string(extension);
      if (Exists(longer)) return Place{longer, appended};
    }
    return Fail(ErrorCode::kNotFound,
                path + ": no such file, nor with .toml, .json, .yaml or .yml");
  }
  return Fail(ErrorCode::kInvalidInput,
              path + ": want a name that ends in .toml, .json, .yaml or .yml");
}

bool LooksLikeJson(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != text.npos && text[first] == '{';
}

}  // namespace

Result<Source> ParseSource(std::string_view text, Format format,
                           std::string name) {
  if (text.size() > kMaxFileSize) {
    return Fail(ErrorCode::kTooLarge,
                name + ": over " + std::to_string(kMaxFileSize) + " bytes");
  }
  switch (format) {
    case Format::kToml:
      return ReadToml(text, std::move(name), kMaxDepth);
    case Format::kYaml:
      return ReadYaml(text, std::move(name), kMaxDepth);
    case Format::kJson:
      break;
  }
  json::Value value = TRY_CONTEXT(
      json::Parse(text, json::ParseOptions{.max_depth = kMaxDepth}), name);
  return Source{std::move(name), std::move(value), {}};
}

Result<json::Value> ParseToml(std::string_view text) {
  if (text.size() > kMaxFileSize) {
    return Fail(ErrorCode::kTooLarge,
                "toml: over " + std::to_string(kMaxFileSize) + " bytes");
  }
  Source source = TRY(ReadToml(text, "toml", kMaxDepth));
  return std::move(source.value);
}

Result<Source> LoadSource(const std::string& path, Naming naming) {
  const Place place = TRY(Locate(path, naming));
  const std::string text = TRY(ReadText(place.path));
  Format format = place.format.value_or(Format::kJson);
  // Where JSON is read whatever the name, a name does not hide it.
  if (naming == Naming::kElseJson && LooksLikeJson(text)) {
    format = Format::kJson;
  }
  return ParseSource(text, format, place.path);
}

}  // namespace vouchsafe::config
