#include "rego/parser.h"

#include <algorithm>

#include "rego/builtin_table.h"
#include "rego/parser_impl.h"

namespace vouchsafe::rego {
namespace {

constexpr std::string_view kAlwaysKeywords[] = {
    "as",      "default", "else", "false", "import", "not",
    "package", "some",    "null", "true",  "with"};
constexpr std::string_view kV1Keywords[] = {"contains", "every", "if", "in"};

template <class Range>
bool Holds(const Range& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool IsConstantText(const Term* term) {
  return term->kind == TermKind::kScalar && term->scalar.is_string();
}

}  // namespace

bool Parser::IsKeyword(std::string_view name) const {
  if (Holds(kAlwaysKeywords, name)) return true;
  if (words_ && Holds(kV1Keywords, name)) return true;
  return Holds(imported_words_, name);
}

bool Parser::IsPlainName() const {
  const bool dotted = After().Is(".") && !After().space;
  return Now().kind == TokenKind::kName && (dotted || !IsKeyword(Now().text));
}

bool Parser::IsWord(std::string_view word) const {
  return Now().IsName(word) && IsKeyword(word) && !IsPlainName();
}

void Parser::Fail(const std::string& message) const {
  throw SyntaxError{Now().row, Now().col, message};
}

void Parser::FailAt(const Span& span, const std::string& message) const {
  throw SyntaxError{span.row, span.col, message};
}

void Parser::Unexpected(const std::string& wanted) const {
  const std::string got = Now().kind == TokenKind::kEnd
                              ? "the end of the file"
                              : "\"" + std::string(Now().text) + "\"";
  Fail("unexpected " + got + ", expected " + wanted);
}

void Parser::Expect(std::string_view symbol) {
  if (!Take(symbol)) Unexpected("\"" + std::string(symbol) + "\"");
}

Span Parser::SpanFrom(size_t first_token) const {
  const Token& first = tokens_[first_token];
  const uint32_t end =
      at_ > first_token ? tokens_[at_ - 1].end : tokens_[first_token].end;
  return {first.begin, std::max(end, first.begin), first.row, first.col};
}

Term* Parser::NewTerm(TermKind kind, const Span& span) {
  Term& term = module_.terms.emplace_back();
  term.kind = kind;
  term.span = span;
  return &term;
}

Term* Parser::Sized(Term* term) {
  for (const Term* item : term->items) {
    term->depth = std::max(term->depth, item->depth + 1);
  }
  if (term->depth > kMaxTreeDepth) {
    FailAt(term->span, "an expression nests deeper than 512");
  }
  return term;
}

void Parser::CountExpression() {
  if (++module_.expressions > limits_.expressions) {
    Fail("more than " + std::to_string(limits_.expressions) + " expressions");
  }
}

void Parser::AddRule(Rule rule) {
  if (module_.rules.size() >= limits_.rules) {
    Fail("more than " + std::to_string(limits_.rules) + " rules");
  }
  module_.rules.push_back(std::move(rule));
}

// Between tokens stand white space and comments.
void Parser::KeepComments() {
  const std::string_view source = module_.source;
  if (source.find("METADATA") == std::string_view::npos) return;
  uint32_t from = 0;
  int row = 1;
  size_t line = 0, counted = 0;
  for (const Token& token : tokens_) {
    for (size_t at = source.find('#', from); at < token.begin;
         at = source.find('#', at)) {
      const size_t end = std::min(source.find('\n', at), source.size());
      for (; counted < at; ++counted) {
        if (source[counted] != '\n') continue;
        ++row;
        line = counted + 1;
      }
      module_.comments.push_back({row, static_cast<int>(at - line) + 1,
                                  source.substr(at + 1, end - at - 1)});
      at = end;
    }
    from = token.end;
  }
}

void Parser::ParseModule() {
  KeepComments();
  ParsePackage();
  while (IsWord("import")) ParseImport();
  ParseRules();
}

void Parser::ParseLoneQuery() {
  ParseQuery();
  if (Now().kind != TokenKind::kEnd) Unexpected("the next expression");
}

std::vector<std::string_view> Parser::ParsePath() {
  std::vector<std::string_view> path;
  if (Now().kind != TokenKind::kName) Unexpected("a path");
  path.push_back(Now().text);
  Skip();
  while (!Now().space) {
    if (path.size() > limits_.nesting) Fail("a path has too many parts");
    if (Take(".")) {
      if (Now().kind != TokenKind::kName) Unexpected("a name");
      path.push_back(Now().text);
      Skip();
    } else if (Now().Is("[")) {
      Skip();
      if (Now().kind != TokenKind::kString) Unexpected("a string");
      path.push_back(ParseString()->scalar.text());
      Expect("]");
    } else {
      break;
    }
  }
  return path;
}

void Parser::ParsePackage() {
  const size_t first = at_;
  if (!Now().IsName("package")) Unexpected("a package");
  Skip();
  if (Now().newline) Unexpected("a package name");
  module_.package = ParsePath();
  module_.package_span = SpanFrom(first);
}

void Parser::ParseImport() {
  const size_t first = at_;
  Skip();
  Import import;
  import.path = ParsePath();
  import.name = import.path.back();
  const std::string_view root = import.path[0];
  const bool built_in = root == "future" || root == "rego";
  const bool renamed = Now().IsName("as") && !Now().newline;
  if (renamed) {
    if (built_in) Fail("`" + std::string(root) + "` imports cannot be aliased");
    Skip();
    if (Now().kind != TokenKind::kName || IsKeyword(Now().text)) {
      Unexpected("var");
    }
    import.name = Now().text;
    Skip();
  }
  import.renamed = renamed;
  import.span = SpanFrom(first);
  module_.import_rows.push_back(import.span.row);
  if (built_in) return ImportWords(import);
  if (root != "data" && root != "input") {
    FailAt(SpanFrom(first + 1),
           "unexpected import path, must begin with one of: {data, future, "
           "input, rego}, got: " +
               std::string(root));
  }
  if (!renamed && IsKeyword(import.name)) {
    FailAt(SpanFrom(at_ - 1),
           "unexpected import path, must not end with a keyword, got: " +
               std::string(import.name) +
               " (hint: import a different path or use an alias)");
  }
  module_.imports.push_back(std::move(import));
}

// `rego.v1` and `future.keywords`.
void Parser::ImportWords(const Import& import) {
  const auto& path = import.path;
  if (path[0] == "rego") {
    if (path.size() != 2 || path[1] != "v1") {
      FailAt(import.span, "invalid import, must be `rego.v1`");
    }
    v1_ = words_ = true;
    module_.v1 = true;
    return;
  }
  if (path.size() < 2 || path.size() > 3 || path[1] != "keywords") {
    FailAt(import.span, "invalid import, must be `future.keywords`");
  }
  if (path.size() == 2) {
    words_ = true;
    return;
  }
  const std::string_view word = path[2];
  if (word == "not") {
    not_blocks_ = true;
  } else if (Holds(kV1Keywords, word)) {
    imported_words_.push_back(word);
    if (word == "every") imported_words_.push_back("in");
  } else if (experimental_ && (word == "and" || word == "or")) {
    imported_words_.push_back(word);
    logical_ = true;
  } else {
    FailAt(import.span,
           "unexpected keyword, must be one of [contains every if in not]");
  }
}

void Parser::ParseRules() {
  while (Now().kind != TokenKind::kEnd) {
    if (Take(";")) continue;
    if (IsWord("import")) {
      Fail("imports must stand before rules");
    }
    if (IsWord("default")) {
      ParseDefault();
    } else {
      const size_t head_at = at_;
      ParseTail(head_at, ParseHead());
    }
  }
}

void Parser::ParseArguments(Rule& rule) {
  argument_tokens_.clear();
  if (Take(")")) return;  // a rule that is written as a call
  rule.kind = RuleKind::kFunction;
  while (!Take(")")) {
    argument_tokens_.push_back(at_);
    rule.args.push_back(ParseValue());
    if (Take(",")) continue;
    Expect(")");
    return;
  }
}

Rule Parser::ParseHead() {
  const size_t first = at_;
  Rule rule;
  if (!IsPlainName()) {
    Unexpected("a rule");
  }
  Term* name = NewTerm(TermKind::kVar, SpanFrom(at_));
  name->text = Now().text;
  Skip();
  std::vector<Term*> keys;
  while (!Now().space && (Now().Is(".") || Now().Is("["))) {
    if (keys.size() > limits_.nesting) Fail("a path has too many parts");
    if (Take("[")) {
      Nest nest(this);
      keys.push_back(ParseValue());
      Expect("]");
      continue;
    }
    Skip();
    if (Now().kind != TokenKind::kName) Unexpected("a name");
    keys.push_back(Scalar(Value::Text(Now().text), SpanFrom(at_)));
    Skip();
  }
  rule.head = name;
  if (!keys.empty()) {
    rule.head = NewTerm(TermKind::kRef, SpanFrom(first));
    rule.head->items.push_back(name);
    rule.head->items.insert(rule.head->items.end(), keys.begin(), keys.end());
    Sized(rule.head);
  }
  if (Now().Is("(") && !Now().space) {
    Skip();
    Nest nest(this);
    ParseArguments(rule);
  }
  if (IsWord("contains")) {
    Skip();
    if (rule.kind == RuleKind::kFunction) Fail("a function cannot be a set");
    rule.kind = RuleKind::kSet;
    rule.key = ParseValue();
  } else if (Now().Is(":=") || Now().Is("=")) {
    Skip();
    rule.value = ParseMembership();
  }
  rule.span = SpanFrom(first);
  return rule;
}

// Sets kind by the head's shape, once it is known what follows.
void Parser::FinishKind(Rule& rule, bool has_if, bool has_body) {
  const bool keyed = rule.head->kind == TermKind::kRef;
  if (v1_ && has_body && !has_if) {
    FailAt(rule.span, rule.kind == RuleKind::kFunction
                          ? "`if` keyword is required before function body"
                          : "`if` keyword is required before rule body");
  }
  if (rule.kind == RuleKind::kComplete && keyed) {
    const auto& items = rule.head->items;
    if (!v1_ && !has_if && rule.value == nullptr && items.size() == 2) {
      rule.kind = RuleKind::kSet;
      rule.key = items[1];
      rule.head = items[0];
      return;
    }
    const bool constant =
        std::all_of(items.begin() + 1, items.end(), IsConstantText);
    if (!constant) rule.kind = RuleKind::kObject;
  }
  if (rule.kind == RuleKind::kSet || rule.value || has_body) return;
  if (rule.kind == RuleKind::kFunction) {
    if (StandardBuiltins().Find(HeadText(rule)) >= 0) {
      FailAt(rule.span, "rule name conflicts with built-in function");
    }
    return;  // true
  }
  if (!keyed) FailAt(rule.span, "var cannot be used for rule name");
  if (v1_) {
    FailAt(rule.span,
           rule.head->items.size() == 2
               ? "`contains` keyword is required for partial set rules"
               : "rule must have value assignment and/or body declaration");
  }
}

void Parser::ParseTail(size_t head_at, Rule rule) {
  const bool has_if = IsWord("if");
  const bool block = Now().Is("{");
  if (has_if) {
    Skip();
    rule.body = ParseIfBody();
  } else if (block) {
    rule.body = ParseBlock();
  }
  FinishKind(rule, has_if, rule.body != nullptr);
  const bool block_body = rule.body && tokens_[at_ - 1].Is("}");
  if (IsWord("else")) {
    ParseElse(rule);
    CaptureArguments(rule);
    AddRule(std::move(rule));
    return;
  }
  CaptureArguments(rule);
  AddRule(std::move(rule));
  // Further blocks are further definitions with the same head.
  while (block_body && Now().Is("{")) {
    const size_t body_at = at_;
    at_ = head_at;
    Rule again = ParseHead();
    at_ = body_at;
    again.body = ParseBlock();
    FinishKind(again, has_if, true);
    CaptureArguments(again);
    AddRule(std::move(again));
  }
}

void Parser::ParseElse(Rule& rule) {
  if (rule.kind == RuleKind::kSet || rule.kind == RuleKind::kObject) {
    Fail("else keyword cannot be used on partial rules");
  }
  while (IsWord("else")) {
    const size_t first = at_;
    Skip();
    ElseLink link;
    if (Take(":=") || Take("=")) link.value = ParseMembership();
    if (TakeWord("if")) {
      link.body = ParseIfBody();
    } else if (Now().Is("{")) {
      if (v1_) Fail("`if` keyword is required before else body");
      link.body = ParseBlock();
    }
    if (!link.value && !link.body) Unexpected("an else value or body");
    link.span = SpanFrom(first);
    rule.otherwise.push_back(link);
  }
}

namespace {

Parsed ParseWith(const Source& source, Version version, const Limits& limits,
                 Keywords keywords, void (Parser::*what)()) {
  Parsed out;
  auto module = std::make_unique<Module>();
  module->file = source.name;
  module->source = source.text;
  Diagnostic error;
  error.code = "rego_parse_error";
  error.file = source.name;
  try {
    Parser parser(module.get(), Lex(source.text, limits), version, limits,
                  keywords);
    (parser.*what)();
    out.module = std::move(module);
    return out;
  } catch (const SyntaxError& fault) {
    error.row = fault.row;
    error.col = fault.col;
    error.message = fault.message;
  } catch (const Halt& halt) {
    error.message = halt.message;
  }
  out.error = std::move(error);
  return out;
}

}  // namespace

Parsed Parse(const Source& source, Version version, const Limits& limits,
             Keywords keywords) {
  return ParseWith(source, version, limits, keywords, &Parser::ParseModule);
}

Parsed ParseQuery(const Source& source, Version version, const Limits& limits) {
  return ParseWith(source, version, limits, Keywords::kStable,
                   &Parser::ParseLoneQuery);
}

}  // namespace vouchsafe::rego
