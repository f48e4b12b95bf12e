// net.cidr_*. Nothing here reaches the network.

#include <algorithm>

#include "rego/builtins/families.h"
#include "rego/builtins/ip.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

std::optional<IpNet> Network(BuiltinCall& call, const Value& value) {
  if (!value.is_string()) {
    call.WrongType(1, "string", value);
    return std::nullopt;
  }
  call.budget.Bytes(value.size());
  auto net = ParseCidr(value.text());
  if (!net) {
    call.Fail("invalid CIDR address: " + std::string(value.text()));
    return std::nullopt;
  }
  net->base = net->First();
  return net;
}

Value Intersects(BuiltinCall& call, Args args) {
  const auto a = Network(call, args[0]);
  if (!a) return {};
  const auto b = Network(call, args[1]);
  if (!b) return {};
  return Value::Bool(a->Contains(b->First()) || b->Contains(a->First()));
}

// Undefined when an error was noted.
Value ContainsIn(BuiltinCall& call, const Value& outer, const Value& inner) {
  const auto net = Network(call, outer);
  if (!net) return {};
  if (!inner.is_string()) return call.WrongType(1, "string", inner);
  call.budget.Bytes(inner.size());
  if (const auto ip = ParseIp(inner.text())) {
    return Value::Bool(net->Contains(*ip));
  }
  const auto other = ParseCidr(inner.text());
  if (!other) {
    return call.Fail(
        "not a valid textual representation of an IP address or CIDR: " +
        std::string(inner.text()));
  }
  return Value::Bool(net->Contains(other->First()) &&
                     net->Contains(other->Last()));
}

Value Contains(BuiltinCall& call, Args args) {
  return ContainsIn(call, args[0], args[1]);
}

struct Candidate {
  Value cidr;
  Value index;
};

// A string alone, or the elements of a collection: strings, or arrays that
// begin with one.
bool Candidates(BuiltinCall& call, const Value& value, size_t operand,
                std::vector<Candidate>* out) {
  if (value.is_string()) {
    out->push_back({value, value});
    return true;
  }
  if (!value.is_collection()) return true;
  const auto elements = value.is_object() ? value.values() : value.items();
  call.budget.Items(elements.size());
  for (size_t i = 0; i < elements.size(); ++i) {
    Value cidr = elements[i];
    if (cidr.is_array() && cidr.size() > 0) {
      cidr = cidr.items()[0];
    } else if (!cidr.is_string()) {
      call.Fail("operand " + std::to_string(operand) +
                ": element must be string or non-empty array");
      return false;
    }
    out->push_back({cidr, value.is_array() ? Value::Int(static_cast<int64_t>(i))
                                           : value.items()[i]});
  }
  return true;
}

Value ContainsMatches(BuiltinCall& call, Args args) {
  std::vector<Candidate> outer;
  if (!Candidates(call, args[0], 1, &outer)) return {};
  std::vector<Value> out;
  for (const Candidate& net : outer) {
    std::vector<Candidate> inner;
    if (!Candidates(call, args[1], 2, &inner)) return {};
    for (const Candidate& address : inner) {
      const Value holds = ContainsIn(call, net.cidr, address.cidr);
      if (call.error) return {};
      if (!holds.is_true()) continue;
      call.arena.Need((out.size() + 1) * sizeof(Value));
      out.push_back(
          MakeArray(call.arena, std::vector<Value>{net.index, address.index}));
    }
  }
  return MakeSet(call.arena, std::move(out));
}

Value Expand(BuiltinCall& call, Args args) {
  const auto net = Network(call, args[0]);
  if (!net) return {};
  const int host_bits = 128 - net->prefix;
  if (host_bits > 26) {
    ThrowLimit("limit_memory",
               "net.cidr_expand: more addresses than memory allows");
  }
  const size_t count = size_t{1} << host_bits;
  call.arena.Need(count * (2 * sizeof(Value) + 16));
  std::vector<Value> out;
  out.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    call.budget.Step();
    out.push_back(call.Text(IpText(net->First() + i)));
  }
  return MakeSet(call.arena, std::move(out));
}

