#pragma once

// The program kbs on a recorded configuration, in a folder of its own with the
// files that the recorded command lines name.

#include <memory>
#include <string>
#include <string_view>

#include "tests/goldens/cli_program.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::goldens {

class CliDeployment {
 public:
  // `goldens`: the shared folder. Fails the running test when kbs does not
  // serve goldens/kbs-http/config/a.toml (less the plugins not built).
  explicit CliDeployment(const std::string& goldens);
  ~CliDeployment();

  const std::string& folder() const { return dir_.path(); }
  int port() const { return port_; }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
  }
  void Write(const std::string& name, std::string_view text) const {
    WriteFile(folder() + "/" + name, text);
  }

 private:
  void WriteAdminTokens() const;
  void WriteTeeKeys() const;

  vouchsafe::testing::TempDir dir_;
  int port_ = 0;
  std::unique_ptr<Program> kbs_;
};

}  // namespace vouchsafe::goldens
