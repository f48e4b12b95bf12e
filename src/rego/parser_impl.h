#pragma once

// The parser's state, shared by parser.cc (module, rules), parser_body.cc
// (bodies and literals) and parser_term.cc (terms). Throws SyntaxError.

#include <initializer_list>
#include <string>
#include <vector>

#include "rego/ast.h"
#include "rego/lexer.h"
#include "rego/rego.h"

namespace vouchsafe::rego {

class Parser {
 public:
  Parser(Module* module, std::vector<Token> tokens, Version version,
         const Limits& limits)
      : module_(*module),
        tokens_(std::move(tokens)),
        v1_(version == Version::kV1),
        limits_(limits) {
    words_ = v1_;
  }

  void ParseModule();

 private:
  // parser.cc
  void ParsePackage();
  void ParseImport();
  void ParseRules();
  void ParseDefault();
  Rule ParseHead();
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
  Literal* ParseLiteral();
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
  // v0: keywords that were imported.
  bool words_ = false;
  std::vector<std::string_view> imported_words_;
  bool not_blocks_ = false;
};

}  // namespace vouchsafe::rego
