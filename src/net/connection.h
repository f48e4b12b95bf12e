#pragma once

// One accepted connection from its first byte to its last. Internal to net/.

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <utility>

#include "net/edge.h"

namespace vouchsafe::net {

// Counts itself in Shared::connections from construction to destruction.
class Counted {
 public:
  explicit Counted(Shared& shared) : shared_(&shared) { ++shared.connections; }
  Counted(Counted&& other) noexcept
      : shared_(std::exchange(other.shared_, nullptr)) {}
  Counted& operator=(Counted&&) = delete;
  ~Counted() {
    if (shared_ != nullptr) --shared_->connections;
  }

 private:
  Shared* shared_;
};

// Both take part in the edge's loop and must be spawned on its context.
Task<void> ServePlain(Edge& edge, Socket socket, std::string peer,
                      Counted counted);
Task<void> ServeTls(Edge& edge, Socket socket, std::string peer,
                    Counted counted,
                    std::shared_ptr<asio::ssl::context> context);

}  // namespace vouchsafe::net
