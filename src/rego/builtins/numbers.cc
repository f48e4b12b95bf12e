// abs, rounding, ranges, rand.intn, bits.*.

#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

Value Abs(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kNumber)) return {};
  return IsNegative(args[0]) ? Negate(call.arena, args[0]) : args[0];
}

template <Rounding kRounding>
Value Rounded(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kNumber)) return {};
  if (!args[0].is_int()) call.budget.Bytes(size_t{args[0].size()} * 8);
  return Round(call.arena, args[0], kRounding);
}

bool Integers(BuiltinCall& call, Args args) {
  for (size_t i = 0; i < args.size(); ++i) {
    if (!args[i].is_number()) {
      call.WrongType(i + 1, "integer", args[i]);
      return false;
    }
    if (IsInteger(args[i])) continue;
    call.Wrong(i + 1, "integer number", "floating-point number");
    return false;
  }
  return true;
}

// Both ends within 64 bits, counted by `step`.
Value ShortRange(BuiltinCall& call, int64_t from, int64_t to, uint64_t step) {
  const bool up = from <= to;
  const uint64_t distance =
      up ? static_cast<uint64_t>(to) - static_cast<uint64_t>(from)
         : static_cast<uint64_t>(from) - static_cast<uint64_t>(to);
  const uint64_t count = distance / step + 1;
  if (count == 0 || count > UINT32_MAX / 2) {
    ThrowLimit("limit_memory", "a range has more elements than memory allows");
  }
  call.arena.Need(count * sizeof(Value) * 2);
  std::vector<Value> out;
  out.reserve(count);
  auto at = static_cast<uint64_t>(from);
  for (uint64_t i = 0; i < count; ++i) {
    call.budget.Step();
    out.push_back(Value::Int(static_cast<int64_t>(at)));
    at = up ? at + step : at - step;
  }
  return MakeArray(call.arena, out);
}

// With big integers.
Value LongRange(BuiltinCall& call, const Value& from, const Value& to,
                const Value& step) {
  const bool up = CompareNumbers(from, to) <= 0;
  std::vector<Value> out;
  for (Value at = from;;) {
    const int order = CompareNumbers(at, to);
    if (up ? order > 0 : order < 0) break;
    call.budget.Step(4 + size_t{at.size()} / 4);
    call.arena.Need((out.size() + 1) * 2 * sizeof(Value));
    out.push_back(at);
    at = up ? Add(call.arena, at, step) : Subtract(call.arena, at, step);
  }
  return MakeArray(call.arena, out);
}

Value CountBy(BuiltinCall& call, Args args, const Value& step) {
  const auto from = AsInt64(args[0]), to = AsInt64(args[1]);
  const auto by = AsInt64(step);
  if (from && to && by) {
    return ShortRange(call, *from, *to, static_cast<uint64_t>(*by));
  }
  return LongRange(call, args[0], args[1], step);
}

Value Range(BuiltinCall& call, Args args) {
  if (!Integers(call, args)) return {};
  return CountBy(call, args, Value::Int(1));
}

Value RangeStep(BuiltinCall& call, Args args) {
  if (!Integers(call, args)) return {};
  if (IsZero(args[2]) || IsNegative(args[2])) {
    return call.Fail("step must be a positive integer");
  }
  return CountBy(call, args, args[2]);
}

// The same answer for the same arguments within one evaluation.
Value RandIntn(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString) || !call.Is(args, 1, Kind::kNumber)) {
    return {};
  }
  const auto bound = AsInt64(args[1]);
  if (!bound) return call.Wrong(2, "integer number", "floating-point number");
  if (*bound == 0) return Value::Int(0);
  uint64_t hash = HashOf(args[0]) ^ HashOf(args[1]) ^
                  (call.state.seed * 0x9e3779b97f4a7c15u);
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdu;
  hash ^= hash >> 33;
  const uint64_t size = *bound < 0 ? ~static_cast<uint64_t>(*bound) + 1
                                   : static_cast<uint64_t>(*bound);
  return Value::Int(static_cast<int64_t>(hash % size));
}

void ChargeBig(BuiltinCall& call, Args args) {
  for (const Value& arg : args) {
    if (!arg.is_int()) call.budget.Bytes(size_t{arg.size()} * 64);
  }
}

template <BigInt::Bits kOp>
Value Bitwise(BuiltinCall& call, Args args) {
  if (!Integers(call, args)) return {};
  ChargeBig(call, args);
  return BigInt::Bitwise(kOp, BigInt::Of(args[0]), BigInt::Of(args[1]))
      .ToValue(call.arena);
}

Value Not(BuiltinCall& call, Args args) {
  if (!Integers(call, args)) return {};
  ChargeBig(call, args);
  return (BigInt::Of(args[0]).Negated() - BigInt(1)).ToValue(call.arena);
}

Value ShiftLeft(BuiltinCall& call, Args args) {
  if (!Integers(call, args)) return {};
  const auto bits = AsInt64(args[1]);
  if (IsNegative(args[1])) {
    return call.Wrong(2, "an unsigned integer number", "a negative integer");
  }
  if (!bits ||
      *bits > static_cast<int64_t>(call.budget.limits.number_digits * 4)) {
    ThrowLimit("limit_number", "bits.lsh: a number has too many digits");
  }
  ChargeBig(call, args);
  return BigInt::Of(args[0])
      .ShiftLeft(static_cast<size_t>(*bits))
      .ToValue(call.arena);
}

Value ShiftRight(BuiltinCall& call, Args args) {
  if (!Integers(call, args)) return {};
  if (IsNegative(args[1])) {
    return call.Wrong(2, "an unsigned integer number", "a negative integer");
  }
  const auto bits = AsInt64(args[1]);
  const int64_t most = static_cast<int64_t>(kMaxNumberDigits) * 4;
  ChargeBig(call, args);
  return BigInt::Of(args[0])
      .ShiftRight(static_cast<size_t>(std::min(bits.value_or(most), most)))
      .ToValue(call.arena);
}

}  // namespace

void RegisterNumbers(BuiltinTable& table) {
  table.Offer("abs", Abs);
  table.Offer("ceil", Rounded<Rounding::kCeil>);
  table.Offer("floor", Rounded<Rounding::kFloor>);
  table.Offer("round", Rounded<Rounding::kHalfAway>);
  table.Offer("numbers.range", Range);
  table.Offer("numbers.range_step", RangeStep);
  table.Offer("rand.intn", RandIntn);
  table.Offer("bits.and", Bitwise<BigInt::Bits::kAnd>);
  table.Offer("bits.or", Bitwise<BigInt::Bits::kOr>);
  table.Offer("bits.xor", Bitwise<BigInt::Bits::kXor>);
  table.Offer("bits.negate", Not);
  table.Offer("bits.lsh", ShiftLeft);
  table.Offer("bits.rsh", ShiftRight);
}

}  // namespace vouchsafe::rego
