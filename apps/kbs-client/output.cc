#include "apps/kbs-client/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "apps/cli/command_line.h"
#include "base/encoding.h"
#include "json/write.h"

namespace vouchsafe {
namespace {

// A new file that only its owner reads; an existing one is replaced whole.
Result<> WriteSecretFile(const std::string& path, ByteView bytes) {
  const std::string temporary = path + ".part";
  const int fd =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) {
    return Fail(ErrorCode::kUnavailable, "cannot write " + temporary);
  }
  bool good = true;
  while (good && !bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    good = written > 0;
    if (good) bytes = bytes.subspan(static_cast<size_t>(written));
  }
  good = ::fsync(fd) == 0 && good;
  good = ::close(fd) == 0 && good;
  if (!good || std::rename(temporary.c_str(), path.c_str()) != 0) {
    ::unlink(temporary.c_str());
    return Fail(ErrorCode::kUnavailable, "cannot write " + path);
  }
  return {};
}

}  // namespace

Result<int> Output::Print(const std::string& text, const std::string& name,
                          json::Value value) const {
  std::string line = text;
  if (json) {
    json::Object object;
    object.Set(name, std::move(value));
    line = json::Write(std::move(object));
  }
  line += '\n';
  if (file) {
    TRY(WriteSecretFile(*file, AsBytes(line)));
  } else {
    std::fwrite(line.data(), 1, line.size(), stdout);
  }
  return cli::kOk;
}

Result<int> Output::PrintSecret(ByteView secret) const {
  if (file) {
    TRY(WriteSecretFile(*file, secret));
    return cli::kOk;
  }
  const std::string base64 = Base64Encode(secret);
  return Print(base64, "resource", base64);
}

void Output::PrintFindings(const std::vector<std::string>& findings) const {
  for (const std::string& finding : findings) {
    std::string line = "warning: " + finding;
    if (json) {
      json::Object object;
      object.Set("finding", finding);
      line = json::Write(std::move(object));
    }
    std::fprintf(stderr, "%s\n", line.c_str());
  }
}

int Output::Report(const Error& error,
                   const std::optional<client::ServerRefusal>& refusal) const {
  if (!json) return cli::Report(error);
  json::Object object;
  object.Set("error", error.Text());
  if (refusal) {
    object.Set("status", refusal->status);
    object.Set("type", refusal->type);
    object.Set("detail", refusal->detail);
    object.Set("code", refusal->code);
    object.Set("request_id", refusal->request_id);
  }
  std::fprintf(stderr, "%s\n", json::Write(std::move(object)).c_str());
  return cli::kFailed;
}

}  // namespace vouchsafe
