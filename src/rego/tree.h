#pragma once

// The rules of a program by their path below `data`, and the table of what can
// be called. Built once, from all modules.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rego/ast.h"
#include "rego/findings.h"
#include "rego/rego.h"

namespace vouchsafe::rego {

inline constexpr uint32_t kNoFunction = 0xffffffff;

// One definition with what it hangs on.
struct Definition {
  const Module* module = nullptr;
  Rule* rule = nullptr;
  // Constant keys between the node and the definition, when a rule with
  // variables in its head collects those below it.
  std::vector<std::string_view> inner;
  // The node of the definition itself, when another one collects it.
  uint32_t own = 0xffffffff;
};

struct Node {
  std::string path;  // "data.policy.allow"
  std::vector<std::string> keys;
  uint32_t parent = 0;
  std::map<std::string, uint32_t, std::less<>> children;
  std::vector<Definition> definitions;  // without the default
  Definition fallback;                  // the default, if any
  // The most keys that a definition has after the path (keyed.h).
  size_t head_keys = 0;
  // Complete rules below a rule that collects: they give their values to it.
  std::vector<uint32_t> taken;
  uint32_t taker = 0xffffffff;      // the node that took this one
  uint32_t function = kNoFunction;  // index in the program's code

  bool has_rule() const {
    return !definitions.empty() || fallback.rule != nullptr;
  }
  RuleKind kind() const {
    return definitions.empty() ? fallback.rule->kind
                               : definitions[0].rule->kind;
  }
  bool is_function() const {
    return has_rule() && kind() == RuleKind::kFunction;
  }
};

struct Tree {
  std::vector<Node> nodes;                  // nodes[0] is `data`
  std::set<std::string, std::less<>> kept;  // texts of Definition::inner

  static constexpr uint32_t kNone = 0xffffffff;
  uint32_t Child(uint32_t node, std::string_view key) const;
  uint32_t Find(const std::vector<std::string_view>& keys) const;
};

// Adds findings about rules that clash.
Tree BuildTree(const std::vector<std::unique_ptr<Module>>& modules,
               Findings* findings);

// "data.a.b", with brackets and quotes where a key is no name.
std::string PathText(const std::vector<std::string>& keys);

}  // namespace vouchsafe::rego
