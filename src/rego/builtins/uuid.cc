// uuid.*: RFC 4122.

#include <array>

#include "base/encoding.h"
#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;
using Uuid = std::array<uint8_t, 16>;

// The same answer for the same argument within one evaluation. Its bits come
// from the evaluation's seed: a label, never a secret.
Value Make(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  call.budget.Bytes(args[0].size());
  uint64_t state = HashOf(args[0]) ^ (call.state.seed * 0x9e3779b97f4a7c15u) ^
                   0x2545f4914f6cdd1du;
  Uuid uuid{};
  for (size_t i = 0; i < uuid.size(); ++i) {
    if (i % 8 == 0) {  // splitmix64
      state += 0x9e3779b97f4a7c15u;
      uint64_t mixed = state;
      mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
      state ^= mixed ^ (mixed >> 31);
    }
    uuid[i] = static_cast<uint8_t>(state >> (i % 8 * 8));
  }
  uuid[6] = static_cast<uint8_t>((uuid[6] & 0x0f) | 0x40);
  uuid[8] = static_cast<uint8_t>((uuid[8] & 0x3f) | 0x80);
  std::string text = HexEncode(uuid);
  for (const size_t at : {size_t{20}, size_t{16}, size_t{12}, size_t{8}}) {
    text.insert(at, "-");
  }
  return call.Text(text);
}

// Plain, enclosed, as urn:uuid:, or 32 digits.
std::optional<Uuid> Parse(std::string_view text) {
  const bool urn = text.size() == 45;
  if (urn) {
    constexpr std::string_view kUrn = "urn:uuid:";
    for (size_t i = 0; i < kUrn.size(); ++i) {
      if ((text[i] | 0x20) != (kUrn[i] | 0x20)) return std::nullopt;
    }
    text.remove_prefix(kUrn.size());
  } else if (text.size() == 38) {
    text = text.substr(1, 36);  // in braces, or whatever stands there
  }
  std::string digits(text);
  if (text.size() == 36) {
    for (const size_t at : {size_t{23}, size_t{18}, size_t{13}, size_t{8}}) {
      if (digits[at] != '-') return std::nullopt;
      digits.erase(at, 1);
    }
  }
  if (digits.size() != 32) return std::nullopt;
  const auto bytes = HexDecode(digits);
  if (!bytes) return std::nullopt;
  Uuid out{};
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

std::string_view Variant(const Uuid& uuid) {
  const unsigned top = uuid[8];
  if ((top & 0xc0) == 0x80) return "RFC4122";
  if ((top & 0xe0) == 0xc0) return "Microsoft";
  if ((top & 0xe0) == 0xe0) return "Future";
  return "Reserved";
}

std::string_view MacVariables(uint8_t first) {
  constexpr std::string_view kNames[] = {"global:unicast", "global:multicast",
                                         "local:unicast", "local:multicast"};
  return kNames[first & 3];
}

std::string Domain(uint8_t code) {
  constexpr std::string_view kNames[] = {"Person", "Group", "Org"};
  if (code < 3) return std::string(kNames[code]);
  return "Domain" + std::to_string(code);
}

uint64_t BigEndian(const Uuid& uuid, size_t from, size_t count) {
  uint64_t out = 0;
  for (size_t i = 0; i < count; ++i) out = out << 8 | uuid[from + i];
  return out;
}

// Nanoseconds since 1970 of the 60 bits that count 100 ns since 1582-10-15.
Value TimeOf(const Uuid& uuid) {
  const uint64_t ticks = BigEndian(uuid, 0, 4) | BigEndian(uuid, 4, 2) << 32 |
                         (BigEndian(uuid, 6, 2) & 0xfff) << 48;
  const auto since_1970 =
      static_cast<int64_t>(ticks) - int64_t{122'192'928'000'000'000};
  // Wraps as 64-bit integers do: the far ends are beyond them.
  return Value::Int(
      static_cast<int64_t>(static_cast<uint64_t>(since_1970) * 100));
}

std::string NodeText(const Uuid& uuid) {
  std::string out;
  for (size_t i = 10; i < 16; ++i) {
    if (i > 10) out += "-";
    out += HexEncode(ByteView(&uuid[i], 1));
  }
  return out;
}

Value ParseUuid(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  call.budget.Bytes(args[0].size());
  const auto uuid = Parse(args[0].text());
  if (!uuid) return {};  // undefined, not an error
  const int64_t version = (*uuid)[6] >> 4;
  std::vector<Pair> out;
  const auto put = [&](std::string_view key, const Value& value) {
    out.push_back({call.Text(key), value});
  };
  put("version", Value::Int(version));
  put("variant", call.Text(Variant(*uuid)));
  if (version == 1 || version == 2) {
    put("time", TimeOf(*uuid));
    put("nodeid", call.Text(NodeText(*uuid)));
    put("macvariables", call.Text(MacVariables((*uuid)[10])));
    put("clocksequence",
        Value::Int(static_cast<int64_t>(BigEndian(*uuid, 8, 2) & 0x3fff)));
  }
  if (version == 2) {
    put("id", Value::Int(static_cast<int64_t>(BigEndian(*uuid, 0, 4))));
    put("domain", call.Text(Domain((*uuid)[9])));
  }
  return MakeObject(call.arena, std::move(out));
}

}  // namespace

void RegisterUuid(BuiltinTable& table) {
  table.Offer("uuid.rfc4122", Make);
  table.Offer("uuid.parse", ParseUuid);
}

}  // namespace vouchsafe::rego
