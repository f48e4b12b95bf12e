#include "storage/keys.h"

#include <algorithm>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "json/utf8.h"
#include "storage/store.h"

namespace vouchsafe::storage {
namespace {

constexpr std::string_view kSlash = "\\x2F";
constexpr std::string_view kHexDigits = "0123456789ABCDEF";

bool IsPlain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

void AppendEscaped(std::string& out, char c) {
  const auto byte = static_cast<uint8_t>(c);
  out += '%';
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 15];
}

std::string Escape(std::string_view key) {
  std::string name;
  name.reserve(key.size() + 16);
  for (const char c : key) {
    if (c == '/') {
      name += kSlash;
    } else if (IsPlain(c)) {
      name += c;
    } else {
      AppendEscaped(name, c);
    }
  }
  if (name == ".") return "%2E";
  if (name == "..") return "%2E%2E";
  return name;
}

tl::unexpected<Error> BadNamespace(std::string_view name,
                                   std::string_view why) {
  return Fail(ErrorCode::kInvalidInput, "storage: namespace \"" +
                                            std::string(name.substr(0, 80)) +
                                            "\": " + std::string(why));
}

std::string ReplaceSlashBack(std::string_view name) {
  std::string key;
  for (size_t i = 0; i < name.size();) {
    if (name.substr(i, kSlash.size()) == kSlash) {
      key += '/';
      i += kSlash.size();
    } else {
      key += name[i++];
    }
  }
  return key;
}

std::string Unescape(std::string_view name) {
  const std::string slashed = ReplaceSlashBack(name);
  std::string key;
  for (size_t i = 0; i < slashed.size();) {
    if (slashed[i] == '%' && i + 2 < slashed.size()) {
      const Result<Bytes> byte = HexDecode(slashed.substr(i + 1, 2));
      if (byte) {
        key += static_cast<char>(byte->front());
        i += 3;
        continue;
      }
    }
    key += slashed[i++];
  }
  return key;
}

}  // namespace

Result<> CheckNamespace(std::string_view name) {
  if (name.empty()) return BadNamespace(name, "empty");
  if (name.size() > 1024) return BadNamespace(name, "over 1024 bytes");
  for (const char c : name) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 0x20 || byte == 0x7f) {
      return BadNamespace(name, "holds a control character");
    }
  }
  size_t start = 0;
  while (start <= name.size()) {
    const size_t slash = std::min(name.find('/', start), name.size());
    const std::string_view segment = name.substr(start, slash - start);
    if (segment.empty()) return BadNamespace(name, "empty segment");
    if (segment == "." || segment == "..") {
      return BadNamespace(name, "segment . or ..");
    }
    start = slash + 1;
  }
  if (name.substr(0, name.find('/')) == kMetaFolder) {
    return BadNamespace(name, "reserved");
  }
  return {};
}

Result<> CheckKey(std::string_view key) {
  if (key.empty()) return Fail(ErrorCode::kInvalidInput, "storage: empty key");
  if (key.size() > kMaxKey) {
    return Fail(ErrorCode::kInvalidInput,
                "storage: key of " + std::to_string(key.size()) +
                    " bytes, at most " + std::to_string(kMaxKey));
  }
  if (key.find('\0') != std::string_view::npos) {
    return Fail(ErrorCode::kInvalidInput, "storage: key holds a zero byte");
  }
  if (!json::IsUtf8(key)) {
    return Fail(ErrorCode::kInvalidInput, "storage: key is not UTF-8");
  }
  return {};
}

std::string FileNameOfKey(std::string_view key) {
  std::string name = Escape(key);
  if (name.size() <= kMaxFileName) return name;
  return std::string(kHashedName) + HexEncode(crypto::Sha256(AsBytes(key)));
}

std::string TrusteeFileName(std::string_view key) {
  std::string name;
  for (const char c : key) {
    if (c == '/') {
      name += kSlash;
    } else {
      name += c;
    }
  }
  return name;
}

std::string KeyOfFileName(std::string_view file_name) {
  std::string key = Unescape(file_name);
  if (Escape(key) == file_name) return key;
  return ReplaceSlashBack(file_name);
}

bool IsHashedName(std::string_view file_name) {
  return file_name.starts_with(kHashedName) &&
         file_name.size() == kHashedName.size() + 64;
}

bool IsTemporaryName(std::string_view file_name) {
  return file_name.starts_with(kTemporaryName);
}

}  // namespace vouchsafe::storage
