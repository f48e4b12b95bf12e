// From a trace to an explanation: a tree, its text, and its few lines.

#include <algorithm>

#include "rego/evaluate.h"
#include "rego/print.h"

namespace vouchsafe::rego {
namespace {

void SetText(json::Object& object, std::string_view name,
             const std::string& text) {
  if (!text.empty()) object.Set(name, text);
}

std::string_view ReasonName(Failure::Kind kind) {
  constexpr std::string_view kNames[] = {
      "",         "missing", "false",        "undefined",
      "mismatch", "empty",   "not iterable", "holds"};
  return kNames[static_cast<size_t>(kind)];
}

class TreeMaker {
 public:
  TreeMaker(const Ir& ir, const Trace& trace, const Shower& shower,
            const WhyOptions& options)
      : ir_(ir),
        trace_(trace),
        shower_(shower),
        options_(options),
        seen_(trace.calls().size()) {}

  json::Object Call(uint32_t index, size_t depth) {
    const TraceCall& call = trace_.calls()[index];
    json::Object out;
    const Function& function = ir_.functions[call.function];
    out.Set("rule", ir_.nodes[function.node].path);
    if (!call.args.empty()) {
      json::Array args;
      for (const std::string& arg : call.args) args.push_back(arg);
      out.Set("arguments", std::move(args));
    }
    Answered(call, function, out);
    if (seen_[index]) {
      out.Set("explained", "above");
      return out;
    }
    if (depth > options_.depth) return out;
    seen_[index] = true;
    json::Array tried;
    for (const uint32_t one : call.tries) {
      tried.push_back(Try(trace_.tries()[one], depth));
    }
    if (!tried.empty()) out.Set("tried", std::move(tried));
    SetRules(call.links, depth, out);
    return out;
  }

 private:
  void Answered(const TraceCall& call, const Function& function,
                json::Object& out) const {
    if (!call.ended) {
      out.Set("state", "error");
      return;
    }
    out.Set("state", call.value.defined() ? "defined" : "undefined");
    if (!call.value.defined()) return;
    out.Set("value", shower_.Show(call.value, ir_.nodes[function.node].path));
    if (function.kind == FunctionKind::kPackage) {
      out.Set("from", "package");
      return;
    }
    const uint32_t definition = call.definition != kNoDefinition
                                    ? call.definition
                                    : function.first_definition;
    if (definition == kNoDefinition) return;
    out.Set("from", FromName(ir_.definitions[definition].from));
    SetPlace(ir_.definitions[definition].place, out);
  }

  void SetPlace(uint32_t place, json::Object& out) const {
    const Location at = LocationOf(ir_, place);
    out.Set("file", at.file);
    out.Set("line", at.row);
  }

  json::Value Try(const TraceTry& tried, size_t depth) {
    json::Object out;
    SetPlace(ir_.definitions[tried.definition].place, out);
    if (ir_.definitions[tried.definition].from == Answer::From::kElse) {
      out.Set("else", true);
    }
    const Failure& failure = tried.failure;
    if (tried.succeeded) {
      out.Set("outcome", "succeeded");
      SetVariables(tried.variables, out);
      SetRules(tried.links, depth, out);
      return json::Value(std::move(out));
    }
    out.Set("outcome", NotApplicable(tried) ? "not applicable" : "failed");
    if (failure.kind == Failure::Kind::kNone)
      return json::Value(std::move(out));
    const Place& place = ir_.places[failure.place];
    json::Object at;
    at.Set("line", place.row);
    at.Set("column", place.col);
    at.Set("expression", Text(place.text));
    out.Set("at", std::move(at));
    out.Set("reason", ReasonName(failure.kind));
    SetText(out, "message", failure.message);
    SetText(out, "missing", failure.missing);
    SetText(out, "left", failure.left);
    SetText(out, "right", failure.right);
    SetVariables(failure.variables, out);
    SetLoop(tried, out);
    SetAsked(tried, out);
    SetRules(Telling(tried), depth, out);
    return json::Value(std::move(out));
  }

