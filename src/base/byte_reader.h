#pragma once

// Reads untrusted bytes front to back. The error is sticky: after a short read
// every further read gives zero or an empty view, and End() or Ok() reports
// the offset of the first one, so a parser reads like the table of its spec.
//
//   ByteReader in(bytes, "snp report");
//   report.version = in.U32le();
//   report.measurement = in.Array<48>();
//   TRY(in.End());
//
// Call Ok() before branching on a value that was read. Views point into the
// bytes given to the constructor and live as long as those.

#include <array>
#include <cassert>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace vouchsafe {

class ByteReader {
 public:
  // `what` names the thing read, in errors; it must outlive the reader.
  explicit ByteReader(ByteView bytes, std::string_view what = "input")
      : bytes_(bytes), what_(what) {}
  ByteReader(const ByteReader&) = delete;
  ByteReader& operator=(const ByteReader&) = delete;
  ByteReader(ByteReader&& other) noexcept;
  ByteReader& operator=(ByteReader&&) = delete;
  // In debug builds a reader that nobody asked whether it failed is our bug.
  ~ByteReader();

  uint8_t U8();
  uint16_t U16le();
  uint16_t U16be();
  uint32_t U32le();
  uint32_t U32be();
  uint64_t U64le();
  uint64_t U64be();

  template <size_t N>
  std::array<uint8_t, N> Array() {
    std::array<uint8_t, N> out{};
    ByteView view = Take(N);
    for (size_t i = 0; i < view.size(); ++i) out[i] = view[i];
    return out;
  }

  // The next `size` bytes, or an empty view when fewer are left.
  ByteView View(uint64_t size) { return Take(size); }
  // All bytes that are left.
  ByteView Rest() { return Take(remaining()); }
  void Skip(uint64_t size) { Take(size); }
  // Skips `size` reserved bytes, which must be zero.
  void Zeros(uint64_t size);
  // A reader over the next `size` bytes. It fails at once if they are not
  // there, and this reader fails with it.
  ByteReader Sub(uint64_t size, std::string_view what);

  size_t offset() const { return offset_; }
  size_t remaining() const { return failed_ ? 0 : bytes_.size() - offset_; }
  bool failed() const { return failed_; }

  // No read failed so far.
  Result<> Ok() const;
  // No read failed, and nothing is left over.
  Result<> End() const;

 private:
  ByteView Take(uint64_t size);
  void FailAt(size_t offset, std::string message);

  ByteView bytes_;
  std::string_view what_;
  size_t offset_ = 0;
  bool failed_ = false;
  mutable bool asked_ = false;
  std::string error_;
};

}  // namespace vouchsafe
