#include "rego/index.h"

#include <algorithm>
#include <optional>

#include "rego/builtin_table.h"

namespace vouchsafe::rego {
namespace {

constexpr size_t kMostValues = 1'024;  // of one membership test

// A place in the input or an argument.
struct Origin {
  bool from_input = true;
  uint32_t argument = 0;
  std::vector<uint32_t> path;  // indices of constants
};

struct Guard {
  Origin origin;
  bool by_presence = false;
  std::vector<uint32_t> values;  // constants that let it pass
};

bool HasTarget(Op op) {
  switch (op) {
    case Op::kMove:
    case Op::kArray:
    case Op::kSet:
    case Op::kHost:
    case Op::kBuilderNew:
    case Op::kBuilderAdd:
    case Op::kBuilderPut:
    case Op::kBuilderPath:
    case Op::kBuilderBase:
    case Op::kBuilderDone:
    case Op::kSetOnce:
    case Op::kReturn:
    case Op::kWithEnter:
    case Op::kWithLeave:
    case Op::kRaise:
    case Op::kTry:
    case Op::kSelect:
      return false;
    default:
      return true;
  }
}

class Indexer {
 public:
  Indexer(Ir* ir, Function* function) : ir_(*ir), function_(*function) {}

  void Run() {
    const size_t count =
        function_.starts.empty() ? 0 : function_.starts.size() - 1;
    if (count < kFewestIndexed) return;
    for (size_t i = 0; i < count; ++i) FindGuards(i);
    for (size_t i = 0; i < count;) {
      const size_t equal = RunLength(equal_, i);
      const size_t present = RunLength(present_, i);
      const size_t length = equal >= kFewestIndexed ? equal : present;
      if (length < kFewestIndexed) {
        ++i;
        continue;
      }
      groups_.push_back({i, i + length, equal < kFewestIndexed});
      i += length;
    }
    if (!groups_.empty()) Rewrite();
  }

 private:
  using Guards = std::vector<std::optional<Guard>>;
  struct Group {
    size_t begin, end;
    bool by_presence;
  };

  bool Same(const Origin& a, const Origin& b) const {
    if (a.from_input != b.from_input || a.argument != b.argument ||
        a.path.size() != b.path.size()) {
      return false;
    }
    for (size_t i = 0; i < a.path.size(); ++i) {
      if (!(ir_.constants[a.path[i]] == ir_.constants[b.path[i]])) return false;
    }
    return true;
  }

  size_t RunLength(const Guards& guards, size_t begin) const {
    size_t end = begin;
    while (end < guards.size() && guards[end] &&
           Same(guards[end]->origin, guards[begin]->origin)) {
      ++end;
    }
    return end - begin;
  }

  const Origin* OriginOf(uint32_t operand) {
    if (operand & kConstantBit) return nullptr;
    for (const auto& [reg, origin] : origins_) {
      if (reg == operand) return &origin;
    }
    if (function_.kind != FunctionKind::kFunction ||
        operand >= function_.arity) {
      return nullptr;
    }
    origins_.push_back({operand, {false, operand, {}}});
    return &origins_.back().second;
  }

  // The tests with which a definition begins.
  void FindGuards(size_t index) {
    const uint32_t begin = function_.starts[index];
    const uint32_t end = function_.starts[index + 1];
    origins_.clear();
    std::optional<Guard>& equal = equal_.emplace_back();
    std::optional<Guard>& present = present_.emplace_back();
    for (uint32_t pc = begin; pc < end; ++pc) {
      const Instruction& at = function_.code[pc];
      if (at.op == Op::kTry) continue;
      if (at.op == Op::kMove) continue;  // the start of an else chain
      if (HasTarget(at.op) && at.d != end) return;
      switch (at.op) {
        case Op::kInput:
          origins_.push_back({at.a, {}});
          break;
        case Op::kIndex: {
          const Origin* from = OriginOf(at.b);
          if (from == nullptr || !(at.c & kConstantBit)) return;
          const uint32_t key = at.c & ~kConstantBit;
          if (!present && ir_.constants[key].is_string()) {
            present = Guard{*from, true, {key}};
          }
          Origin below = *from;
          below.path.push_back(key);
          origins_.push_back({at.a, std::move(below)});
          break;
        }
        case Op::kTest:
          if (OriginOf(at.b) == nullptr) return;
          break;
        case Op::kEqual: {
          const bool left = (at.b & kConstantBit) != 0;
          const uint32_t constant = left ? at.b : at.c;
          const Origin* from = OriginOf(left ? at.c : at.b);
          if (from == nullptr || !(constant & kConstantBit)) return;
          equal = Guard{*from, false, {constant & ~kConstantBit}};
          return;
        }
        case Op::kBuiltin:
          Member(pc, end, &equal);
          return;
        default:
          return;
      }
    }
  }

  // `x in CONSTANTS`.
  void Member(uint32_t pc, uint32_t end, std::optional<Guard>* out) {
    const Instruction& at = function_.code[pc];
    const Instruction& next = function_.code[pc + 1];
    if (at.c != 2 || StandardBuiltins().at(at.e).name != "internal.member_2" ||
        next.op != Op::kTest || next.b != at.a || next.d != end) {
      return;
    }
    const Origin* from = OriginOf(ir_.args[at.b]);
    const uint32_t list = ir_.args[at.b + 1];
    if (from == nullptr || !(list & kConstantBit)) return;
    const Value all = ir_.constants[list & ~kConstantBit];
    if (!all.is_collection() || all.size() > kMostValues) return;
    Guard guard{*from, false, {}};
    for (const Value& item : all.is_object() ? all.values() : all.items()) {
      guard.values.push_back(static_cast<uint32_t>(ir_.constants.size()));
      ir_.constants.push_back(item);
    }
    *out = std::move(guard);
  }