  // The first test finds nothing to look at: another platform's definition.
  bool NotApplicable(const TraceTry& tried) const {
    if (tried.failure.kind != Failure::Kind::kMissing || !tried.loops.empty()) {
      return false;
    }
    const Function& function =
        ir_.functions[ir_.definitions[tried.definition].function];
    for (uint32_t pc = tried.failure.pc; pc-- > 0;) {
      const Instruction& at = function.code[pc];
      if (at.op == Op::kTry) return true;
      if (at.op == Op::kTest || at.op == Op::kEqual || at.op == Op::kCompare) {
        return false;
      }
    }
    return true;
  }

  std::string Text(std::string_view text) const {
    std::string out(text.substr(0, 2 * options_.value_length));
    return out.size() < text.size() ? out + "..." : out;
  }

  static void SetVariables(
      const std::vector<std::pair<std::string, std::string>>& variables,
      json::Object& out) {
    if (variables.empty()) return;
    json::Object named;
    for (const auto& [name, value] : variables) named.Set(name, value);
    out.Set("variables", std::move(named));
  }

  // How many elements the outermost loop tried, and how many came as far as
  // the furthest.
  static void SetLoop(const TraceTry& tried, json::Object& out) {
    if (tried.loops.empty()) return;
    const auto outer =
        *std::min_element(tried.loops.begin(), tried.loops.end());
    if (outer.first > tried.failure.pc) return;
    out.Set("elements", static_cast<int64_t>(outer.second));
    out.Set("reached", static_cast<int64_t>(tried.failure.times));
  }

  void SetAsked(const TraceTry& tried, json::Object& out) const {
    json::Array asked;
    for (const TraceAsk& ask : tried.asks) {
      if (ask.place != tried.failure.place) continue;
      json::Object one;
      one.Set("call", ask.call);
      one.Set("answer", ask.answer);
      asked.push_back(std::move(one));
    }
    if (!asked.empty()) out.Set("asked", std::move(asked));
  }

  // Of a definition that failed: the rules that the failing expression asked,
  // or for a negation what it found to hold.
  static std::vector<TraceLink> Telling(const TraceTry& tried) {
    std::vector<TraceLink> out;
    for (const TraceLink& link : tried.links) {
      if (link.place == tried.failure.place) out.push_back(link);
    }
    if (out.empty() && tried.failure.kind == Failure::Kind::kHolds &&
        !tried.links.empty()) {
      out.push_back(tried.links.back());
    }
    return out;
  }

  void SetRules(const std::vector<TraceLink>& links, size_t depth,
                json::Object& out) {
    if (links.empty() || depth >= options_.depth) return;
    json::Array rules;
    for (const TraceLink& link : links) {
      rules.push_back(Call(link.call, depth + 1));
    }
    out.Set("rules", std::move(rules));
  }

