#include "as/attestation_service.h"

namespace vouchsafe::as {

Result<LoadedConfig> LoadConfig(const std::string& path) {
  config::ReadOptions options;
  options.naming = config::Naming::kElseJson;
  options.coercion = config::Coercion::kStrict;
  const config::Document document =
      TRY(config::Document::Load(kAsSchema, path, options));
  return LoadedConfig{TRY(ReadAsConfig(document.root())), document.warnings()};
}

}  // namespace vouchsafe::as
