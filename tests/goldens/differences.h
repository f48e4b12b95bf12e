#pragma once

// What our answers may differ in from Trustee's recorded ones: exactly what two
// tables of docs/compatibility.md list, no more and no less.
//
//   ## Differences in the recorded answers
//   | file | steps | mode | part | recorded | here | times | reason |
//
// A replay tells every difference that it sees. A row covers a difference when
// each of its first six cells matches: `*` stands for any text, backticks
// around a cell are left away, `\|`, `\*`, `\n` and `\\` mean the character
// itself, and several patterns in one cell are separated by " ;; ". The first
// row that covers it counts it. At the end a difference without a row, a row
// that covered nothing, and a row whose `times` is another number than what it
// covered are failures of the running test.
//
//   ## Recorded answers that are not replayed
//   | file | steps | times | reason |
//
// Whatever is not replayed is listed by name, with the same rules.
//
// A reason ends with its ground in parentheses: "(decision 20)", "(weak spot
// C4)", "(better)", "([V])", "(not built)", "(tests/...)" for what another test
// replays.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vouchsafe::goldens {

// One fact that is not as recorded. Texts are whole; they are cut when shown.
struct Difference {
  std::string file;  // below goldens/: "kbs-http/auth.json"
  std::string step;  // "7 version 0.3.0": place in the file, and its note
  std::string mode;  // "default", "strict"; "" where there are no modes
  std::string part;  // "status", "detail", "header set-cookie", "exit code"
  std::string recorded;
  std::string here;
};

// One row of either table.
struct Row {
  std::string file;
  std::string steps;
  std::string mode;
  std::string part;
  std::string recorded;
  std::string here;
  long times = 0;
  std::string reason;
  int line = 0;  // in the page

  long seen = 0;
};

// Does `text` fit the pattern of a cell (see above)?
bool Matches(std::string_view pattern, std::string_view text);

// The rows of the page's two tables. kInvalidInput names the line.
struct Tables {
  std::vector<Row> differences;
  std::vector<Row> not_replayed;
};
Result<Tables> ParseTables(std::string_view page);

// One test's account. Not thread-safe.
class Differences {
 public:
  // Of the page's rows, those whose file starts with one of `scopes` and with
  // none of `others`: the test answers for all of these. A page that cannot be
  // read fails the test.
  explicit Differences(const std::vector<std::string>& scopes,
                       const std::vector<std::string>& others = {});
  Differences(Tables tables, const std::vector<std::string>& scopes,
              const std::vector<std::string>& others = {});

  // True when a row of the second table lists this step; counted once for each
  // call. `step` "" asks for a whole file.
  bool NotReplayed(const std::string& file, const std::string& step);

  // A step of a file is about to be compared; Record() belongs to it.
  void Step(const std::string& file, const std::string& step,
            const std::string& mode);
  void Record(const std::string& part, const std::string& recorded,
              const std::string& here);
  // Records when the two are not equal.
  void Compare(const std::string& part, const std::string& recorded,
               const std::string& here);

  // What is wrong, an entry each, with a row to paste for what is not listed.
  std::vector<std::string> Problems() const;
  // A test failure for each, and a line on stdout for each file: steps, equal,
  // differing by listed rows, not replayed.
  void Finish() const;

 private:
  struct Count {
    long steps = 0;
    long differing = 0;
    long not_replayed = 0;
  };

  Tables tables_;
  Difference now_;
  bool now_differs_ = false;
  std::vector<Difference> unlisted_;
  std::map<std::string, Count> counts_;  // by "file (mode)"
};

}  // namespace vouchsafe::goldens