  const Ir& ir_;
  const Trace& trace_;
  const Shower& shower_;
  const WhyOptions& options_;
  std::vector<bool> seen_;
};

// Reading a tree back.

std::string Text(const json::Value& object, std::string_view name) {
  const json::Value* value = object.Find(name);
  const std::string* text = value ? value->if_string() : nullptr;
  return text ? *text : "";
}

int64_t Number(const json::Value& object, std::string_view name) {
  const json::Value* value = object.Find(name);
  return value ? value->int64().value_or(0) : 0;
}

const json::Array& List(const json::Value& object, std::string_view name) {
  static const json::Array none;
  const json::Value* value = object.Find(name);
  const json::Array* list = value ? value->if_array() : nullptr;
  return list ? *list : none;
}

// "line 7"; in a tree of several files "lib.rego line 7".
std::string LineOf(const json::Value& node, bool several_files) {
  return (several_files ? Text(node, "file") + " line " : "line ") +
         std::to_string(Number(node, "line"));
}

// Whether the tree names another file than `file`, which is that seen first.
bool HasSeveralFiles(const json::Value& node, std::string& file) {
  const std::string here = Text(node, "file");
  if (file.empty()) file = here;
  if (!here.empty() && here != file) return true;
  for (const char* list : {"tried", "rules"}) {
    for (const json::Value& below : List(node, list)) {
      if (HasSeveralFiles(below, file)) return true;
    }
  }
  return false;
}

std::string Headline(const json::Value& node, bool several_files) {
  std::string out = Text(node, "rule");
  const json::Array& arguments = List(node, "arguments");
  for (size_t i = 0; i < arguments.size(); ++i) {
    out += (i ? ", " : "(") + *arguments[i].if_string();
  }
  if (!arguments.empty()) out += ")";
  const std::string state = Text(node, "state");
  if (state == "absent") return out + " is not defined by the policy";
  if (state == "error") {
    const std::string error = Text(node, "error");
    return out + (error.empty() ? " did not end" : " failed: " + error);
  }
  if (state == "undefined") return out + " is undefined";
  out += " = " + Text(node, "value");
  const std::string from = Text(node, "from");
  if (from.empty() || from == "package" || from == "nothing") return out;
  return out + (from == "definition" ? " (" : " (" + from + ", ") +
         LineOf(node, several_files) + ")";
}

// "left 115, right [114, 116]"
std::string Operands(const json::Value& tried) {
  const std::string left = Text(tried, "left"), right = Text(tried, "right");
  if (left.empty()) return "";
  return right.empty() ? "value " + left : "left " + left + ", right " + right;
}

std::string Loop(const json::Value& tried) {
  const int64_t elements = Number(tried, "elements");
  if (elements == 0) return "";
  return "tried " + std::to_string(elements) +
         (elements == 1 ? " element, " : " elements, ") +
         std::to_string(Number(tried, "reached")) + " came this far";
}

std::string Variables(const json::Value& tried) {
  const json::Value* named = tried.Find("variables");
  if (named == nullptr) return "";
  std::string out;
  for (const json::Member& member : *named->if_object()) {
    out += (out.empty() ? "with " : ", ") + std::string(member.name) + " = " +
           *member.value.if_string();
  }
  return out;
}

// The indents of a text of several lines go with their ends.
std::string OneLine(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i] == '\n' ? ' ' : text[i];
    if (text[i] != '\n') continue;
    i = std::min(text.find_first_not_of(" \t\n", i), text.size()) - 1;
  }
  return out;
}

class TextMaker {
 public:
  std::string Run(const json::Value& tree) {
    std::string file;
    several_files_ = HasSeveralFiles(tree, file);
    Node(tree, 0);
    return std::move(out_);
  }

 private:
  void Line(size_t indent, const std::string& text) {
    if (text.empty()) return;
    out_.append(2 * indent, ' ');
    out_ += OneLine(text) + "\n";
  }

  void Node(const json::Value& node, size_t indent) {
    const bool above = !Text(node, "explained").empty();
    Line(indent,
         Headline(node, several_files_) + (above ? ", explained above" : ""));
    for (const json::Value& tried : List(node, "tried")) {
      Try(tried, indent + 1);
    }
    for (const json::Value& rule : List(node, "rules")) Node(rule, indent + 1);
  }

  void Try(const json::Value& tried, size_t indent) {
    const std::string outcome = Text(tried, "outcome");
    const std::string line =
        std::string(tried.Find("else") ? "else " : "tried ") +
        LineOf(tried, several_files_);
    const std::string missing = Text(tried, "missing");
    if (outcome == "not applicable") {
      return Line(indent, line + ": not applicable, " +
                              (missing.empty() ? Text(tried, "message")
                                               : missing + " is missing"));
    }
    if (outcome == "succeeded") {
      Line(indent, line + ": succeeded");
    } else {
      const json::Value* at = tried.Find("at");
      Line(indent,
           line + ": failed" +
               (at ? " at line " + std::to_string(Number(*at, "line")) : ""));
      if (at) Line(indent + 1, Text(*at, "expression"));
      const std::string operands = Operands(tried);
      const std::string reason = Text(tried, "reason");
      const bool plain = reason == "false" && !operands.empty();
      if (!plain) Line(indent + 1, Text(tried, "message"));
      Line(indent + 1, operands);
      for (const json::Value& asked : List(tried, "asked")) {
        Line(indent + 1,
             Text(asked, "call") + " gave " + Text(asked, "answer"));
      }
      Line(indent + 1, Loop(tried));
    }
    Line(indent + 1, Variables(tried));
    for (const json::Value& rule : List(tried, "rules")) Node(rule, indent + 1);
  }

