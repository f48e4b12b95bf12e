#pragma once

// SecretBytes: key material and plaintext secrets. Cleansed when dropped, never
// printed (no operator<<, no implicit conversion to text), compared in constant
// time.

#include "base/bytes.h"

namespace vouchsafe {

class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  explicit SecretBytes(ByteView bytes) : bytes_(bytes.begin(), bytes.end()) {}
  explicit SecretBytes(size_t size) : bytes_(size) {}
  SecretBytes(const SecretBytes&) = default;
  SecretBytes& operator=(const SecretBytes& other);
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  ~SecretBytes();

  ByteView view() const { return bytes_; }
  std::span<uint8_t> mutable_span() { return bytes_; }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

 private:
  Bytes bytes_;
};

// Constant time in the content; the lengths are public.
bool ConstantTimeEqual(ByteView a, ByteView b);

// Overwrites in a way that the compiler does not remove.
void Cleanse(std::span<uint8_t> bytes);

}  // namespace vouchsafe
