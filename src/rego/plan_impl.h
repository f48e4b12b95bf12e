#pragma once

// The planner's state, shared by plan.cc (rules, packages), plan_body.cc
// (bodies and literals) and plan_term.cc (terms).

#include "rego/keyed.h"
#include "rego/plan.h"

namespace vouchsafe::rego {

// What all functions share.
struct PlanShared {
  const std::vector<std::unique_ptr<Module>>& modules;
  Tree& tree;
  const std::vector<HostFunction>& host;
  const Annotations& annotations;
  Arena& arena;
  CompileClock* clock;
  Plan plan;
  std::map<Value, uint32_t, ValueLess> constants;
  KeyedReads reads;
  std::map<KeyedRead, uint32_t> keyed;  // functions of parts
};

// Makes one function.
class FunctionPlanner {
 public:
  FunctionPlanner(PlanShared* shared, uint32_t function)
      : shared_(*shared),
        ir_(shared->plan.ir),
        binder_(shared->clock),
        index_(function) {}

  void PlanRule(const Node& node);
  void PlanPackage(uint32_t node);
  void PlanPart(const Node& node, const KeyedRead& part);

 private:
  using Label = uint32_t;

  // plan.cc
  void PlanDefinition(const Definition& definition, uint32_t result,
                      uint32_t builder, bool stop_early, Label end);
  void PlanChain(const Definition& definition, uint32_t result, bool stop_early,
                 Label end);
  void PlanTaken(const Node& node, const KeyedRead* part, uint32_t builder,
                 uint32_t found);
  void PlanPartOf(const Definition& definition, const KeyedRead& part,
                  uint32_t builder, uint32_t found);
  std::vector<uint32_t> PlanHeadKeys(const HeadKeys& head);
  void PutPath(uint32_t builder, std::span<const uint32_t> keys, uint32_t value,
               PathMode mode);
  void PlanDefault(const Node& node, uint32_t result);
  void StartDefinition(const Definition& definition);
  void Arguments(const Rule& rule);
  uint32_t NewDefinition(const Definition& definition, const Span& span,
                         Answer::From from);
  void SetOnce(uint32_t dst, uint32_t src, uint32_t definition);
  void Finish();

  // plan_body.cc
  void PlanBody(const Body* body);
  void PlanLiteral(const Literal& literal);
  void PlanBare(const Literal& literal);  // without its `with`
  void PlanWith(const Literal& literal);
  void PlanTest(const Term* term);
  void PlanSomeIn(const Literal& literal);
  void PlanEvery(const Literal& literal);
  void PlanNot(const Literal& literal);
  void PlanAnd(const Literal& literal);
  void PlanOr(const Literal& literal);
  void PlanUnify(const Term* a, const Term* b);
  void Match(const Term* pattern, uint32_t operand);
  Replacement MakeReplacement(const With& with);

  // plan_term.cc. The operand that holds the value; code before it may loop.
  uint32_t PlanTerm(const Term* term);
  uint32_t PlanRef(const Term* term);
  uint32_t PlanData(const Term* term);
  uint32_t PlanKeys(uint32_t base, const std::vector<Term*>& items,
                    size_t from);
  uint32_t PlanBase(uint32_t base, const std::vector<Term*>& items,
                    size_t from);
  uint32_t PlanCall(const Term* term);
  uint32_t PlanCollection(const Term* term);
  uint32_t PlanComprehension(const Term* term);
  uint32_t PlanTemplate(const Term* term);
  std::vector<uint32_t> PlanAll(const std::vector<Term*>& items);
  void NoteHostUse(const Term* call, const std::vector<uint32_t>& args);
  // Opens a loop: the register of the key; the value's is the next one.
  uint32_t Iterate(uint32_t collection);
  bool Computable(const Term* term);
  uint32_t Raise(std::string code, std::string message);

  // Code.
  Instruction& Emit(Op op, uint32_t a = 0, uint32_t b = 0, uint32_t c = 0,
                    uint32_t d = 0, uint32_t e = 0);
  // With args at (b, c).
  Instruction& EmitArgs(Op op, uint32_t a, const std::vector<uint32_t>& args,
                        uint32_t d, uint32_t e);
  Label NewLabel();
  void PlaceLabel(Label label);
  void Jump(Label label) { Emit(Op::kJump, 0, 0, 0, label); }
  uint32_t NewRegister(uint32_t count = 1);
  uint32_t Constant(const Value& value);
  uint32_t Constant(std::string_view text) {
    return Constant(Value::Text(text));
  }
  uint32_t PlaceOf(const Span& span);

  PlanShared& shared_;
  Ir& ir_;
  Binder binder_;
  uint32_t index_;
  std::vector<Instruction> code_;
  std::vector<uint32_t> labels_;
  uint32_t next_register_ = 0;
  Label fail_ = 0;
  uint32_t place_ = 0;

  const Module* module_ = nullptr;
  const Rule* rule_ = nullptr;
  bool in_else_ = false;
  uint32_t file_ = 0;
  Bound bound_;
  std::vector<uint32_t> locals_;  // operand of each bound local
};

// A value known now.
bool IsConstant(const Term* term);
Value ConstantOf(Arena& arena, const Term* term);

}  // namespace vouchsafe::rego
