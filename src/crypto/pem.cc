#include "crypto/pem.h"

#include "base/encoding.h"

namespace vouchsafe::crypto::internal {

namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr size_t kLine = 64;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

Result<PemBlock> FirstPemBlock(std::string_view pem) {
  if (pem.size() > kMaxPemSize) {
    return Fail(ErrorCode::kTooLarge, "PEM: over 16 MiB");
  }
  const size_t begin = pem.find(kBegin);
  if (begin == std::string_view::npos) {
    return Fail(ErrorCode::kInvalidInput, "PEM: no BEGIN line");
  }
  const size_t label_at = begin + kBegin.size();
  const size_t label_end = pem.find(kDashes, label_at);
  if (label_end == std::string_view::npos) {
    return Fail(ErrorCode::kInvalidInput, "PEM: malformed BEGIN line");
  }
  PemBlock block;
  block.label = pem.substr(label_at, label_end - label_at);
  const size_t body_at = label_end + kDashes.size();
  const std::string end_line = std::string(kEnd) + block.label + "-----";
  const size_t body_end = pem.find(end_line, body_at);
  if (block.label.find('\n') != std::string::npos ||
      body_end == std::string_view::npos) {
    return Fail(ErrorCode::kInvalidInput, "PEM: no END line for its BEGIN");
  }
  const std::string_view body = pem.substr(body_at, body_end - body_at);
  if (body.find(':') != std::string_view::npos) {
    return Fail(ErrorCode::kUnsupported,
                "PEM: headers (encryption) are not offered");
  }
  std::string text;
  text.reserve(body.size());
  for (const char c : body) {
    if (!IsSpace(c)) text.push_back(c);
  }
  auto der = Base64Decode(text);
  Cleanse({reinterpret_cast<uint8_t*>(text.data()), text.size()});
  block.der = SecretBytes(TRY_CONTEXT(std::move(der), "PEM"));
  block.end = body_end + end_line.size();
  return block;
}

std::string WritePem(std::string_view label, ByteView der) {
  const std::string text = Base64Encode(der);
  std::string out = std::string(kBegin) + std::string(label) + "-----\n";
  for (size_t at = 0; at < text.size(); at += kLine) {
    out += text.substr(at, kLine);
    out += '\n';
  }
  return out + std::string(kEnd) + std::string(label) + "-----\n";
}

}  // namespace vouchsafe::crypto::internal
