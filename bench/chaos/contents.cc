#include "bench/chaos/contents.h"

#include <charconv>

#include "policy/resource_policies.h"

namespace vouchsafe::chaos {
namespace {

constexpr size_t kReferenceValues = 4;
constexpr size_t kMostFilling = 12'000;

// splitmix64: cheap, and different for each name and number.
uint64_t Mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

uint64_t SeedOf(std::string_view name, uint64_t number) {
  uint64_t seed = number;
  for (const char c : name) seed = Mix(seed ^ static_cast<unsigned char>(c));
  return seed;
}

// Letters: their count, and each of them, follow from the seed.
std::string Filling(uint64_t seed) {
  std::string text(Mix(seed) % kMostFilling, 'a');
  for (size_t i = 0; i < text.size(); i += 8) {
    uint64_t bits = Mix(seed + i);
    for (size_t k = i; k < i + 8 && k < text.size(); ++k, bits >>= 8) {
      text[k] = static_cast<char>('a' + bits % 26);
    }
  }
  return text;
}

// "<name> <number>\n", filling, "\nend\n".
std::string Resource(std::string_view name, uint64_t number) {
  return std::string(name) + " " + std::to_string(number) + "\n" +
         Filling(SeedOf(name, number)) + "\nend\n";
}

constexpr std::string_view kAttestationPolicy = R"rego(package policy

import rego.v1

trust_claims := {"hardware": 97, "executables": 33, "configuration": 36}
)rego";

std::string WithComment(std::string_view rego, const Slot& slot,
                        uint64_t number) {
  const uint64_t seed = SeedOf(slot.name, number);
  return std::string(rego) + "\n# " + std::to_string(number) + " " +
         Filling(seed) + "\n# end\n";
}

// Which of those that were sent it is.
Version NumberOf(const Slot& slot, const std::string& found) {
  for (uint64_t number = slot.last_number; number > 0; --number) {
    if (ValueOf(slot, number) == found) return number;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Slot> MakeSlots(size_t resources) {
  std::vector<Slot> slots;
  const auto add = [&slots](Kind kind, std::string name) {
    Slot slot;
    slot.kind = kind;
    slot.name = std::move(name);
    slots.push_back(std::move(slot));
  };
  for (size_t i = 0; i < resources; ++i) {
    add(Kind::kResource, "default/chaos/" + std::to_string(i));
  }
  for (size_t i = 0; i < kReferenceValues; ++i) {
    add(Kind::kReferenceValue, "chaos_" + std::to_string(i));
  }
  add(Kind::kResourcePolicy, "resource-policy");
  add(Kind::kAttestationPolicy, "chaos");
  return slots;
}

std::string ValueOf(const Slot& slot, uint64_t number) {
  switch (slot.kind) {
    case Kind::kResource:
      return Resource(slot.name, number);
    case Kind::kReferenceValue:
      return "[\"" + std::to_string(number) + "\"]";
    case Kind::kResourcePolicy:
      return WithComment(policy::kAllowAllResourcePolicy, slot, number);
    case Kind::kAttestationPolicy:
      return WithComment(kAttestationPolicy, slot, number);
  }
  return "";
}

Finding Judge(Slot& slot, const std::optional<std::string>& found) {
  const auto is = [&](const Version& version) {
    return version ? found == ValueOf(slot, *version) : !found.has_value();
  };
  const bool was_pending = slot.is_pending;
  slot.is_pending = false;
  if (is(slot.answered)) return Finding::kAnswered;
  if (was_pending && is(slot.pending)) {
    slot.answered = slot.pending;
    return Finding::kPending;
  }
  slot.answered = found ? NumberOf(slot, *found) : std::nullopt;
  return !found || slot.answered ? Finding::kLost : Finding::kTorn;
}

bool IsWholeResource(std::string_view text) {
  const size_t blank = text.find(' ');
  const size_t line = text.find('\n');
  if (blank == text.npos || line == text.npos || blank > line) return false;
  uint64_t number = 0;
  const char* end = text.data() + line;
  const auto parsed = std::from_chars(text.data() + blank + 1, end, number);
  return parsed.ec == std::errc() && parsed.ptr == end &&
         text == Resource(text.substr(0, blank), number);
}

}  // namespace vouchsafe::chaos
