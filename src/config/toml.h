#pragma once

// The TOML reader behind source.h.

#include "config/source.h"

namespace vouchsafe::config {

// `max_depth` levels of tables and arrays at most.
Result<Source> ReadToml(std::string_view text, std::string name,
                        size_t max_depth);

}  // namespace vouchsafe::config
