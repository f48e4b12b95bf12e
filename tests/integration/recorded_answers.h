#pragma once

// Answers as bytes of a connection, taken apart for comparison.

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tests/goldens/transcript.h"

namespace vouchsafe::integration {

// The answers in a stream of bytes: the version as `name`, status, headers
// (names in lower case) and body.
inline std::vector<goldens::Exchange> Answers(std::string_view bytes) {
  std::vector<goldens::Exchange> out;
  while (!bytes.empty()) {
    goldens::Exchange one;
    const size_t end = bytes.find("\r\n\r\n");
    std::string_view head = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 4);
    const size_t space = head.find(' ');
    one.name = head.substr(0, space);
    one.status = std::atoi(std::string(head.substr(space + 1, 3)).c_str());
    size_t length = 0;
    for (size_t at = head.find("\r\n"); at != std::string_view::npos;
         at = head.find("\r\n")) {
      head.remove_prefix(at + 2);
      const std::string_view line = head.substr(0, head.find("\r\n"));
      const size_t colon = line.find(": ");
      std::string name(line.substr(0, colon));
      std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      });
      one.headers.Add(name, line.substr(colon + 2));
    }
    length = static_cast<size_t>(
        std::atol(std::string(one.headers.Get("content-length")).c_str()));
    one.body = bytes.substr(0, length);
    bytes.remove_prefix(std::min(length, bytes.size()));
    out.push_back(std::move(one));
  }
  return out;
}

// The same as the services give it, before a server writes it.
inline http::Response ResponseOf(const goldens::Exchange& answer) {
  http::Response response;
  response.status = answer.status;
  response.headers = answer.headers;
  response.body = answer.body;
  return response;
}

}  // namespace vouchsafe::integration
