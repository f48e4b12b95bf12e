#pragma once

// Where in a file a key stands, for errors and warnings. Internal.

#include <string>
#include <string_view>

#include "config/source.h"

namespace vouchsafe::config {

// "kbs.toml:3: http_server.sockets: "; without the line where none is known.
std::string PlaceOf(const Source& source, std::string_view path);

// What was read at `from`, and all below it, is to be found at `to` too.
void CopyPositions(Source& source, const std::string& from,
                   const std::string& to);

}  // namespace vouchsafe::config
