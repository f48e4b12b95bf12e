#include "as/take_over.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "json/parse.h"
#include "json/write.h"
#include "rvps/value.h"
#include "verifier/core/tee.h"

namespace vouchsafe::as {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostPolicies = 4096;
constexpr uintmax_t kMaxPolicyFile = uintmax_t{1} << 20;
constexpr uintmax_t kMaxValuesFile = uintmax_t{64} << 20;

Result<std::string> ReadBounded(const fs::path& path, uintmax_t most) {
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  if (error || size > most) {
    return Fail(ErrorCode::kInvalidInput,
                path.string() + ": " +
                    (error ? error.message()
                           : std::to_string(size) + " bytes, want at most " +
                                 std::to_string(most)));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Fail(ErrorCode::kUnavailable, path.string() + ": cannot be read");
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Class suffixes came with v0.14; before, every policy was the CPU's.
std::string WithClass(const std::string& id) {
  for (const TeeInfo& tee : AllTees()) {
    if (id.ends_with("_" + std::string(tee.tee_class))) return id;
  }
  for (const char* also : {"_gpu", "_switch", "_ppcie"}) {
    if (id.ends_with(also)) return id;
  }
  return id + "_cpu";
}

Result<> TakeOverPolicy(const fs::path& file, const std::string& id,
                        policy::PolicyStore& policies, Logger& logger) {
  const auto known = policies.Get(id);
  if (known) return {};
  if (known.error().code != ErrorCode::kNotFound) {
    return tl::unexpected(known.error());
  }
  const std::string text = TRY(ReadBounded(file, kMaxPolicyFile));
  const auto set = policies.Set(id, text);
  if (set) {
    logger.Info("policy taken over", {{"policy", id}, {"file", file.string()}});
    return {};
  }
  if (set.error().code != ErrorCode::kInvalidInput) {
    return tl::unexpected(set.error());
  }
  logger.Warn("policy not taken over: it would never answer",
              {{"file", file.string()}, {"reason", set.error().Text()}});
  return {};
}

}  // namespace

Result<> TakeOverPolicies(const std::string& dir, ear::TokenForm form,
                          policy::PolicyStore& policies, Logger& logger) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator it(fs::path(dir) / "opa", error), end;
       !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".rego") files.push_back(it->path());
    if (files.size() > kMostPolicies) {
      return Fail(ErrorCode::kInvalidInput, dir + "/opa: more than " +
                                                std::to_string(kMostPolicies) +
                                                " policies");
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return Fail(ErrorCode::kUnavailable, dir + "/opa: " + error.message());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const std::string id = file.stem().string();
    TRY(TakeOverPolicy(file,
                       form == ear::TokenForm::kSimple ? id : WithClass(id),
                       policies, logger));
  }
  return {};
}

Result<> TakeOverReferenceValues(const std::string& path,
                                 storage::Store& values, Logger& logger) {
  std::error_code error;
  if (!fs::exists(path, error)) return {};
  const std::string text = TRY(ReadBounded(path, kMaxValuesFile));
  const json::Value parsed = TRY_CONTEXT(json::Parse(text), path);
  const json::Array* array = parsed.if_array();
  if (array == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                path + ": want an array of reference values");
  }
  size_t taken = 0;
  for (size_t i = 0; i < array->size(); ++i) {
    auto value = rvps::ReadReferenceValue(json::Write((*array)[i]));
    if (!value) {
      Error failed = std::move(value).error();
      failed.code = ErrorCode::kInvalidInput;
      return tl::unexpected(
          WithContext(std::move(failed), path + "[" + std::to_string(i) + "]"));
    }
    const storage::SetOutcome outcome = TRY(values.SetIfAbsent(
        value->name, AsBytes(rvps::WriteReferenceValue(*value))));
    if (outcome == storage::SetOutcome::kStored) ++taken;
  }
  if (taken > 0) {
    logger.Info("reference values taken over",
                {{"file", path}, {"count", std::to_string(taken)}});
  }
  return {};
}

}  // namespace vouchsafe::as
