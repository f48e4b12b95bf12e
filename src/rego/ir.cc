#include "rego/ir.h"

#include "rego/ast.h"
#include "rego/print.h"

namespace vouchsafe::rego {
namespace {

constexpr std::string_view kNames[] = {
    "move",        "jump",         "test",         "jump-defined",
    "input",       "base",         "index",        "index-either",
    "index-rest",  "equal",        "compare",      "is-array",
    "is-object",   "iterate",      "next",         "array",
    "set",         "object",       "builtin",      "host",
    "call",        "lookup",       "builder-new",  "builder-add",
    "builder-put", "builder-path", "builder-base", "builder-done",
    "set-once",    "return",       "with-enter",   "with-leave",
    "raise",       "try",          "select",       "select-next"};

bool TakesArgs(Op op) {
  switch (op) {
    case Op::kIndexRest:
    case Op::kArray:
    case Op::kSet:
    case Op::kObject:
    case Op::kBuiltin:
    case Op::kHost:
    case Op::kCall:
    case Op::kLookup:
    case Op::kBuilderPath:
    case Op::kWithEnter:
      return true;
    default:
      return false;
  }
}

std::string Operand(const Ir& ir, uint32_t operand) {
  if (operand & kConstantBit) {
    return RegoText(ir.constants[operand & ~kConstantBit]);
  }
  return "r" + std::to_string(operand);
}

}  // namespace

std::string PathOf(const Ir& ir, const Function& function) {
  std::string out = ir.nodes[function.node].path;
  for (const uint32_t key : function.keys) {
    const Value& value = ir.constants[key];
    out +=
        value.is_string() ? KeyText(value.text()) : "[" + RegoText(value) + "]";
  }
  return out;
}

namespace {

std::string Line(const Ir& ir, const Instruction& at) {
  std::string out(kNames[static_cast<size_t>(at.op)]);
  out += " r" + std::to_string(at.a);
  if (TakesArgs(at.op)) {
    out += " (";
    for (uint32_t i = 0; i < at.c; ++i) {
      out += (i ? ", " : "") + Operand(ir, ir.args[at.b + i]);
    }
    out += ")";
  } else {
    out += " " + Operand(ir, at.b);
    const bool count = at.op == Op::kIsArray || at.op == Op::kIsObject ||
                       at.op == Op::kSetOnce || at.op == Op::kNext;
    out += " " + (count ? std::to_string(at.c) : Operand(ir, at.c));
  }
  out += " -> " + std::to_string(at.d);
  if (at.op == Op::kCall || at.op == Op::kLookup) {
    out += " " + (at.op == Op::kCall ? PathOf(ir, ir.functions[at.e])
                                     : ir.nodes[at.e].path);
  } else if (at.e != 0) {
    out += " #" + std::to_string(at.e);
  }
  return out;
}

}  // namespace

std::string Dump(const Ir& ir) {
  std::string out;
  for (const Function& function : ir.functions) {
    out += ir.nodes[function.node].path + "\n";
    for (size_t i = 0; i < function.code.size(); ++i) {
      out += "  " + std::to_string(i) + " " + Line(ir, function.code[i]) + "\n";
    }
  }
  return out;
}

}  // namespace vouchsafe::rego
