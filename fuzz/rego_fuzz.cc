// Compiles and evaluates. The input is a policy, a zero byte, and a document;
// without a zero byte all is policy.

#include <cstdint>
#include <string>

#include "rego/rego.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace vouchsafe::rego;
  const std::string all(reinterpret_cast<const char*>(bytes), size);
  const size_t cut = std::min(all.find('\0'), all.size());
  const Source source{"fuzz", all.substr(0, cut)};
  CompileOptions options;
  options.limits.compile_time = std::chrono::milliseconds(200);
  for (const Version version : {Version::kV1, Version::kV0}) {
    options.version = version;
    const CompileResult compiled =
        Compile(source, Builtins::Standard(), options);
    if (!compiled.program) continue;
    Request request;
    const auto input = Document::FromJson(
        cut < all.size() ? all.substr(cut + 1) : std::string("{\"a\": [1]}"));
    if (input) request.input = &*input;
    for (const std::string& path : compiled.program->Entries()) {
      request.entries.push_back(compiled.program->Find(path));
    }
    request.entries.push_back(compiled.program->Find("data"));
    request.limits.steps = 20'000;
    request.limits.memory_bytes = size_t{4} << 20;
    for (const bool strict : {true, false}) {
      request.strict_errors = strict;
      request.explain = !strict;
      const Outcome outcome = Evaluate(*compiled.program, request);
      if (outcome.error && outcome.error->code == "eval_internal_error") {
        __builtin_trap();
      }
    }
  }
  return 0;
}
