#include "tests/fake/snp.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>

#include "crypto/sign.h"

namespace vouchsafe::fake {
namespace {

using snp::Generation;
using snp::Report;

constexpr int kKeysPerCa = 3;
constexpr size_t kScalarSize = 48;

std::string NameOf(Generation generation) {
  return std::string(snp::GenerationName(generation));
}

crypto::Certificate CaCertificate(const std::string& cn,
                                  const std::string& issuer_cn,
                                  const crypto::PrivateKey& key,
                                  const crypto::PrivateKey& issuer_key,
                                  Bytes serial) {
  CertSpec spec = CaSpec(cn, key.Public());
  spec.subject = AmdName(cn);
  spec.issuer = AmdName(issuer_cn);
  spec.serial = std::move(serial);
  spec.signing = Signing::kPssSha384;
  if (cn != issuer_cn) {
    spec.path_length = 0;
    spec.key_usage = kKeyCertSign;
  }
  return MakeCertificate(spec, issuer_key);
}

snp::RootKey RootOf(const crypto::Certificate& certificate) {
  auto root = snp::RootKeyOf(certificate);
  if (!root) std::abort();
  return *std::move(root);
}

json::Value Numbers(ByteView bytes) {
  json::Array array;
  for (uint8_t byte : bytes) array.emplace_back(int{byte});
  return array;
}

json::Value TcbJson(const snp::RawTcb& raw, Generation generation) {
  const snp::Tcb tcb = snp::DecodeTcb(raw, generation);
  json::Object out;
  out.Set("fmc",
          tcb.fmc.has_value() ? json::Value(int{*tcb.fmc}) : json::Value());
  out.Set("bootloader", int{tcb.bootloader});
  out.Set("tee", int{tcb.tee});
  out.Set("snp", int{tcb.snp});
  out.Set("microcode", int{tcb.microcode});
  return out;
}

json::Value OldTcbJson(const snp::RawTcb& raw) {
  json::Object out;
  out.Set("bootloader", int{raw[0]});
  out.Set("tee", int{raw[1]});
  out.Set("_reserved", Numbers(ByteView(raw).subspan(2, 4)));
  out.Set("snp", int{raw[6]});
  out.Set("microcode", int{raw[7]});
  return out;
}

json::Value VersionJson(const snp::FirmwareVersion& version) {
  json::Object out;
  out.Set("major", int{version.major});
  out.Set("minor", int{version.minor});
  out.Set("build", int{version.build});
  return out;
}

// What both shapes have.
json::Object Common(const Report& r) {
  json::Object out;
  out.Set("version", r.version);
  out.Set("guest_svn", r.guest_svn);
  out.Set("policy", r.policy);
  out.Set("family_id", Numbers(r.family_id));
  out.Set("image_id", Numbers(r.image_id));
  out.Set("vmpl", r.vmpl);
  out.Set("sig_algo", r.signature_algo);
  out.Set("plat_info", r.platform_info);
  out.Set("report_data", Numbers(r.report_data));
  out.Set("measurement", Numbers(r.measurement));
  out.Set("host_data", Numbers(r.host_data));
  out.Set("id_key_digest", Numbers(r.id_key_digest));
  out.Set("author_key_digest", Numbers(r.author_key_digest));
  out.Set("report_id", Numbers(r.report_id));
  out.Set("report_id_ma", Numbers(r.report_id_ma));
  out.Set("chip_id", Numbers(r.chip_id));
  return out;
}

json::Object SignatureJson(const Report& report) {
  json::Object out;
  out.Set("r", Numbers(report.signature_r));
  out.Set("s", Numbers(report.signature_s));
  return out;
}

json::Value ChainJson(const SnpChain& chain) {
  if (chain.empty()) return {};
  json::Array entries;
  for (const auto& [label, data] : chain) {
    json::Object entry;
    entry.Set("cert_type", label);
    entry.Set("data", Numbers(data));
    entries.emplace_back(std::move(entry));
  }
  return entries;
}

json::Value Evidence(json::Object report, const SnpChain& chain) {
  json::Object out;
  out.Set("attestation_report", std::move(report));
  out.Set("cert_chain", ChainJson(chain));
  return out;
}

Report Parsed(const snp::ReportBytes& bytes) {
  auto report = snp::ParseReport(bytes);
  if (!report) std::abort();
  return *std::move(report);
}

}  // namespace

const crypto::PrivateKey& SnpVekKey() { return EcKey(77); }

const crypto::PrivateKey& SnpCa::ArkKey() const {
  return RsaKey(kKeysPerCa * key_index_);
}

const crypto::PrivateKey& SnpCa::IssuerKey(bool asvk) const {
  return RsaKey(kKeysPerCa * key_index_ + (asvk ? 2 : 1));
}

SnpCa::SnpCa(Generation generation, int key_index)
    : generation_(generation),
      key_index_(key_index),
      ark_(CaCertificate("ARK-" + NameOf(generation),
                         "ARK-" + NameOf(generation), ArkKey(), ArkKey(),
                         {1, 0, 0})),
      ask_(CaCertificate("SEV-" + NameOf(generation),
                         "ARK-" + NameOf(generation), IssuerKey(false),
                         ArkKey(), {1, 0, 1})),
      asvk_(CaCertificate("SEV-VLEK-" + NameOf(generation),
                          "ARK-" + NameOf(generation), IssuerKey(true),
                          ArkKey(), {1, 1, 1})),
      roots_{RootOf(ark_), RootOf(ask_), RootOf(asvk_)} {}

SnpVekSpec SnpCa::VcekFor(const Report& report) const {
  const snp::Tcb tcb = snp::DecodeTcb(report.reported_tcb, generation_);
  const bool turin = generation_ == Generation::kTurin;
  SnpVekSpec spec;
  spec.subject_cn = "SEV-VCEK";
  spec.issuer_cn = "SEV-" + NameOf(generation_);
  spec.struct_version = turin ? 1 : 0;
  spec.product_name = NameOf(generation_);
  spec.bootloader = tcb.bootloader;
  spec.tee = tcb.tee;
  spec.snp = tcb.snp;
  spec.microcode = tcb.microcode;
  if (tcb.fmc.has_value()) spec.fmc = *tcb.fmc;
  spec.hardware_id = ToBytes(ByteView(report.chip_id).first(turin ? 8 : 64));
  return spec;
}

SnpVekSpec SnpCa::VlekFor(const Report& report) const {
  SnpVekSpec spec = VcekFor(report);
  spec.subject_cn = "SEV-VLEK";
  spec.issuer_cn = "SEV-VLEK-" + NameOf(generation_);
  spec.signed_by_asvk = true;
  spec.hardware_id.reset();
  spec.csp_id = "CN=fake.example";
  return spec;
}

Bytes SnpCa::Vek(const SnpVekSpec& spec, const crypto::PrivateKey& key) const {
  const std::string arc = "1.3.6.1.4.1.3704.1.";
  CertSpec certificate =
      LeafSpec(spec.subject_cn, spec.issuer_cn, key.Public());
  certificate.subject = AmdName(spec.subject_cn);
  certificate.issuer = AmdName(spec.issuer_cn);
  certificate.serial = {0};
  certificate.not_before_unix_s = spec.not_before_unix_s;
  certificate.not_after_unix_s = spec.not_after_unix_s;
  certificate.signing = spec.signing;
  const auto number = [&](const char* suffix, std::optional<uint64_t> value) {
    if (!value.has_value()) return;
    certificate.extensions.push_back({arc + suffix, DerInteger(*value)});
  };
  const auto text = [&](const char* suffix,
                        const std::optional<std::string>& value) {
    if (!value.has_value()) return;
    certificate.extensions.push_back({arc + suffix, DerIa5String(*value)});
  };
  number("1", spec.struct_version);
  text("2", spec.product_name);
  number("3.1", spec.bootloader);
  number("3.2", spec.tee);
  number("3.3", spec.snp);
  number("3.8", spec.microcode);
  number("3.9", spec.fmc);
  if (spec.hardware_id.has_value()) {
    certificate.extensions.push_back(
        {arc + "4", spec.wrap_hardware_id ? DerOctetString(*spec.hardware_id)
                                          : *spec.hardware_id});
  }
  text("5", spec.csp_id);
  for (const ExtensionSpec& extension : spec.more) {
    certificate.extensions.push_back(extension);
  }
  return MakeCertificateDer(certificate, IssuerKey(spec.signed_by_asvk));
}

Bytes SnpCa::Vek(const SnpVekSpec& spec) const {
  return Vek(spec, SnpVekKey());
}

CrlSpec SnpCa::ListOf(std::vector<Bytes> serials) const {
  CrlSpec spec;
  spec.issuer = AmdName("ARK-" + NameOf(generation_));
  spec.serials = std::move(serials);
  spec.signing = Signing::kPssSha384;
  return spec;
}

Bytes SnpCa::Crl(const CrlSpec& spec) const {
  return MakeCrlDer(spec, ArkKey());
}

snp::Roots SnpRootsOf(const std::vector<const SnpCa*>& authorities) {
  std::map<Generation, snp::GenerationRoots> all;
  for (const SnpCa* ca : authorities)
    all.emplace(ca->generation(), ca->roots());
  return snp::Roots(std::move(all));
}

Report MakeSnpReport(uint32_t version, Generation generation) {
  const bool turin = generation == Generation::kTurin;
  const auto fill = [](auto& array, uint8_t first) {
    for (uint8_t& byte : array) byte = first++;
  };
  Report r;
  r.version = version;
  r.guest_svn = 7;
  r.policy = 0x3001f;
  r.signature_algo = 1;
  r.platform_info = 0x25;
  fill(r.family_id, 1);
  fill(r.image_id, 17);
  fill(r.report_data, 33);
  fill(r.measurement, 97);
  fill(r.host_data, 5);
  fill(r.id_key_digest, 9);
  fill(r.report_id, 11);
  r.report_id_ma.fill(0xFF);
  fill(r.chip_id, 200);
  if (turin) std::fill(r.chip_id.begin() + 8, r.chip_id.end(), uint8_t{0});
  const snp::Tcb tcb{3, 1, 8, 219, uint8_t{2}};
  r.reported_tcb = snp::EncodeTcb(tcb, generation);
  r.current_tcb = r.committed_tcb = r.launch_tcb = r.reported_tcb;
  r.current = r.committed = {1, 55, 40};
  if (version >= snp::kCpuidReportVersion) {
    r.cpuid_family = turin ? 0x1A : 0x19;
    r.cpuid_model = generation == Generation::kMilan   ? 0x01
                    : generation == Generation::kGenoa ? 0x11
                                                       : 0x02;
    r.cpuid_stepping = 1;
  }
  if (version >= snp::kMitigationReportVersion) {
    r.launch_mit_vector = 0x8000'0000'0000'0003;
    r.current_mit_vector = 7;
  }
  return r;
}

void SignSnpReportBytes(snp::ReportBytes& bytes,
                        const crypto::PrivateKey& key) {
  const auto signature =
      crypto::Sign(key, crypto::SignatureScheme::kEcdsa, crypto::Hash::kSha384,
                   ByteView(bytes).first(snp::kSignedSize));
  if (!signature || signature->size() != 2 * kScalarSize) std::abort();
  const auto middle =
      signature->begin() + static_cast<std::ptrdiff_t>(kScalarSize);
  std::reverse_copy(signature->begin(), middle, bytes.begin() + 0x2A0);
  std::reverse_copy(middle, signature->end(), bytes.begin() + 0x2E8);
}

void SignSnpReport(Report& report, const crypto::PrivateKey& key) {
  snp::ReportBytes bytes = snp::SerializeReport(report);
  SignSnpReportBytes(bytes, key);
  report = Parsed(bytes);
}

json::Value SnpEvidence(const Report& r, Generation generation,
                        const SnpChain& chain) {
  json::Object out = Common(r);
  out.Set("key_info", r.key_info);
  out.Set("current_tcb", TcbJson(r.current_tcb, generation));
  out.Set("reported_tcb", TcbJson(r.reported_tcb, generation));
  out.Set("committed_tcb", TcbJson(r.committed_tcb, generation));
  out.Set("launch_tcb", TcbJson(r.launch_tcb, generation));
  const bool cpuid = r.version >= snp::kCpuidReportVersion;
  const auto optional = [](bool there, uint64_t value) {
    return there ? json::Value(value) : json::Value();
  };
  out.Set("cpuid_fam_id", optional(cpuid, r.cpuid_family));
  out.Set("cpuid_mod_id", optional(cpuid, r.cpuid_model));
  out.Set("cpuid_step", optional(cpuid, r.cpuid_stepping));
  out.Set("current", VersionJson(r.current));
  out.Set("committed", VersionJson(r.committed));
  if (r.version >= snp::kMitigationReportVersion) {
    out.Set("launch_mit_vector", r.launch_mit_vector);
    out.Set("current_mit_vector", r.current_mit_vector);
  }
  out.Set("signature", SignatureJson(r));
  return Evidence(std::move(out), chain);
}

json::Value SnpOldEvidence(const snp::ReportBytes& bytes,
                           const SnpChain& chain) {
  const Report r = Parsed(bytes);
  const ByteView all = bytes;
  json::Object out = Common(r);
  out.Set("_author_key_en", r.key_info);
  out.Set("_reserved_0", int{bytes[0x4C]});
  out.Set("current_tcb", OldTcbJson(r.current_tcb));
  out.Set("reported_tcb", OldTcbJson(r.reported_tcb));
  out.Set("committed_tcb", OldTcbJson(r.committed_tcb));
  out.Set("launch_tcb", OldTcbJson(r.launch_tcb));
  out.Set("_reserved_1", Numbers(all.subspan(0x188, 24)));
  out.Set("current_build", int{r.current.build});
  out.Set("current_minor", int{r.current.minor});
  out.Set("current_major", int{r.current.major});
  out.Set("_reserved_2", int{bytes[0x1EB]});
  out.Set("committed_build", int{r.committed.build});
  out.Set("committed_minor", int{r.committed.minor});
  out.Set("committed_major", int{r.committed.major});
  out.Set("_reserved_3", int{bytes[0x1EF]});
  out.Set("_reserved_4", Numbers(all.subspan(0x1F8, 168)));
  json::Object signature = SignatureJson(r);
  signature.Set("_reserved", Numbers(all.subspan(0x330, 368)));
  out.Set("signature", std::move(signature));
  return Evidence(std::move(out), chain);
}

}  // namespace vouchsafe::fake
