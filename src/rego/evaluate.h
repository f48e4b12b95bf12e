#pragma once

// One evaluation, and what reads its trace before its memory is dropped.

#include <functional>

#include "rego/rego.h"
#include "rego/trace.h"

namespace vouchsafe::rego {

// `why` and `read` may be null; without `why` nothing is traced but coverage.
Outcome EvaluateWith(
    const Program& program, const Request& request, const WhyOptions* why,
    const std::function<void(const Trace&, const Shower&)>& read);

// "data.policy.allow is false (default, line 5)" without the path and value.
std::string_view FromName(Answer::From from);

}  // namespace vouchsafe::rego
