// The list of declared functions against the tables: each that is offered has
// rows, each that is not is refused by name.

#include <array>
#include <set>
#include <vector>

#include "rego/builtin_table.h"
#include "rego/builtins/test_support.h"

namespace vouchsafe::rego {
namespace {

using testing::CallCase;
using testing::ValueOf;

std::vector<CallCase> AllRows() {
  std::vector<CallCase> out;
  for (const auto rows :
       {testing::CollectionRows(), testing::EncodingRows(), testing::NetRows(),
        testing::NumberRows(), testing::OperatorRows(), testing::PatternRows(),
        testing::SprintfRows(), testing::StringRows(), testing::TimeRows(),
        testing::UnitRows()}) {
    out.insert(out.end(), rows.begin(), rows.end());
  }
  return out;
}

bool NameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

// Functions that an expression calls, as far as its text shows them.
std::set<std::string, std::less<>> CallsIn(std::string_view text) {
  std::set<std::string, std::less<>> out;
  for (size_t i = text.find('('); i != std::string_view::npos;
       i = text.find('(', i + 1)) {
    size_t from = i;
    while (from > 0 && NameCharacter(text[from - 1])) --from;
    out.insert(std::string(text.substr(from, i - from)));
  }
  return out;
}

// Takes only what cannot be of a wrong type.
bool TakesAnything(const Signature& signature) {
  for (const Type& type : signature.args) {
    if (type.of != Type::Of::kAny) return false;
  }
  return true;
}

// False rather than an error, whatever they get.
constexpr std::array kNeverFail = {
    std::string_view("net.cidr_is_valid"), std::string_view("regex.is_valid"),
    std::string_view("base64.is_valid"),   std::string_view("json.is_valid"),
    std::string_view("yaml.is_valid"),     std::string_view("uri.is_valid"),
};

// Without an answer that a row could show; the language tests have them.
constexpr std::array kStatements = {
    std::string_view("print"),
    std::string_view("internal.print"),
    std::string_view("internal.test_case"),
    std::string_view("assign"),
    std::string_view("eq"),
};

// Answered when a policy is compiled (metadata_test.cc).
constexpr std::array kCompiled = {
    std::string_view("rego.metadata.chain"),
    std::string_view("rego.metadata.rule"),
};

template <class List>
bool In(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

TEST(BuiltinRows, EachFunctionHasSome) {
  std::set<std::string, std::less<>> answers, refusals;
  for (const CallCase& row : AllRows()) {
    const bool none = row.fails() || std::string_view(row.want) == "-";
    for (const std::string& name : CallsIn(row.call)) {
      (none ? refusals : answers).insert(name);
    }
  }
  const BuiltinTable& table = StandardBuiltins();
  size_t offered = 0;
  for (size_t i = 0; i < table.size(); ++i) {
    const Builtin& one = table.at(i);
    if (one.function == nullptr || In(kStatements, one.name)) continue;
    ++offered;
    EXPECT_TRUE(answers.contains(one.name)) << one.name << ": no answer";
    if (TakesAnything(one.signature) && !refusals.contains(one.name)) continue;
    if (In(kNeverFail, one.name)) continue;
    EXPECT_TRUE(refusals.contains(one.name)) << one.name << ": no refusal";
  }
  EXPECT_GT(offered, 150u);
}

// No row is wrong about what a function is called.
TEST(BuiltinRows, NamesAreDeclared) {
  for (const CallCase& row : AllRows()) {
    for (const std::string& name : CallsIn(row.call)) {
      if (name.empty() || name == "set") continue;  // a bracket, the empty set
      // A pattern or a text may have brackets; a call has a letter before it.
      if (StandardBuiltins().Find(name) >= 0) continue;
      EXPECT_NE(std::string_view(row.call).find('"'), std::string_view::npos)
          << row.call << ": " << name;
    }
  }
}

// What is not offered never answers, and never is merely undefined.
TEST(BuiltinRows, OthersAreRefusedByName) {
  const BuiltinTable& table = StandardBuiltins();
  size_t refused = 0;
  for (size_t i = 0; i < table.size(); ++i) {
    const Builtin& one = table.at(i);
    if (one.function != nullptr || In(kStatements, one.name) ||
        In(kCompiled, one.name)) {
      continue;
    }
    std::string call = std::string(one.name) + "(";
    for (size_t k = 0; k < one.signature.args.size(); ++k) {
      call += k ? ", \"x\"" : "\"x\"";
    }
    const std::string got = ValueOf(call + ")", Builtins::Standard());
    EXPECT_NE(got.find("! t.rego:2: eval_builtin_error: " +
                       std::string(one.name) + ": not supported"),
              std::string::npos)
        << call << ") gave " << got;
    ++refused;
  }
  EXPECT_GT(refused, 20u);
}

}  // namespace
}  // namespace vouchsafe::rego
