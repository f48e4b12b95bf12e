#include "http/types.h"

#include <algorithm>
#include <utility>

namespace vouchsafe::http {
namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The target without scheme and authority, if it came in absolute form.
std::string_view OriginForm(std::string_view target) {
  if (target.starts_with('/')) return target;
  const size_t scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) return target;
  const size_t path = target.find_first_of("/?", scheme_end + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

}  // namespace

bool EqualNoCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](char x, char y) { return Lower(x) == Lower(y); });
}

void Headers::Add(std::string_view name, std::string_view value) {
  if (fields_.capacity() == 0) fields_.reserve(8);
  fields_.push_back({std::string(name), std::string(value)});
}

void Headers::Set(std::string_view name, std::string_view value) {
  std::erase_if(fields_, [&](const Header& field) {
    return EqualNoCase(field.name, name);
  });
  Add(name, value);
}

const std::string* Headers::Find(std::string_view name) const {
  for (const Header& field : fields_) {
    if (EqualNoCase(field.name, name)) return &field.value;
  }
  return nullptr;
}

std::string_view Headers::Get(std::string_view name) const {
  const std::string* value = Find(name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

std::string Headers::Joined(std::string_view name) const {
  std::string out;
  bool first = true;
  for (const Header& field : fields_) {
    if (!EqualNoCase(field.name, name)) continue;
    if (!std::exchange(first, false)) out += ", ";
    out += field.value;
  }
  return out;
}

std::string_view Request::path() const {
  const std::string_view origin_form = OriginForm(target);
  return origin_form.substr(0, origin_form.find('?'));
}

std::string_view Request::query() const {
  const std::string_view origin_form = OriginForm(target);
  const size_t mark = origin_form.find('?');
  return mark == std::string_view::npos ? std::string_view()
                                        : origin_form.substr(mark + 1);
}

Response Empty(int status) { return {status, {}, {}}; }

Response Typed(int status, std::string_view content_type, std::string body) {
  Response response{status, {}, std::move(body)};
  response.headers.Add("Content-Type", content_type);
  return response;
}

Response Json(int status, std::string body) {
  return Typed(status, "application/json", std::move(body));
}

Response Text(int status, std::string body) {
  return Typed(status, "text/plain; charset=utf-8", std::move(body));
}

Response Octets(int status, ByteView body) {
  return Typed(status, "application/octet-stream", ToText(body));
}

}  // namespace vouchsafe::http
