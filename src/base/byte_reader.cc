#include "base/byte_reader.h"

namespace vouchsafe {
namespace {

uint64_t LittleEndian(ByteView view) {
  uint64_t value = 0;
  for (size_t i = view.size(); i > 0; --i) value = value << 8 | view[i - 1];
  return value;
}

uint64_t BigEndian(ByteView view) {
  uint64_t value = 0;
  for (uint8_t byte : view) value = value << 8 | byte;
  return value;
}

}  // namespace

ByteReader::ByteReader(ByteReader&& other) noexcept
    : bytes_(other.bytes_),
      what_(other.what_),
      offset_(other.offset_),
      failed_(other.failed_),
      asked_(other.asked_),
      error_(std::move(other.error_)) {
  other.asked_ = true;
}

ByteReader::~ByteReader() {
  // Not for an early return: nobody may branch on a value before Ok().
  assert((asked_ || !failed_) && "ByteReader: nobody looked at the error");
}

void ByteReader::FailAt(size_t offset, std::string message) {
  if (failed_) return;
  failed_ = true;
  asked_ = false;  // whoever asked before must ask again
  error_ = std::string(what_) + ": at byte " + std::to_string(offset) + ": " +
           std::move(message);
}

ByteView ByteReader::Take(uint64_t size) {
  if (failed_) return {};
  const uint64_t left = bytes_.size() - offset_;
  if (size > left) {
    FailAt(offset_, "want " + std::to_string(size) + " more bytes, got " +
                        std::to_string(left));
    return {};
  }
  ByteView view = bytes_.subspan(offset_, static_cast<size_t>(size));
  offset_ += static_cast<size_t>(size);
  return view;
}

uint8_t ByteReader::U8() { return static_cast<uint8_t>(BigEndian(Take(1))); }
uint16_t ByteReader::U16le() {
  return static_cast<uint16_t>(LittleEndian(Take(2)));
}
uint16_t ByteReader::U16be() {
  return static_cast<uint16_t>(BigEndian(Take(2)));
}
uint32_t ByteReader::U32le() {
  return static_cast<uint32_t>(LittleEndian(Take(4)));
}
uint32_t ByteReader::U32be() {
  return static_cast<uint32_t>(BigEndian(Take(4)));
}
uint64_t ByteReader::U64le() { return LittleEndian(Take(8)); }
uint64_t ByteReader::U64be() { return BigEndian(Take(8)); }

void ByteReader::Zeros(uint64_t size) {
  const size_t start = offset_;
  ByteView view = Take(size);
  for (size_t i = 0; i < view.size(); ++i) {
    if (view[i] != 0) {
      FailAt(start + i,
             "reserved byte is " + std::to_string(view[i]) + ", want 0");
      return;
    }
  }
}

ByteReader ByteReader::Sub(uint64_t size, std::string_view what) {
  ByteReader sub(Take(size), what);
  if (failed_) {
    sub.failed_ = true;
    sub.error_ = error_;
    // Parent, child and siblings now hold one error: asking one of them is
    // enough, and the others are dropped unasked by the early return.
    sub.asked_ = true;
    asked_ = true;
  }
  return sub;
}

Result<> ByteReader::Ok() const {
  asked_ = true;
  if (failed_) return Fail(ErrorCode::kInvalidInput, error_);
  return {};
}

Result<> ByteReader::End() const {
  TRY(Ok());
  if (offset_ != bytes_.size()) {
    return Fail(ErrorCode::kInvalidInput,
                std::string(what_) + ": " +
                    std::to_string(bytes_.size() - offset_) +
                    " bytes left over after byte " + std::to_string(offset_));
  }
  return {};
}

}  // namespace vouchsafe
