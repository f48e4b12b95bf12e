#include "rego/ast.h"

#include <algorithm>

#include "json/write.h"
#include "rego/print.h"

namespace vouchsafe::rego {
namespace {

std::string DumpBody(const Body* body);

std::string DumpItems(const std::vector<Term*>& items) {
  std::string out;
  for (const Term* item : items) out += " " + Dump(*item);
  return out;
}

std::string DumpLiteral(const Literal& literal) {
  const auto part = [](const Term* term) {
    return " " + (term ? Dump(*term) : std::string("_"));
  };
  std::string out;
  switch (literal.kind) {
    case LiteralKind::kExpr:
      out = Dump(*literal.a);
      break;
    case LiteralKind::kAssign:
      out = "(:=" + part(literal.a) + part(literal.b) + ")";
      break;
    case LiteralKind::kUnify:
      out = "(=" + part(literal.a) + part(literal.b) + ")";
      break;
    case LiteralKind::kSome:
      out = "(some" + DumpItems(literal.names) + ")";
      break;
    case LiteralKind::kSomeIn:
      out = "(some-in" + part(literal.a) + part(literal.b) + part(literal.c) +
            ")";
      break;
    case LiteralKind::kEvery:
      out = "(every" + part(literal.a) + part(literal.b) + part(literal.c) +
            " " + DumpBody(literal.body) + ")";
      break;
    case LiteralKind::kNot:
      out = "(not " + DumpBody(literal.body) + ")";
      break;
    case LiteralKind::kAnd:
    case LiteralKind::kOr:
      out = literal.kind == LiteralKind::kAnd ? "(and" : "(or";
      for (const Body* operand : literal.operands) {
        out += " " + DumpBody(operand);
      }
      out += ")";
      break;
  }
  for (const With& with : literal.with) {
    out = "(with " + out + part(with.target) + part(with.value) + ")";
  }
  return out;
}

std::string DumpBody(const Body* body) {
  if (body == nullptr) return "{}";
  std::string out = "{";
  for (const Literal* literal : body->literals) {
    if (out.size() > 1) out += "; ";
    out += DumpLiteral(*literal);
  }
  return out + "}";
}

std::string DumpRule(const Rule& rule) {
  constexpr std::string_view kNames[] = {"rule", "function", "set", "object"};
  std::string out = "(";
  out += rule.is_default ? "default" : kNames[static_cast<size_t>(rule.kind)];
  out += " " + Dump(*rule.head);
  if (rule.kind == RuleKind::kFunction) {
    out += " (" + DumpItems(rule.args) + " )";
  }
  if (rule.key) out += " contains " + Dump(*rule.key);
  if (rule.value) out += " := " + Dump(*rule.value);
  if (rule.body) out += " " + DumpBody(rule.body);
  for (const ElseLink& link : rule.otherwise) {
    out += " else";
    if (link.value) out += " := " + Dump(*link.value);
    if (link.body) out += " " + DumpBody(link.body);
  }
  return out + ")";
}

}  // namespace

std::string Dump(const Term& term) {
  switch (term.kind) {
    case TermKind::kScalar:
      return RegoText(term.scalar);
    case TermKind::kVar:
      return std::string(term.text) +
             (term.local >= 0 ? "#" + std::to_string(term.local) : "");
    case TermKind::kRef:
      return "(ref" + DumpItems(term.items) + ")";
    case TermKind::kCall:
      return "(call " + std::string(term.text) + DumpItems(term.items) + ")";
    case TermKind::kArray:
      return "(array" + DumpItems(term.items) + ")";
    case TermKind::kSet:
      return "(set" + DumpItems(term.items) + ")";
    case TermKind::kObject:
      return "(object" + DumpItems(term.items) + ")";
    case TermKind::kArrayOf:
      return "(array-of" + DumpItems(term.items) + " " + DumpBody(term.body) +
             ")";
    case TermKind::kSetOf:
      return "(set-of" + DumpItems(term.items) + " " + DumpBody(term.body) +
             ")";
    case TermKind::kObjectOf:
      return "(object-of" + DumpItems(term.items) + " " + DumpBody(term.body) +
             ")";
    case TermKind::kTemplate:
      return "(template" + DumpItems(term.items) + ")";
  }
  return {};
}

std::string KeyText(std::string_view key) {
  const auto letter = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  const bool name = !key.empty() && letter(key[0]) &&
                    std::all_of(key.begin(), key.end(), [&](char c) {
                      return letter(c) || (c >= '0' && c <= '9');
                    });
  return name ? "." + std::string(key) : "[" + json::Quote(key) + "]";
}

std::string RefText(const Term& term) {
  const auto list = [&](std::string_view open, std::string_view close) {
    std::string out(open);
    for (const Term* item : term.items) {
      out += (out.size() > open.size() ? ", " : "") + RefText(*item);
    }
    return out + std::string(close);
  };
  switch (term.kind) {
    case TermKind::kScalar:
      return RegoText(term.scalar);
    case TermKind::kVar:
      return std::string(term.text);
    case TermKind::kRef: {
      std::string out = RefText(*term.items[0]);
      for (size_t i = 1; i < term.items.size(); ++i) {
        const Term& key = *term.items[i];
        const bool text =
            key.kind == TermKind::kScalar && key.scalar.is_string();
        out += text ? KeyText(key.scalar.text()) : "[" + RefText(key) + "]";
      }
      return out;
    }
    case TermKind::kCall:
      return list(std::string(term.text) + "(", ")");
    case TermKind::kArray:
      return list("[", "]");
    case TermKind::kSet:
      return term.items.empty() ? "set()" : list("{", "}");
    case TermKind::kObject: {
      std::string out = "{";
      for (size_t i = 0; i < term.items.size(); i += 2) {
        out += (i > 0 ? ", " : "") + RefText(*term.items[i]) + ": " +
               RefText(*term.items[i + 1]);
      }
      return out + "}";
    }
    default:
      return "...";
  }
}

std::string HeadText(const Rule& rule) { return RefText(*rule.head); }

std::string Dump(const Module& module) {
  std::string out = "package";
  for (const std::string_view part : module.package) {
    out += " " + std::string(part);
  }
  out += "\n";
  for (const Import& import : module.imports) {
    out += "import";
    for (const std::string_view part : import.path) {
      out += " " + std::string(part);
    }
    out += " as " + std::string(import.name) + "\n";
  }
  for (const Rule& rule : module.rules) out += DumpRule(rule) + "\n";
  return out;
}

}  // namespace vouchsafe::rego
