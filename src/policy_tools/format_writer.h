#pragma once

// Lines with tabs. A comment that follows on a line is kept until the line
// ends, so that whatever still belongs to the line comes before it.

#include <string>
#include <string_view>

namespace vouchsafe::policy_tools {

class LineWriter {
 public:
  int indent = 0;

  // Begins a line of its own if a comment ended the one before.
  void Write(std::string_view text) {
    if (!comment_.empty() && text != ",") EndLine();
    if (at_start_) {
      out_.append(static_cast<size_t>(indent), '\t');
      at_start_ = false;
    }
    out_ += text;
  }
  // Between two pieces of one line; nothing at its begin.
  void Space() {
    if (!comment_.empty()) EndLine();
    if (!at_start_) out_ += ' ';
  }
  void EndLine() {
    if (!comment_.empty()) {
      if (!at_start_) out_ += ' ';
      out_ += comment_;
      comment_.clear();
      at_start_ = false;
    }
    if (!at_start_) out_ += '\n';
    at_start_ = true;
  }
  void BlankLine() {
    EndLine();
    if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
  }
  void Trail(std::string_view comment) {
    if (comment.empty()) return;
    if (!comment_.empty()) EndLine();
    comment_ = comment;
  }
  void CommentLine(std::string_view comment) {
    EndLine();
    Write(comment);
    EndLine();
  }
  bool at_start() const { return at_start_; }
  const std::string& text() const { return out_; }

 private:
  std::string out_;
  std::string comment_;
  bool at_start_ = true;
};

}  // namespace vouchsafe::policy_tools
