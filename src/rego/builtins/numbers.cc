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
    if (!call.Is(args, i, Kind::kNumber)) return false;
    if (IsInteger(args[i])) continue;
    call.Wrong(i + 1, "integer number", "floating-point number");
    return false;
  }
  return true;
}

Value Count(BuiltinCall& call, const Value& from, const Value& to,
            int64_t step) {
  const auto first = AsInt64(from), last = AsInt64(to);
  if (!first || !last) return call.Fail("a range beyond 64 bits");
  const bool up = *first <= *last;
  const uint64_t distance =
      up ? static_cast<uint64_t>(*last) - static_cast<uint64_t>(*first)
         : static_cast<uint64_t>(*first) - static_cast<uint64_t>(*last);
  const uint64_t count = distance / static_cast<uint64_t>(step) + 1;
  if (count > UINT32_MAX / 2) {
    ThrowLimit("limit_memory", "a range has more elements than memory allows");
  }
  call.arena.Need(count * sizeof(Value) * 2);
  std::vector<Value> out;
  out.reserve(count);
  int64_t at = *first;
  for (uint64_t i = 0; i < count; ++i) {
    call.budget.Step();
    out.push_back(Value::Int(at));
    if (i + 1 < count) at += up ? step : -step;
  }
  return MakeArray(call.arena, out);
}

Value Range(BuiltinCall& call, Args args) {
  if (!Integers(call, args)) return {};
  return Count(call, args[0], args[1], 1);
}

Value RangeStep(BuiltinCall& call, Args args) {
  if (!Integers(call, args)) return {};
  const auto step = AsInt64(args[2]);
  if (!step && !IsNegative(args[2])) {  // beyond any range of 64 bits
    return MakeArray(call.arena, args.first(1));
  }
  if (!step || *step <= 0) {
    return call.Fail("step must be a positive integer");
  }
  return Count(call, args[0], args[1], *step);
}

// The same answer for the same arguments within one evaluation.
Value RandIntn(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString) || !Integers(call, args.subspan(1))) {
    return {};
  }
  const auto bound = AsInt64(args[1]);
  if (!bound) return call.Fail("the bound is beyond 64 bits");
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
