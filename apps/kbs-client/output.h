#pragma once

// Where kbs-client's results go: text for people and scripts of Trustee, JSON
// with --json, a file with --output.

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "client/kbs_client.h"
#include "json/value.h"

namespace vouchsafe {

struct Output {
  bool json = false;
  std::optional<std::string> file;  // mode 0600; results with secrets

  // `text` as a line, or {"name": value}.
  Result<int> Print(const std::string& text, const std::string& name,
                    json::Value value) const;
  // Bytes of a secret: base64 as a line, {"resource": base64}, or the bytes
  // themselves into the file.
  Result<int> PrintSecret(ByteView secret) const;
  // What the server finds in a policy that it took, a line each on stderr:
  // "warning: ...", or {"finding": ...}.
  void PrintFindings(const std::vector<std::string>& findings) const;
  // The refusal on stderr, as JSON with --json; kFailed.
  int Report(const Error& error,
             const std::optional<client::ServerRefusal>& refusal) const;
};

}  // namespace vouchsafe
