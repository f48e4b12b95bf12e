#pragma once

// Where VCEKs and AMD's revocation lists come from when the evidence has none:
// AMD's Key Distribution Service and a folder of files (spec 2.6), as sources
// of the shared collateral cache. A VCEK is kept only if it chains to AMD's
// root and is for the chip and the TCB that were asked for, so a wrong answer
// is never cached.

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "collateral/collateral.h"
#include "http/fetcher.h"
#include "verifier/snp/config.h"
#include "verifier/snp/generation.h"
#include "verifier/snp/report.h"
#include "verifier/snp/roots.h"

namespace vouchsafe::snp {

inline constexpr std::string_view kVcekCollateral = "snp.vcek";
inline constexpr std::string_view kCrlCollateral = "snp.crl";

// One VCEK: of one chip for one TCB.
struct VcekId {
  Generation generation = Generation::kMilan;
  std::string hardware_id;  // lower-case hex; Turin: of 8 bytes, else of 64
  Tcb tcb;

  static VcekId Of(const Report& report, Generation generation);
  // "Genoa/371c..18e8/bl10_tee00_snp23_ucode25": the collateral's id. An fmc
  // part follows on Turin.
  std::string Text() const;
  static Result<VcekId> Parse(std::string_view text);
  // All zero: the host does not tell.
  bool masked() const;
  friend bool operator==(const VcekId&, const VcekId&) = default;
};

// "vcek/Genoa": the id of a revocation list.
std::string CrlIdText(VekKind kind, Generation generation);

// "{base_url}/vcek/v1/Genoa/{hwid}?blSPL=10&teeSPL=00&snpSPL=23&ucodeSPL=25".
// kNotFound for a masked chip.
Result<std::string> KdsVcekUrl(std::string_view base_url, const VcekId& id);

// The sources of `config`, in its order, for both kinds. `fetcher` and `clock`
// must outlive the cache.
void AddSources(const SnpConfig& config, std::shared_ptr<const Roots> roots,
                http::Fetcher& fetcher, const Clock& clock,
                collateral::Collateral& cache);

}  // namespace vouchsafe::snp
