#pragma once

// Whether an address to listen on is one, before anything is started.

#include <string>

#include "base/result.h"

namespace vouchsafe::net {

// "192.0.2.1:80", "[::1]:80"; else kInvalidInput.
Result<> CheckAddress(const std::string& text);

}  // namespace vouchsafe::net