  std::string out_;
  bool several_files_ = false;
};

// Facts of a tree, the most telling first.
class LineMaker {
 public:
  void Node(const json::Value& node) {
    const std::string rule = Text(node, "rule");
    if (!Text(node, "explained").empty()) return;
    size_t others = 0;
    for (const json::Value& tried : List(node, "tried")) {
      const std::string outcome = Text(tried, "outcome");
      if (outcome == "not applicable") {
        ++others;
        last_ = Text(tried, "missing");
      } else if (outcome == "failed") {
        failed.push_back(Failed(rule, tried));
      } else {
        held.push_back(Text(tried, "file") + ":" +
                       std::to_string(Number(tried, "line")) + ": " + rule +
                       " applies");
      }
      for (const json::Value& below : List(tried, "rules")) Node(below);
    }
    for (const json::Value& below : List(node, "rules")) Node(below);
    if (others > 0) {
      std::string line = rule + ": ";
      line += others == 1
                  ? "a definition does not apply"
                  : std::to_string(others) + " definitions do not apply";
      if (!last_.empty()) line += " (" + last_ + " is missing)";
      skipped.push_back(std::move(line));
    }
  }

  std::vector<std::string> failed, held, skipped;

 private:
  static std::string Failed(const std::string& rule, const json::Value& tried) {
    const json::Value* at = tried.Find("at");
    std::string out = Text(tried, "file") + ":" +
                      std::to_string(Number(at ? *at : tried, "line")) + ": " +
                      rule;
    if (at) out += ": " + Text(*at, "expression");
    const std::string operands = Operands(tried);
    out += ": " + (operands.empty() ? Text(tried, "message") : operands);
    for (const json::Value& asked : List(tried, "asked")) {
      out += "; " + Text(asked, "call") + " gave " + Text(asked, "answer");
    }
    const std::string loop = Loop(tried);
    if (!loop.empty()) out += "; " + loop;
    return OneLine(out);
  }

  std::string last_;
};

}  // namespace

Explanation Why(const Program& program, const Request& request,
                const Entry& entry, const WhyOptions& options) {
  Explanation out;
  json::Object tree;
  tree.Set("rule", entry.path());
  Request ask = request;
  ask.explain = false;
  if (!entry.absent()) ask.entries.push_back(entry);
  out.outcome = EvaluateWith(
      program, ask, &options, [&](const Trace& trace, const Shower& shower) {
        if (entry.absent()) return;
        const uint32_t call = trace.Find(EntryAccess::Function(entry));
        if (call == kNoTrace) return;
        const Ir& ir = program.data().ir;
        tree = TreeMaker(ir, trace, shower, options).Call(call, 0);
        if (trace.full()) tree.Set("shortened", true);
      });
  if (entry.absent()) {
    tree.Set("state", "absent");
  } else if (out.outcome.error) {
    tree.Set("state", "error");
    tree.Set("error", out.outcome.error->Text());
  }
  if (!entry.absent() && !out.outcome.answers.empty()) {
    out.outcome.answers.pop_back();
  }
  out.tree = json::Value(std::move(tree));
  out.text = TextMaker().Run(out.tree);
  return out;
}

std::vector<std::string> WhyLines(const json::Value& tree, size_t most) {
  LineMaker lines;
  lines.Node(tree);
  std::vector<std::string> out;
  for (const auto* list : {&lines.failed, &lines.held, &lines.skipped}) {
    for (const std::string& line : *list) {
      if (out.size() < most) out.push_back(line);
    }
  }
  return out;
}

}  // namespace vouchsafe::rego
