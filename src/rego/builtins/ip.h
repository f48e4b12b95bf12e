#pragma once

// IP addresses and networks as Go's package net reads and writes them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vouchsafe::rego {

__extension__ typedef unsigned __int128 Uint128;

// IPv4 as ::ffff:a.b.c.d, so that both kinds compare.
using Ip = Uint128;

bool IsV4(Ip ip);
std::optional<Ip> ParseIp(std::string_view text);  // without a zone
std::string IpText(Ip ip);

struct IpNet {
  Ip base = 0;     // as written: bits beyond the prefix may be set
  int prefix = 0;  // of 128; an IPv4 network has 96 or more
  bool v4 = false;

  Ip First() const;
  Ip Last() const;
  bool Contains(Ip ip) const;
  std::string Text() const;
};

// "10.0.0.0/8"; base keeps the address as written.
std::optional<IpNet> ParseCidr(std::string_view text);

}  // namespace vouchsafe::rego
