#pragma once

// A stand-in for AMD: ARK, ASK and ASVK of one generation, VEKs, reports of
// every version and evidence, right or wrong in any field.
//
//   const fake::SnpCa ca(snp::Generation::kGenoa);
//   snp::Report report = fake::MakeSnpReport(3, ca.generation());
//   const Bytes vek = ca.Vek(ca.VcekFor(report));
//   fake::SignSnpReport(report, fake::SnpVekKey());
//   auto evidence = fake::SnpEvidence(report, ca.generation(),
//                                     {{"VCEK", vek}});

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "json/value.h"
#include "tests/fake/ca.h"
#include "verifier/snp/generation.h"
#include "verifier/snp/report.h"
#include "verifier/snp/roots.h"

namespace vouchsafe::fake {

// One VEK certificate; an empty optional leaves the extension out.
struct SnpVekSpec {
  std::string subject_cn;
  std::string issuer_cn;
  bool signed_by_asvk = false;
  std::optional<uint64_t> struct_version;
  std::optional<std::string> product_name;
  std::optional<uint64_t> bootloader;
  std::optional<uint64_t> tee;
  std::optional<uint64_t> snp;
  std::optional<uint64_t> microcode;
  std::optional<uint64_t> fmc;
  std::optional<Bytes> hardware_id;
  bool wrap_hardware_id = false;  // in an OCTET STRING
  std::optional<std::string> csp_id;
  int64_t not_before_unix_s = kNotBefore;
  int64_t not_after_unix_s = kNotAfter;
  Signing signing = Signing::kPssSha384;
  std::vector<ExtensionSpec> more = {};
};

class SnpCa {
 public:
  // `key_index` tells several CAs of one generation apart.
  explicit SnpCa(snp::Generation generation, int key_index = 0);

  snp::Generation generation() const { return generation_; }
  const snp::GenerationRoots& roots() const { return roots_; }
  const crypto::Certificate& ark() const { return ark_; }
  const crypto::Certificate& ask() const { return ask_; }
  const crypto::Certificate& asvk() const { return asvk_; }

  // A right certificate for the report, to be changed by the test.
  SnpVekSpec VcekFor(const snp::Report& report) const;
  SnpVekSpec VlekFor(const snp::Report& report) const;
  // DER, for the public part of `key`.
  Bytes Vek(const SnpVekSpec& spec, const crypto::PrivateKey& key) const;
  Bytes Vek(const SnpVekSpec& spec) const;  // for SnpVekKey()
  // A revocation list by the ARK, to be changed by the test.
  CrlSpec ListOf(std::vector<Bytes> serials) const;
  Bytes Crl(const CrlSpec& spec) const;

 private:
  const crypto::PrivateKey& ArkKey() const;
  const crypto::PrivateKey& IssuerKey(bool asvk) const;

  snp::Generation generation_;
  int key_index_;
  crypto::Certificate ark_;
  crypto::Certificate ask_;
  crypto::Certificate asvk_;
  snp::GenerationRoots roots_;
};

// The roots of these CAs.
snp::Roots SnpRootsOf(const std::vector<const SnpCa*>& authorities);

// The key that signs reports unless a test wants another.
const crypto::PrivateKey& SnpVekKey();

// A report that is good in every field but its signature.
snp::Report MakeSnpReport(uint32_t version, snp::Generation generation);
// Sets R, S and the bytes from the fields.
void SignSnpReport(snp::Report& report, const crypto::PrivateKey& key);
// The same over bytes as they are (for reserved bytes), R and S set within.
void SignSnpReportBytes(snp::ReportBytes& bytes, const crypto::PrivateKey& key);

using SnpChain = std::vector<std::pair<std::string, Bytes>>;  // label, data
// The current JSON shape; an empty chain is null.
json::Value SnpEvidence(const snp::Report& report, snp::Generation generation,
                        const SnpChain& chain);
// The older shape, from bytes.
json::Value SnpOldEvidence(const snp::ReportBytes& bytes,
                           const SnpChain& chain);

}  // namespace vouchsafe::fake
