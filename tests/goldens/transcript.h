#pragma once

// A recorded conversation: requests as they were sent and what Trustee
// answered. The form is that of the recordings' README.

#include <optional>
#include <string>
#include <vector>

#include "http/types.h"
#include "json/value.h"

namespace vouchsafe::goldens {

struct Exchange {
  std::string name;  // "7 version 0.3.0": place in the file, and its note
  http::Request request;
  int status = 0;         // 0: the connection was closed without an answer
  http::Headers headers;  // of the answer, names in lower case
  std::string body;       // of the answer
  // What else the file says of this step; null when absent.
  std::optional<std::string> plaintext;  // of an encrypted answer
};

struct Transcript {
  std::string file;  // below goldens/
  std::vector<Exchange> exchanges;
  std::string tee_private_key_pem;  // opens encrypted answers; may be empty
};

// Fails the running test when the file is not of the expected form. `member`
// holds the steps.
Transcript LoadTranscript(const std::string& folder, const std::string& file,
                          const std::string& member = "steps");
// One step, for files of another outer form.
Exchange ReadExchange(const json::Value& step, size_t index);
// The file as JSON; fails the running test.
json::Value LoadJson(const std::string& path);

// A member that is a string, else empty.
std::string TextOf(const json::Value& object, std::string_view pointer);

}  // namespace vouchsafe::goldens
