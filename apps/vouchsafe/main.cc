// vouchsafe: our own tool beside the drop-in programs.

#include "apps/vouchsafe/commands.h"

namespace {

constexpr const char* kExamples =
    "  vouchsafe checks\n"
    "  vouchsafe checks --json\n"
    "  vouchsafe policy check policy.rego\n"
    "  vouchsafe policy eval policy.rego -i claims.json\n"
    "  vouchsafe policy test policies/ -v\n"
    "  vouchsafe policy fmt -w policies/\n"
    "  vouchsafe policy conformance cases/v1 --verbose\n"
    "  vouchsafe why 5c1f... --url http://127.0.0.1:8080 "
    "--admin-token-file token\n"
    "  vouchsafe why 5c1f... --socket /run/restful-as/admin.sock\n";

}  // namespace

int main(int argc, char** argv) {
  using namespace vouchsafe;  // NOLINT: this file is the program
  cli::CommandLine command_line(
      "vouchsafe", "Looks into key brokers and attestation services.",
      "vouchsafe 0.1.0", kExamples);
  const auto checks = DeclareChecks(command_line.root());
  const auto policy = DeclarePolicy(command_line.root());
  const auto why = DeclareWhy(command_line.root());
  return command_line.Main(argc, argv, nullptr);
}
