#pragma once

#include "checks/check.h"

namespace vouchsafe::sample {

inline constexpr Check kReportData{
    "sample.report_data",
    "The sample evidence's report_data is the expected report data",
    "Sample evidence: report_data in standard base64",
    "The evidence was made for another nonce or key: attest again."};

inline constexpr const Check* kSampleChecks[] = {&kReportData};

}  // namespace vouchsafe::sample
