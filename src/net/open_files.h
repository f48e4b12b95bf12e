#pragma once

// How many files and sockets this process may have open. Internal to net/.

#include <cstddef>

namespace vouchsafe::net {

// What is kept for the store, for fetching and for those who are turned away.
inline constexpr size_t kOtherFiles = 1024;

// Raises the soft limit towards `wanted`, at most to the hard one, and never
// lowers it; gives what holds now.
size_t AllowOpenFiles(size_t wanted);

// How many of `allowed` open files may be connections, at most `wanted`.
size_t ConnectionsWithin(size_t allowed, size_t wanted);

}  // namespace vouchsafe::net
