#include "policy_tools/excerpt.h"

#include <algorithm>

namespace vouchsafe::policy_tools {
namespace {

// Line `row`, from 1; nullopt beyond the text.
std::optional<std::string_view> LineOf(std::string_view text, int row) {
  size_t begin = 0;
  for (int line = 1; line < row; ++line) {
    begin = text.find('\n', begin);
    if (begin == text.npos) return std::nullopt;
    ++begin;
  }
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::string Place(const rego::Location& place) {
  std::string out = place.file.empty() ? "<policy>" : place.file;
  if (place.row > 0) out += ":" + std::to_string(place.row);
  if (place.row > 0 && place.col > 0) out += ":" + std::to_string(place.col);
  return out;
}

void SetPlace(json::Object& out, const rego::Location& place) {
  out.Set("file", place.file);
  out.Set("row", place.row);
  out.Set("col", place.col);
}

}  // namespace

std::string Excerpt(std::span<const rego::Source> sources,
                    const rego::Location& place) {
  if (place.row < 1) return {};
  const auto source = std::find_if(
      sources.begin(), sources.end(),
      [&](const rego::Source& one) { return one.name == place.file; });
  if (source == sources.end()) return {};
  const auto line = LineOf(source->text, place.row);
  if (!line || line->empty()) return {};
  const std::string number = std::to_string(place.row);
  const std::string margin =
      std::string(std::max<size_t>(number.size(), 5), ' ');
  std::string out = margin.substr(number.size()) + number + " | ";
  out += std::string(line->substr(0, 300)) + "\n" + margin + " | ";
  size_t at = line->find_first_not_of(" \t");
  if (place.col > 1) at = static_cast<size_t>(place.col - 1);
  // Tabs stay tabs; one mark a character, not a byte.
  for (size_t i = 0; i < at && i < line->size(); ++i) {
    const unsigned char c = static_cast<unsigned char>((*line)[i]);
    if ((c & 0xc0) != 0x80) out += c == '\t' ? '\t' : ' ';
  }
  return out + "^\n";
}

std::string FindingText(std::span<const rego::Source> sources,
                        const rego::Diagnostic& finding) {
  const rego::Location place = {finding.file, finding.row, finding.col};
  const bool error = finding.severity == rego::Severity::kError;
  return std::string(error ? "error: " : "warning: ") + Place(place) + ": " +
         finding.code + ": " + finding.message + "\n" + Excerpt(sources, place);
}

std::string ErrorText(std::span<const rego::Source> sources,
                      const rego::EvalError& error) {
  std::string out = "error: " + Place(error.location) + ": " + error.code +
                    (error.detail.empty() ? "" : " (" + error.detail + ")") +
                    ": " + error.message + "\n";
  return out + Excerpt(sources, error.location);
}

json::Object FindingJson(const rego::Diagnostic& finding) {
  json::Object out;
  out.Set("severity",
          finding.severity == rego::Severity::kError ? "error" : "warning");
  out.Set("code", finding.code);
  out.Set("message", finding.message);
  SetPlace(out, {finding.file, finding.row, finding.col});
  return out;
}

json::Object ErrorJson(const rego::EvalError& error) {
  json::Object out;
  out.Set("code", error.code);
  if (!error.detail.empty()) out.Set("detail", error.detail);
  out.Set("message", error.message);
  SetPlace(out, error.location);
  return out;
}

bool HasErrors(std::span<const rego::Diagnostic> findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const rego::Diagnostic& finding) {
                       return finding.severity == rego::Severity::kError;
                     });
}

}  // namespace vouchsafe::policy_tools
