#include "apps/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "checks/check.h"

namespace vouchsafe::cli {
namespace {

class Cli11Command final : public Command {
 public:
  Cli11Command(CLI::App* app, std::function<int()> run, int* exit_code)
      : app_(app), run_(std::move(run)), exit_code_(exit_code) {}

  Command& Option(const std::string& names, std::string* value,
                  const std::string& value_name,
                  const std::string& help) override {
    last_ = app_->add_option(names, *value, help)->type_name(value_name);
    if (!value->empty()) last_->capture_default_str();
    return *this;
  }
  Command& Option(const std::string& names, std::optional<std::string>* value,
                  const std::string& value_name,
                  const std::string& help) override {
    last_ = app_->add_option_function<std::string>(
                    names, [value](const std::string& text) { *value = text; },
                    help)
                ->type_name(value_name);
    return *this;
  }
  Command& Option(const std::string& names, uint64_t* value,
                  const std::string& value_name,
                  const std::string& help) override {
    last_ = app_->add_option(names, *value, help)
                ->type_name(value_name)
                ->capture_default_str();
    return *this;
  }
  Command& List(const std::string& names, std::vector<std::string>* values,
                const std::string& value_name,
                const std::string& help) override {
    last_ = app_->add_option(names, *values, help)
                ->type_name(value_name)
                ->delimiter(',')
                // Repeat the option: what follows it may be an argument.
                ->allow_extra_args(false);
    return *this;
  }
  Command& Required() override {
    last_->required();
    return *this;
  }
  Command& Flag(const std::string& names, bool* value,
                const std::string& help) override {
    last_ = app_->add_flag(names, *value, help);
    return *this;
  }
  Command& Argument(const std::string& name, std::string* value,
                    const std::string& help) override {
    last_ = app_->add_option(name, *value, help)->required();
    return *this;
  }
  Command& OptionalArgument(const std::string& name,
                            std::optional<std::string>* value,
                            const std::string& help) override {
    last_ = app_->add_option_function<std::string>(
        name, [value](const std::string& text) { *value = text; }, help);
    return *this;
  }
  Command& OptionalArguments(const std::string& name,
                             std::vector<std::string>* values,
                             const std::string& help) override {
    last_ = app_->add_option(name, *values, help);
    return *this;
  }
  Command& Subcommand(const std::string& name, const std::string& help,
                      std::function<int()> run) override {
    if (children_.empty()) AddHelp();
    CLI::App* child = app_->add_subcommand(name, help);
    // A group asks for one of its own; usage errors are then exit code 2.
    app_->require_subcommand(run_ ? 0 : 1, 1);
    children_.push_back(
        std::make_unique<Cli11Command>(child, std::move(run), exit_code_));
    return *children_.back();
  }

  void Run() const {
    for (const auto& child : children_) {
      if (child->app_->parsed()) {
        child->Run();
        return;
      }
    }
    if (run_) *exit_code_ = run_();
  }
  void SetRun(std::function<int()> run) { run_ = std::move(run); }

 private:
  // "help [subcommand ...]", as beside every list of subcommands in Trustee.
  void AddHelp() {
    CLI::App* help = app_->add_subcommand(
        "help", "Print this message or the help of the given subcommand(s)");
    auto named = std::make_shared<std::vector<std::string>>();
    help->add_option("command", *named, "Which subcommand");
    children_.push_back(std::make_unique<Cli11Command>(
        help, [this, named] { return PrintHelpOf(*named); }, exit_code_));
  }
  int PrintHelpOf(const std::vector<std::string>& names) const {
    const CLI::App* app = app_;
    for (const std::string& name : names) {
      const auto below = app->get_subcommands(
          [&name](const CLI::App* a) { return a->get_name() == name; });
      if (below.empty()) {
        std::fprintf(stderr, "unrecognized subcommand '%s'\n", name.c_str());
        return kUsage;
      }
      app = below.front();
    }
    std::printf("%s", app->help().c_str());
    return kOk;
  }

  CLI::App* app_;
  std::function<int()> run_;
  int* exit_code_;
  CLI::Option* last_ = nullptr;
  std::vector<std::unique_ptr<Cli11Command>> children_;
};

// The last of a command line that is nothing but commands, which asks for their
// help; nullptr when there is more in it.
const CLI::App* OnlyCommands(const CLI::App& root, int argc) {
  const CLI::App* app = &root;
  int words = 1;
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    ++words;
  }
  return words == argc ? app : nullptr;
}

}  // namespace

struct CommandLine::Impl {
  Impl(const std::string& program, const std::string& description)
      : app(description, program), root(&app, nullptr, &exit_code) {}
  CLI::App app;
  int exit_code = kOk;
  Cli11Command root;
};

CommandLine::CommandLine(const std::string& program,
                         const std::string& description,
                         const std::string& version_line,
                         const std::string& examples)
    : impl_(std::make_unique<Impl>(program, description)) {
  impl_->app.set_version_flag("-V,--version", version_line);
  if (!examples.empty()) impl_->app.footer("\nExamples:\n" + examples);
}

CommandLine::~CommandLine() = default;

Command& CommandLine::root() { return impl_->root; }

int CommandLine::Main(int argc, char** argv, std::function<int()> run) {
  if (run) {
    impl_->root.SetRun(std::move(run));
    impl_->app.require_subcommand(0, 1);
  }
  try {
    impl_->app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool usage = error.get_exit_code() != 0;
    if (const CLI::App* group = OnlyCommands(impl_->app, argc);
        usage && group != nullptr) {
      std::fprintf(stderr, "%s", group->help().c_str());
      return kUsage;
    }
    // Help and version end with 0; whatever else is a usage error.
    return impl_->app.exit(error) == 0 ? kOk : kUsage;
  }
  impl_->root.Run();
  return impl_->exit_code;
}

int Report(const Error& error) {
  std::fprintf(stderr, "Error: %s\n", error.Text().c_str());
  if (error.check != nullptr && !error.check->remedy.empty()) {
    std::fprintf(stderr, "  remedy: %.*s\n",
                 static_cast<int>(error.check->remedy.size()),
                 error.check->remedy.data());
  }
  return kFailed;
}

Result<std::string> ReadFile(const std::string& path, size_t max_size) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Fail(ErrorCode::kInvalidInput, "Failed to read: " + path);
  }
  std::string text;
  char buffer[16384];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    text.append(buffer, static_cast<size_t>(in.gcount()));
    if (text.size() > max_size) {
      return Fail(ErrorCode::kTooLarge,
                  path + ": more than " + std::to_string(max_size) + " bytes");
    }
  }
  if (in.bad()) return Fail(ErrorCode::kUnavailable, "cannot read " + path);
  return text;
}

}  // namespace vouchsafe::cli