  Selection MakeSelection(const Group& group) const {
    const Guards& guards = group.by_presence ? present_ : equal_;
    const Origin& origin = guards[group.begin]->origin;
    Selection out;
    out.from_input = origin.from_input;
    out.argument = origin.argument;
    out.path = origin.path;
    out.by_presence = group.by_presence;
    // Constant by value, with the definitions it lets in.
    std::vector<std::pair<uint32_t, uint32_t>> rows;
    for (size_t i = group.begin; i < group.end; ++i) {
      for (const uint32_t value : guards[i]->values) {
        rows.emplace_back(value, static_cast<uint32_t>(i));
      }
      out.all.push_back(static_cast<uint32_t>(i));
    }
    std::stable_sort(
        rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
          return Compare(ir_.constants[a.first], ir_.constants[b.first]) < 0;
        });
    size_t size = 8;
    while (size < 2 * rows.size()) size *= 2;
    out.slots.resize(size);
    for (size_t i = 0; i < rows.size();) {
      const Value& value = ir_.constants[rows[i].first];
      Selection::Slot slot{rows[i].first,
                           static_cast<uint32_t>(out.starts.size()), 0};
      for (; i < rows.size() && ir_.constants[rows[i].first] == value; ++i) {
        if (slot.count > 0 && out.starts.back() == rows[i].second) continue;
        out.starts.push_back(rows[i].second);
        ++slot.count;
      }
      size_t at = HashOf(value) & (size - 1);
      while (out.slots[at].constant != kNoDefinition)
        at = (at + 1) & (size - 1);
      out.slots[at] = slot;
    }
    return out;
  }

  // Puts the two instructions of each group before its first definition. What
  // left one definition for the next now goes on to the next selected one.
  void Rewrite() {
    const std::vector<Instruction> old = std::move(function_.code);
    const std::vector<uint32_t> starts = function_.starts;
    std::vector<uint32_t> moved(old.size() + 1);
    uint32_t shift = 0;
    size_t next = 0;
    std::vector<uint32_t> selects;
    for (uint32_t pc = 0; pc <= old.size(); ++pc) {
      if (next < groups_.size() && starts[groups_[next].begin] == pc) {
        selects.push_back(pc + shift);
        shift += 2;
        ++next;
      }
      moved[pc] = pc + shift;
    }
    const uint32_t list = function_.registers;
    function_.registers += 2;
    next = 0;
    for (uint32_t pc = 0; pc < old.size(); ++pc) {
      if (next < groups_.size() && starts[groups_[next].begin] == pc) {
        const uint32_t place = old[pc].place;
        const auto selection = static_cast<uint32_t>(ir_.selections.size());
        Emit({Op::kSelect, list, 0, 0, 0, selection, place});
        Emit({Op::kSelectNext, list, 0, 0,
              moved[starts[groups_[next].end]] -
                  Inserted(starts[groups_[next].end], starts),
              0, place});
        Selection made = MakeSelection(groups_[next]);
        for (uint32_t& start : made.starts) start = moved[starts[start]];
        for (uint32_t& start : made.all) start = moved[starts[start]];
        ir_.selections.push_back(std::move(made));
        ++next;
      }
      Instruction at = old[pc];
      if (HasTarget(at.op)) at.d = Target(pc, at.d, starts, moved, selects);
      Emit(at);
    }
    for (uint32_t& start : function_.starts) start = moved[start];
    for (Variable& variable : function_.variables) {
      variable.pc = moved[std::min<size_t>(variable.pc, old.size())];
    }
  }

  // Where a group begins there, its instructions come first.
  uint32_t Inserted(uint32_t target,
                    const std::vector<uint32_t>& starts) const {
    for (const Group& group : groups_) {
      if (starts[group.begin] == target) return 2;
    }
    return 0;
  }

  uint32_t Target(uint32_t pc, uint32_t target,
                  const std::vector<uint32_t>& starts,
                  const std::vector<uint32_t>& moved,
                  const std::vector<uint32_t>& selects) const {
    for (size_t i = 0; i < groups_.size(); ++i) {
      const uint32_t begin = starts[groups_[i].begin];
      const uint32_t end = starts[groups_[i].end];
      if (pc < begin || pc >= end) continue;
      if (target > begin && target <= end &&
          std::binary_search(starts.begin(), starts.end(), target)) {
        return selects[i] + 1;
      }
    }
    return moved[target] - Inserted(target, starts);
  }

  void Emit(const Instruction& at) { function_.code.push_back(at); }

  Ir& ir_;
  Function& function_;
  Guards equal_, present_;
  std::vector<Group> groups_;
  std::vector<std::pair<uint32_t, Origin>> origins_;
};

}  // namespace

void BuildIndex(Ir* ir) {
  for (Function& function : ir->functions) Indexer(ir, &function).Run();
}

}  // namespace vouchsafe::rego
