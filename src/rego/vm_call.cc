// Calls: rules, functions, built-ins, the host, and what `with` changes.

#include "json/write.h"
#include "rego/host_answers.h"
#include "rego/trace.h"
#include "rego/vm.h"

namespace vouchsafe::rego {

const Mock* Machine::FindMock(Replacement::Target target,
                              uint32_t index) const {
  const auto& mocks = context().mocks;
  for (size_t i = mocks.size(); i-- > 0;) {  // later ones on top
    if (mocks[i].how.target == target && mocks[i].how.index == index) {
      return &mocks[i];
    }
  }
  return nullptr;
}

// Is the node at or below a path that `with` gave a value?
bool Machine::Overridden(const IrNode& node) const {
  for (const auto& path : context().overrides) {
    if (path.size() <= node.keys.size() &&
        std::equal(path.begin(), path.end(), node.keys.begin())) {
      return true;
    }
  }
  return false;
}

Value Machine::BaseAt(uint32_t node) const {
  Value value = context().base;
  for (const std::string& key : ir_.nodes[node].keys) value = value.Get(key);
  return value;
}

Machine::Called Machine::Call(uint32_t index, std::span<const Value> args,
                              uint32_t result_register, uint32_t fail,
                              Value* out) {
  const Function& function = ir_.functions[index];
  const auto answer = [&](const Value& value) {
    *out = value;
    return value.defined() ? Called::kValue : Called::kUndefined;
  };
  if (!context().mocks.empty()) {
    const Mock* mock = FindMock(Replacement::Target::kFunction, index);
    if (mock) {
      return CallMocked(*mock,
                        static_cast<size_t>(mock - context().mocks.data()),
                        args, result_register, fail, out);
    }
  }
  uint64_t hash = 0;
  if (function.kind == FunctionKind::kFunction) {
    hash = CallTable::HashFor(index, args);
    const Value* known = context().calls.Find(budget_, index, args, hash);
    if (known) {
      if (trace_) trace_->Remembered(frames_, index, args, *known);
      return answer(*known);
    }
  } else {
    if (!context().overrides.empty() && Overridden(ir_.nodes[function.node])) {
      Value base = BaseAt(function.node);
      for (const uint32_t key : function.keys) {
        base = base.Get(ir_.constants[key]);
      }
      return answer(base);
    }
    Memo& memo = context().memos[index];
    if (memo.state == MemoState::kDone) {
      if (trace_) trace_->Remembered(frames_, index, args, memo.value);
      return answer(memo.value);
    }
    if (memo.state == MemoState::kRunning) {
      const std::string path = PathOf(ir_, function);
      throw Halt{"rego_recursion_error", "",
                 "rule " + path + " is recursive: " + path + " -> " + path};
    }
    memo.state = MemoState::kRunning;
  }
  Push(index, args, result_register, fail);
  frames_.back().memo_hash = hash;
  if (trace_) trace_->Called(frames_, args);
  return Called::kPushed;
}

void Machine::Push(uint32_t index, std::span<const Value> args,
                   uint32_t result_register, uint32_t fail) {
  if (frames_.size() >= budget_.limits.call_depth) {
    ThrowLimit("limit_depth",
               "rules and functions call each other deeper than "
               "allowed");
  }
  const Function& function = ir_.functions[index];
  Frame frame;
  frame.function = &function;
  frame.index = index;
  frame.base = stack_.size();
  frame.result_register = result_register;
  frame.fail = fail;
  const size_t size = stack_.size() + function.registers;
  if (size > stack_.capacity()) {
    budget_.arena.Charge((2 * size - stack_.capacity()) * sizeof(Value));
    stack_.reserve(2 * size);
  }
  budget_.Items(function.registers);
  stack_.resize(size);
  std::copy(args.begin(), args.end(),
            stack_.begin() + static_cast<std::ptrdiff_t>(frame.base));
  frames_.push_back(frame);
}

// While a replacement runs it is off, so that it may call the original.
Machine::Called Machine::CallMocked(const Mock& mock, size_t mock_index,
                                    std::span<const Value> args,
                                    uint32_t result_register, uint32_t fail,
                                    Value* out) {
  const auto answer = [&](const Value& value) {
    *out = value;
    return value.defined() ? Called::kValue : Called::kUndefined;
  };
  switch (mock.how.by) {
    case Replacement::By::kValue:
      return answer(mock.value);
    case Replacement::By::kBuiltin:
      return answer(CallBuiltin(mock.how.by_index, args));
    case Replacement::By::kHost:
      return answer(CallHost(mock.how.by_index, args));
    case Replacement::By::kFunction:
      break;
  }
  const uint32_t function = mock.how.by_index;
  if (ir_.functions[function].arity != args.size()) {
    throw Halt{"rego_type_error", "",
               "a replacement function takes another number of arguments"};
  }
  std::unique_ptr<Context> inner = Inner();
  inner->mocks.erase(inner->mocks.begin() +
                     static_cast<std::ptrdiff_t>(mock_index));
  contexts_.push_back(std::move(inner));
  Push(function, args, result_register, fail);
  frames_.back().pops_context = true;
  frames_.back().memo_hash = CallTable::HashFor(function, args);
  if (trace_) trace_->Called(frames_, args);
  return Called::kPushed;
}

Machine::Called Machine::Lookup(const Instruction& at,
                                std::span<const Value> keys, Value* out,
                                uint32_t* used) {
  uint32_t node = at.e;
  *used = 0;
  const uint32_t result = at.a, fail = at.d;
  while (!ir_.nodes[node].has_rule && *used < keys.size()) {
    const Value& key = keys[*used];
    const auto& children = ir_.nodes[node].children;
    const auto child =
        key.is_string() ? children.find(key.text()) : children.end();
    if (child == children.end()) {
      *out = BaseAt(node);
      return out->defined() ? Called::kValue : Called::kUndefined;
    }
    node = child->second;
    ++*used;
  }
  if (ir_.nodes[node].kind == FunctionKind::kFunction) {
    return Called::kUndefined;
  }
  return Call(ir_.nodes[node].function, {}, result, fail, out);
}

Value Machine::CallBuiltin(uint32_t index, std::span<const Value> args) {
  const Builtin& builtin = StandardBuiltins().at(index);
  const BuiltinFunction function =
      builtin.function ? builtin.function
                       : SuppliedFunction(program_.builtins.supply(), index);
  if (function == nullptr) {
    // Never undefined: a policy must not mistake it for an answer.
    throw Halt{"eval_builtin_error", "",
               std::string(builtin.name) + ": not supported"};
  }
  BuiltinCall call(builtin.name, budget_, builtins_);
  const Value out = function(call, args);
  if (call.error && request_.strict_errors) {
    throw Halt{call.error->code, "", call.error->message};
  }
  return call.error ? Value() : out;
}

Value Machine::CallHost(uint32_t index, std::span<const Value> args) {
  const HostFunction& host = program_.builtins.host()[index];
  uint64_t hash = 0;
  if (host.purity != Purity::kVolatile) {
    hash = CallTable::HashFor(index, args);
    const Value* known = store_->host_memo.Find(budget_, index, args, hash);
    if (known) {
      if (trace_) trace_->Asked(frames_, host.name, args, *known);
      return *known;
    }
  }
  const Value out = AskHost(host, args);
  if (trace_) trace_->Asked(frames_, host.name, args, out);
  if (host.purity != Purity::kVolatile) {
    store_->host_memo.Add(budget_, index, args, hash, out);
  }
  return out;
}

// What is known already, or the host itself.
Value Machine::AskHost(const HostFunction& host, std::span<const Value> args) {
  if (request_.known && !request_.record) {
    const Value* known =
        HostAnswersAccess::Find(*request_.known, host.name, args);
    if (known) return *known;
  }
  json::Array json_args;
  for (const Value& arg : args) json_args.push_back(ToJson(arg));
  const auto record = [&](const json::Value& answer) {
    if (request_.record) {
      request_.record->Add({host.name, std::move(json_args), answer});
    }
    return FromJson(budget_.arena, answer);
  };
  if (request_.known) {
    const HostAnswer* known = request_.known->Find(host.name, json_args);
    if (known) return record(known->answer);
  }
  if (request_.replay) {
    constexpr size_t kShown = 256;
    std::string shown = json::Write(json::Value(std::move(json_args)));
    if (shown.size() > kShown) shown = shown.substr(0, kShown) + "...";
    throw Halt{
        "eval_host_error", "",
        host.name + ": the recording has no answer for the arguments " + shown};
  }
  if (++budget_.host_calls > budget_.limits.host_calls) {
    ThrowLimit("limit_host_calls", "more calls of the host than allowed");
  }
  if (budget_.host_time >= budget_.limits.host_time) {
    ThrowLimit("limit_host_time", "the host takes longer than allowed");
  }
  const HostFunctionCall& function = host.call ? host.call : request_.host;
  if (!function) {
    throw Halt{"eval_host_error", "", host.name + ": nothing answers it"};
  }
  const auto start = std::chrono::steady_clock::now();
  HostCall call;
  call.function = host.name;
  call.location = Where();
  call.deadline = start + budget_.limits.host_time - budget_.host_time;
  call.stop = budget_.stop();
  const Result<json::Value> answer = function(call, json_args);
  budget_.AddHostTime(std::chrono::steady_clock::now() - start);
  if (!answer) {
    throw Halt{"eval_host_error", "", host.name + ": " + answer.error().Text()};
  }
  if (budget_.host_time > budget_.limits.host_time) {
    ThrowLimit("limit_host_time", "the host takes longer than allowed");
  }
  return record(*answer);
}

// A function, rule or place in data; or a built-in or host function while
// some are replaced. Arguments are in args_.
Machine::Called Machine::CallOther(const Instruction& at, Value* out) {
  switch (at.op) {
    case Op::kCall:
      return Call(at.e, args_, at.a, at.d, out);
    case Op::kLookup: {
      uint32_t used = 0;
      const size_t counter = frames_.back().base + at.a + 1;
      const Called called = Lookup(at, args_, out, &used);
      stack_[counter] = Value::Int(used);
      return called;
    }
    default:
      break;
  }
  const bool host = at.op == Op::kHost;
  const Mock* mock = FindMock(
      host ? Replacement::Target::kHost : Replacement::Target::kBuiltin, at.e);
  if (mock) {
    const auto index = static_cast<size_t>(mock - context().mocks.data());
    return CallMocked(*mock, index, args_, at.a, at.d, out);
  }
  *out = host ? CallHost(at.e, args_) : CallBuiltin(at.e, args_);
  return out->defined() ? Called::kValue : Called::kUndefined;
}

// A context like this one, where nothing is computed yet.
std::unique_ptr<Context> Machine::Inner() {
  const Context& now = context();
  // Each holds a memo of every rule.
  const size_t bytes = sizeof(Context) + ir_.functions.size() * sizeof(Memo);
  budget_.Step(16 + ir_.functions.size() / 8);
  budget_.arena.Need(bytes * contexts_.size());
  auto inner = std::make_unique<Context>();
  inner->input = now.input;
  inner->base = now.base;
  inner->overrides = now.overrides;
  inner->mocks = now.mocks;
  inner->memos.assign(ir_.functions.size(), Memo());
  return inner;
}

// `document` with `value` at `keys`; parents that are no objects become so.
Value Machine::Patch(const Value& document, std::span<const std::string> keys,
                     const Value& value) {
  if (keys.empty()) return value;
  const Value inner =
      Patch(document.is_object() ? document.Get(keys[0]) : Value(),
            keys.subspan(1), value);
  const Value key = Value::Text(keys[0]);  // the program's, which lives longer
  std::vector<Value> all, values;
  if (document.is_object()) {
    budget_.Items(document.size());
    all.assign(document.keys().begin(), document.keys().end());
    values.assign(document.values().begin(), document.values().end());
  }
  const auto at = std::lower_bound(all.begin(), all.end(), key, ValueLess());
  const auto i = at - all.begin();
  if (at != all.end() && *at == key) {
    values[static_cast<size_t>(i)] = inner;
  } else {
    all.insert(at, key);
    values.insert(values.begin() + i, inner);
  }
  return MakeSortedObject(budget_.arena, all, values);
}

void Machine::EnterWith(const Instruction& at, std::span<const Value> values) {
  std::unique_ptr<Context> inner = Inner();
  const std::vector<Replacement>& replacements = ir_.replacements[at.e];
  for (size_t i = 0; i < replacements.size(); ++i) {
    const Replacement& how = replacements[i];
    switch (how.target) {
      case Replacement::Target::kInput:
        inner->input = Patch(inner->input, how.keys, values[i]);
        break;
      case Replacement::Target::kData:
        inner->base = Patch(inner->base, how.keys, values[i]);
        inner->overrides.push_back(how.keys);
        break;
      default:
        inner->mocks.push_back({how, values[i]});
    }
  }
  if (contexts_.size() > budget_.limits.call_depth) {
    ThrowLimit("limit_depth", "`with` nests deeper than allowed");
  }
  contexts_.push_back(std::move(inner));
}

void Machine::AddBase(CollectionBuilder& builder, uint32_t node) {
  const Value base = BaseAt(node);
  if (!base.is_object()) {
    if (base.defined()) ThrowMerge();
    return;
  }
  const auto& children = ir_.nodes[node].children;
  for (size_t i = 0; i < base.size(); ++i) {
    const Value& key = base.keys()[i];
    if (key.is_string()) {
      const auto child = children.find(key.text());
      if (child != children.end() &&
          ir_.nodes[child->second].kind != FunctionKind::kFunction) {
        if (ir_.nodes[child->second].has_rule) {
          builder.Merge(budget_, key, base.values()[i]);
        }
        continue;
      }
    }
    builder.Put(budget_, key, base.values()[i]);
  }
}

}  // namespace vouchsafe::rego
