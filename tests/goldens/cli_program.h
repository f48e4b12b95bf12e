#pragma once

// Runs one of the built programs and keeps what it prints.

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vouchsafe::goldens {

class Program {
 public:
  struct Options {
    std::vector<std::string> args;  // the first is the program's name
    std::string folder;             // to run in; HOME too
    std::map<std::string, std::string> environment;  // beside the test's own
  };
  // Fails the running test when it cannot be started.
  explicit Program(const Options& options);
  ~Program();  // SIGKILL if it still runs
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Until its stderr holds `text` (true) or it ends (false). A program that
  // does neither within half a minute fails the running test.
  bool WaitFor(std::string_view text);
  void Terminate();  // SIGTERM
  // Until it ends; its exit code, or minus the signal that ended it.
  int Finish();

  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

 private:
  // Takes what can be read now, waiting for something; false at the end.
  bool Read();

  int pid_ = -1;
  int out_pipe_ = -1;
  int err_pipe_ = -1;
  std::chrono::steady_clock::time_point deadline_;
  std::string out_;
  std::string err_;
};

// Runs to the end.
struct Finished {
  int exit = 0;
  std::string out;
  std::string err;
};
Finished RunProgram(const Program::Options& options);

// A port that nobody listened on a moment ago.
int FreePort();

void ReplaceAll(std::string& text, std::string_view from, std::string_view to);
void WriteFile(const std::string& path, std::string_view text);

}  // namespace vouchsafe::goldens
