#include "rego/findings.h"

namespace vouchsafe::rego {

Diagnostic Finding(std::string code, std::string message, const Module& module,
                   const Span& span) {
  Diagnostic out;
  out.code = std::move(code);
  out.message = std::move(message);
  out.file = module.file;
  out.row = span.row;
  out.col = span.col;
  return out;
}

void Findings::Add(Step step, std::string code, std::string message,
                   const Module& module, const Span& span) {
  Add(step, Finding(std::move(code), std::move(message), module, span));
}

}  // namespace vouchsafe::rego
