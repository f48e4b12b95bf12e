#pragma once

// What must never be written down, and the search for it: logs, decision
// records, error answers and a client's messages hold no secret, token, cookie,
// nonce, evidence or private key, nor 32 bytes of one in a row, as they are, in
// hexadecimal, or in base64 of either alphabet and any alignment.

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/encoding.h"

namespace vouchsafe::testing {

class Confidential {
 public:
  // `kind` says what was found: "secret". Shorter than eight bytes would be
  // found everywhere, and is not taken.
  void Add(const std::string& kind, std::string_view bytes) {
    if (bytes.size() < kShortest) return;
    ++kinds_[kind];
    AddForm(kind, std::string(bytes));
    const std::string hex = HexEncode(AsBytes(bytes));
    AddForm(kind + " in hex", hex);
    std::string upper = hex;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    AddForm(kind + " in hex", upper);
    for (size_t before = 0; before < 3; ++before) {
      for (const Base64 alphabet :
           {Base64::kStandardNoPad, Base64::kUrlNoPad}) {
        AddForm(kind + " in base64", Aligned(bytes, before, alphabet));
      }
    }
  }
  // The token, and each of its parts (the first is the same for many).
  void AddToken(const std::string& kind, std::string_view token) {
    const size_t dot = token.find('.');
    if (dot != token.npos) token.remove_prefix(dot + 1);
    Add(kind, token);
    Add(kind + "'s signature", token.substr(token.rfind('.') + 1));
  }
  // Line by line, without the lines that all PEM files have.
  void AddPem(const std::string& kind, std::string_view pem) {
    while (!pem.empty()) {
      const size_t end = std::min(pem.find('\n'), pem.size());
      const std::string_view line = pem.substr(0, end);
      if (!line.starts_with("-----")) Add(kind, line);
      pem.remove_prefix(std::min(end + 1, pem.size()));
    }
  }

  // How many of a kind are looked for.
  size_t Count(const std::string& kind) const {
    const auto it = kinds_.find(kind);
    return it == kinds_.end() ? 0 : it->second;
  }
  // The kinds that stand in `text`.
  std::set<std::string> In(std::string_view text) const {
    std::set<std::string> found;
    for (const auto& [whole, kind] : short_) {
      if (text.find(whole) != text.npos) found.insert(kind);
    }
    for (size_t i = 0; i + kPiece <= text.size(); ++i) {
      const auto it = pieces_.find(std::string(text.substr(i, kPiece)));
      if (it != pieces_.end()) found.insert(it->second);
    }
    return found;
  }

 private:
  static constexpr size_t kShortest = 8;
  // Every run of kPiece + kStep - 1 bytes contains a piece.
  static constexpr size_t kPiece = 24;
  static constexpr size_t kStep = 9;

  void AddForm(const std::string& kind, const std::string& form) {
    if (form.size() < kPiece + kStep) {
      short_.emplace(form, kind);
      return;
    }
    for (size_t i = 0; i + kPiece <= form.size(); i += kStep) {
      pieces_.emplace(form.substr(i, kPiece), kind);
    }
  }
  // The characters that depend on `bytes` alone when so many bytes stand before
  // them and others may follow.
  static std::string Aligned(std::string_view bytes, size_t before,
                             Base64 alphabet) {
    const std::string padded = std::string(before, '\0') + std::string(bytes);
    std::string text = Base64Encode(AsBytes(padded), alphabet);
    if (padded.size() % 3 != 0) text.pop_back();
    return text.substr(before == 0 ? 0 : before + 1);
  }

  std::map<std::string, size_t> kinds_;
  std::map<std::string, std::string> short_;
  std::unordered_map<std::string, std::string> pieces_;
};

}  // namespace vouchsafe::testing
