#pragma once

// The parser's state, shared by parser.cc (module, rules), parser_body.cc
// (bodies and literals) and parser_term.cc (terms). Throws SyntaxError.

#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "rego/ast.h"
#include "rego/lexer.h"
#include "rego/parser.h"
#include "rego/rego.h"

namespace vouchsafe::rego {

class Parser {
 public:
  Parser(Module* module, std::vector<Token> tokens, Version version,
         const Limits& limits, Keywords keywords)
      : module_(*module),
        tokens_(std::move(tokens)),
        v1_(version != Version::kV0),
        limits_(limits),
        words_(version == Version::kV1),
        experimental_(keywords == Keywords::kExperimental) {
    module_.v1 = v1_;
  }

  void ParseModule();
  void ParseLoneQuery();

 private:
  // parser.cc
  void KeepComments();
  void ParsePackage();
  void ParseImport();
  void ImportWords(const Import& import);
  void ParseRules();
  void ParseDefault();
  void CheckDefault(const Rule& rule) const;
  Rule ParseHead();
  void ParseArguments(Rule& rule);
  void CaptureArguments(Rule& rule);
  static bool IsPlainPattern(const Term* term);
  void CompareArgument(const Term* name, size_t token, Body*& body);
  void ParseTail(size_t head_at, Rule rule);
  void ParseElse(Rule& rule);
  std::vector<std::string_view> ParsePath();
  void FinishKind(Rule& rule, bool has_if, bool has_body);
  void AddRule(Rule rule);

  // parser_body.cc
  Body* ParseBlock();
  Body* ParseQuery();
  Body* BodyOf(Literal* literal);
  Body* ParseIfBody();
  bool MayBeTerm() const;
  Literal* ParseLiteral();
  Literal* ParseLogical(LiteralKind kind, bool right);
  Literal* ParseOperand(bool right);
  Literal* ParseOperandBlock(bool right);
  Literal* ParseGroup();
  Literal* Scope(Body* body);
  Literal* ParseSome();
  Literal* ParseEvery();
  Literal* ParseNot();
  Literal* ParseExpr();
  void ParseWith(Literal* literal);

  // parser_term.cc. The loosest operator a value may hold.
  enum Level { kIn = 1, kRelation, kUnion, kIntersection, kSum, kProduct };
  Term* ParseValue(Level level = kIn, bool stop_at_pipe = false);
  Term* ParseMembership();  // also "k, v in xs"
  Term* ParseUnary();
  Term* ParsePostfix();
  Term* ParsePrimary(bool* allows_keys);
  Term* ParseName(bool* allows_keys);
  Term* ParseCall(Term* callee);
  Term* ParseArray();
  Term* ParseBrace();
  Term* ParseTemplate();
  Term* ParseInsertion();
  Term* ParseString();
  Term* ParseNumber();
  Term* ParseComprehension(TermKind kind, std::vector<Term*> heads,
                           std::string_view close, size_t begin);
  void ParseList(std::vector<Term*>& items, std::string_view close);
  Term* Operator(std::string_view name, std::vector<Term*> items,
                 const Span& span);
  Term* Scalar(Value value, const Span& span);
  std::string_view Unescape(std::string_view text, const Token& token,
                            bool with_brace);

  // Tokens.
  const Token& Now() const { return tokens_[at_]; }
  const Token& After(size_t ahead = 1) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  void Skip() {
    if (at_ + 1 < tokens_.size()) ++at_;
  }
  bool Take(std::string_view symbol) {
    if (!Now().Is(symbol)) return false;
    Skip();
    return true;
  }
  bool TakeWord(std::string_view word) {
    if (!IsWord(word)) return false;
    Skip();
    return true;
  }
  // The keyword, where it is one.
  bool IsWord(std::string_view word) const;
  bool IsKeyword(std::string_view name) const;
  // A name that is no keyword, or one that a dot directly follows.
  bool IsPlainName() const;
  void Expect(std::string_view symbol);
  [[noreturn]] void Fail(const std::string& message) const;
  [[noreturn]] void FailAt(const Span& span, const std::string& message) const;
  [[noreturn]] void Unexpected(const std::string& wanted) const;

  // Nodes.
  Span SpanFrom(size_t first_token) const;
  Term* NewTerm(TermKind kind, const Span& span);
  Term* Sized(Term* term);  // sets depth from items, checks it
  Literal* NewLiteral(LiteralKind kind);
  void CountExpression();

  struct Nest {
    explicit Nest(Parser* parser) : parser_(parser) {
      if (++parser_->nesting_ > parser_->limits_.nesting) {
        parser_->Fail("nesting is deeper than " +
                      std::to_string(parser_->limits_.nesting));
      }
    }
    ~Nest() { --parser_->nesting_; }
    Parser* parser_;
  };

  Module& module_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  bool v1_;
  const Limits& limits_;
  size_t nesting_ = 0;
  // The words of v1 are keywords; other words that are, by import.
  bool words_;
  bool experimental_;
  std::vector<std::string_view> imported_words_;
  std::vector<size_t> argument_tokens_;  // where the last head's begin
  bool not_blocks_ = false;
  // `and` or `or` is a keyword, so that braces and parentheses may group.
  bool logical_ = false;
  // Tokens where a brace does not open a block.
  std::set<size_t> no_blocks_;
};

}  // namespace vouchsafe::rego