Value IsValid(BuiltinCall& call, Args args) {
  if (!args[0].is_string()) return Value::Bool(false);
  call.budget.Bytes(args[0].size());
  return Value::Bool(ParseCidr(args[0].text()).has_value());
}

struct Range {
  Ip first;
  Ip last;
  std::optional<IpNet> whole;  // not merged with another
};

// An IPv4 address without a prefix stands for the network of its old class.
int ClassPrefix(Ip ip) {
  const auto top = static_cast<unsigned>(ip >> 24 & 255);
  if (top < 0x80) return 8;
  return top < 0xc0 ? 16 : 24;
}

std::optional<Range> RangeOf(BuiltinCall& call, const Value& value) {
  if (!value.is_string()) {
    call.Fail("element must be string");
    return std::nullopt;
  }
  call.budget.Bytes(value.size());
  IpNet net;
  if (const auto ip = ParseIp(value.text())) {
    if (!IsV4(*ip)) {
      call.Fail("IPv6 invalid: needs prefix length");
      return std::nullopt;
    }
    net = {*ip, 96 + ClassPrefix(*ip), true};
  } else {
    const auto parsed = Network(call, value);
    if (!parsed) return std::nullopt;
    net = *parsed;
  }
  return Range{net.First(), net.Last(), net};
}

// The fewest networks that make up a range.
void Split(BuiltinCall& call, const Range& range, std::vector<Value>* out) {
  Ip at = range.first;
  for (;;) {
    int prefix = 128;
    while (prefix > 0) {
      const IpNet wider{at, prefix - 1, false};
      if (wider.First() != at || wider.Last() > range.last) break;
      if (IsV4(at) && prefix <= 96) break;
      --prefix;
    }
    const IpNet net{at, prefix, false};
    call.budget.Step();
    out->push_back(call.Text(net.Text()));
    if (net.Last() >= range.last) return;
    at = net.Last() + 1;
  }
}

Value Merge(BuiltinCall& call, Args args) {
  if (!args[0].is_array() && !args[0].is_set()) {
    return call.Fail("operand must be an array");
  }
  std::vector<Range> ranges;
  for (const Value& item : args[0].items()) {
    const auto range = RangeOf(call, item);
    if (!range) return {};
    call.arena.Need(ranges.size() * 2 * sizeof(Range));
    ranges.push_back(*range);
  }
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
    return a.last != b.last ? a.last < b.last : a.first < b.first;
  });
  for (size_t i = ranges.size(); i-- > 1;) {
    Range& low = ranges[i - 1];
    const Range& high = ranges[i];
    const bool lowest = high.first == 0 || high.first == Ip{0xffff} << 32;
    const Ip before = lowest ? high.first : high.first - 1;
    if (before > low.last) continue;
    low = {std::min(low.first, high.first), high.last, std::nullopt};
    ranges.erase(ranges.begin() + static_cast<std::ptrdiff_t>(i));
    call.budget.Items(ranges.size() - i);
  }
  std::vector<Value> out;
  for (const Range& range : ranges) {
    if (range.whole) {
      out.push_back(call.Text(range.whole->Text()));
    } else {
      Split(call, range, &out);
    }
  }
  return MakeSet(call.arena, std::move(out));
}

}  // namespace

void RegisterNet(BuiltinTable& table) {
  table.Offer("net.cidr_contains", Contains);
  table.Offer("net.cidr_contains_matches", ContainsMatches);
  table.Offer("net.cidr_expand", Expand);
  table.Offer("net.cidr_intersects", Intersects);
  table.Offer("net.cidr_is_valid", IsValid);
  table.Offer("net.cidr_merge", Merge);
  table.Offer("net.cidr_overlap", Contains);
}

}  // namespace vouchsafe::rego
