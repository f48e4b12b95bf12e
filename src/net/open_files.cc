#include "net/open_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace vouchsafe::net {
size_t AllowOpenFiles(size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlimit before = limit;
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) limit = before;
  }
  return limit.rlim_cur;
}

size_t ConnectionsWithin(size_t allowed, size_t wanted) {
  const size_t others = std::min(kOtherFiles, allowed / 2);
  return std::max<size_t>(1, std::min(wanted, allowed - others));
}

}  // namespace vouchsafe::net
