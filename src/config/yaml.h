#pragma once

// The YAML reader behind source.h: one document of the core schema (YAML 1.2
// section 10.3). Anchors, aliases, merge keys and tags other than those of the
// schema are refused: they make small files expand without bound.

#include "config/source.h"

namespace vouchsafe::config {

Result<Source> ReadYaml(std::string_view text, std::string name,
                        size_t max_depth);

}  // namespace vouchsafe::config
