#pragma once

// Command lines of all programs: one look, one set of exit codes. Results go
// to stdout, messages to stderr; 0 success, 1 a run-time error, 2 a usage
// error. A thin face over CLI11, which one file includes.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace vouchsafe::cli {

inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

// A program or one of its subcommands. Values are written when parsed; they
// must outlive the command line.
class Command {
 public:
  virtual ~Command() = default;
  // "-c,--config-file"; `value_name` stands in the help: "PATH".
  virtual Command& Option(const std::string& names, std::string* value,
                          const std::string& value_name,
                          const std::string& help) = 0;
  virtual Command& Option(const std::string& names,
                          std::optional<std::string>* value,
                          const std::string& value_name,
                          const std::string& help) = 0;
  virtual Command& Option(const std::string& names, uint64_t* value,
                          const std::string& value_name,
                          const std::string& help) = 0;
  // Repeatable, and comma separated.
  virtual Command& List(const std::string& names,
                        std::vector<std::string>* values,
                        const std::string& value_name,
                        const std::string& help) = 0;
  // The option named last becomes required.
  virtual Command& Required() = 0;
  virtual Command& Flag(const std::string& names, bool* value,
                        const std::string& help) = 0;
  // By position.
  virtual Command& Argument(const std::string& name, std::string* value,
                            const std::string& help) = 0;
  virtual Command& OptionalArgument(const std::string& name,
                                    std::optional<std::string>* value,
                                    const std::string& help) = 0;
  virtual Command& OptionalArguments(const std::string& name,
                                     std::vector<std::string>* values,
                                     const std::string& help) = 0;
  // A subcommand; `run` gives the exit code. Without `run` it only groups, and
  // one of its own subcommands has to follow.
  virtual Command& Subcommand(const std::string& name, const std::string& help,
                              std::function<int()> run) = 0;
};

// Root command. `examples` ends the help. `run` is called when no subcommand
// was named; empty: naming one is required.
class CommandLine {
 public:
  CommandLine(const std::string& program, const std::string& description,
              const std::string& version_line, const std::string& examples);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command& root();
  // Parses, runs what was asked for and gives the exit code. Prints help,
  // version and usage errors itself.
  int Main(int argc, char** argv, std::function<int()> run);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// "Error: <text>" on stderr; kFailed.
int Report(const Error& error);

// Whole file, at most `max_size`; kInvalidInput naming the path.
Result<std::string> ReadFile(const std::string& path,
                             size_t max_size = size_t{64} << 20);

}  // namespace vouchsafe::cli
