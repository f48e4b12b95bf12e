#pragma once

// What can be seen in a policy's text without running it: which claims it
// reads, which trust claims it sets, and comparisons that null makes true. A
// light reading by tokens, right for how people write policies; findings of
// "reads" are only ever warnings. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace vouchsafe::policy {

struct Seen {
  std::string text;
  int row = 0;  // from 1
  int col = 0;  // from 1, bytes
};

// Constant paths below `input`: "snp.measurement" for input.snp.measurement
// and input["snp"].measurement; a path ends at its first variable part.
std::vector<Seen> InputPaths(std::string_view text);

// Names given to members of `rule` where it is defined: trust_claims :=
// {"hardware": 2}, trust_claims["hardware"] := 2, trust_claims.hardware := 2.
// `text` of each is the name.
std::vector<Seen> DefinedMembers(std::string_view text, std::string_view rule);

// The row where `rule` is first defined, 0 when nowhere: for an answer that no
// definition gave.
int DefinitionRow(std::string_view text, std::string_view rule);

// Orderings (<, <=, >, >=) with a call of `function` beside the operator. The
// text is the operator.
std::vector<Seen> OrderedCalls(std::string_view text,
                               std::string_view function);

}  // namespace vouchsafe::policy
