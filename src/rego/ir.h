#pragma once

// The code of a program: flat instructions over registers. A body is straight
// code with a fail target; what iterates is a loop whose next step is the fail
// target of all that follows it, so no undo log is needed. Every rule, function
// and package is one Function.

#include <map>
#include <string>
#include <vector>

#include "rego/rego.h"
#include "rego/value.h"

namespace vouchsafe::rego {

// Operands: a register of the frame, or with the top bit a constant.
inline constexpr uint32_t kConstantBit = 0x80000000;
inline constexpr uint32_t kNoDefinition = 0xffffffff;

// "-> d" is where to go when there is no value. (b, c) are args [b, b + c).
enum class Op : uint8_t {
  kMove,         // a = b
  kJump,         // -> d
  kTest,         // b must not be false -> d
  kJumpDefined,  // b is a value -> d
  kInput,        // a = input -> d
  kBase,         // a = base data at node e -> d
  kIndex,        // a = b[c] -> d
  kIndexEither,  // a = b[c], or b[e] when that is not there -> d
  kIndexRest,    // a = a[args (b, c) from register a + 1 on] -> d
  kEqual,        // b == c -> d
  kCompare,      // b (e: Comparison) c -> d
  kIsArray,      // b is an array of c elements -> d
  kIsObject,     // b is an object of c keys -> d
  kIterate,      // a = before the first of collection b -> d
  kNext,         // next of b at a: key to c, value to c + 1 -> d at the end
  kArray,        // a = [args (b, c)]
  kSet,          // a = {args (b, c)}
  kObject,       // a = {args (b, c): key, value, ...} -> d
  kBuiltin,      // a = built-in e (args) -> d
  kHost,         // a = host function e (args)
  kCall,         // a = function e (args) -> d
  kLookup,       // a = data at node e by keys (args), a + 1 = how many -> d
  kBuilderNew,   // a = new builder of BuilderKind e
  kBuilderAdd,   // add b to a
  kBuilderPut,   // put b: c into a
  kBuilderPath,  // put e at keys (b, c) into a; d: PathMode
  kBuilderBase,  // base data below node e that no rule defines into a
  kBuilderDone,  // a = value of builder b
  kSetOnce,      // a = b by definition c; another value is a conflict (e)
  kReturn,       // b, or undefined
  kWithEnter,    // replacements e with values (b, c)
  kWithLeave,    //
  kRaise,        // fault e
  kTry,          // definition e is tried (for explain)
  kSelect,       // a, a + 1 = the definitions of selection e that may apply
  kSelectNext,   // on to the next of a, a + 1 -> d at the end
};

enum class Comparison : uint32_t {
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual
};
enum class BuilderKind : uint32_t { kArray, kSet, kObject, kPaths };
enum class PathMode : uint32_t { kValue, kMember };
enum class Conflict : uint32_t { kRule, kFunction };

struct Instruction {
  Op op;
  uint32_t a = 0, b = 0, c = 0, d = 0, e = 0;
  uint32_t place = 0;
};

struct Place {
  uint32_t file = 0;
  int row = 0;
  int col = 0;
  std::string_view text;  // of the source
};

// A definition, else link or default: what an answer can come from.
struct DefinitionInfo {
  uint32_t function = 0;
  Answer::From from = Answer::From::kDefinition;
  uint32_t place = 0;
};

enum class FunctionKind : uint8_t { kRule, kFunction, kPackage };

// A local of the source in its register, from this instruction on.
struct Variable {
  uint32_t operand = 0;
  uint32_t pc = 0;
  std::string name;
};

// Which of several definitions may apply, by one value (index.h).
struct Selection {
  // Where the value is: an argument, or below the input.
  bool from_input = true;
  uint32_t argument = 0;
  std::vector<uint32_t> path;  // constants
  // By the keys that an object has, or by the value itself.
  bool by_presence = false;
  // Open addressing by HashOf; empty slots are kNoDefinition.
  struct Slot {
    uint32_t constant = kNoDefinition;
    uint32_t first = 0;  // in starts
    uint32_t count = 0;
  };
  std::vector<Slot> slots;
  std::vector<uint32_t> starts;  // where definitions begin, in order
  std::vector<uint32_t> all;     // of every definition
};

struct Function {
  FunctionKind kind = FunctionKind::kRule;
  uint32_t node = 0;  // in Ir::nodes
  uint32_t arity = 0;
  uint32_t registers = 0;
  uint32_t first_definition = kNoDefinition;
  std::vector<Instruction> code;
  // Where the code of each definition begins, and of what follows the last.
  std::vector<uint32_t> starts;
  std::vector<Variable> variables;  // for people
  bool folded = false;              // callers hold its value
  // Constants: what is at these keys of the node's rule, nothing else.
  std::vector<uint32_t> keys;
};

struct IrNode {
  std::string path;
  std::vector<std::string> keys;
  uint32_t parent = 0;
  std::map<std::string, uint32_t, std::less<>> children;
  uint32_t function = 0xffffffff;
  FunctionKind kind = FunctionKind::kPackage;
  bool has_rule = false;
};

// What `with` replaces.
struct Replacement {
  enum class Target : uint8_t { kInput, kData, kFunction, kBuiltin, kHost };
  Target target = Target::kInput;
  std::vector<std::string> keys;  // below input or data
  uint32_t index = 0;             // function, built-in, host
  // By a value, or by another function.
  enum class By : uint8_t { kValue, kFunction, kBuiltin, kHost };
  By by = By::kValue;
  uint32_t by_index = 0;
};

struct Fault {
  std::string code;
  std::string message;
};

struct Ir {
  std::vector<Function> functions;
  std::vector<Value> constants;
  std::vector<uint32_t> args;
  std::vector<IrNode> nodes;  // 0 is `data`
  std::vector<Place> places;
  std::vector<DefinitionInfo> definitions;
  std::vector<std::vector<Replacement>> replacements;
  std::vector<Fault> faults;
  std::vector<Selection> selections;
  std::vector<std::string> files;
};

// "data.p.q", with the keys of a part of it.
std::string PathOf(const Ir& ir, const Function& function);

// One instruction a line, for tests and tools.
std::string Dump(const Ir& ir);

}  // namespace vouchsafe::rego
