#include "verifier/snp/vcek_source.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "collateral/http_source.h"
#include "verifier/snp/certs.h"
#include "verifier/snp/evidence.h"
#include "verifier/snp/verify.h"

namespace vouchsafe::snp {
namespace {

namespace fs = std::filesystem;
using collateral::Fetched;
using collateral::Key;
using collateral::Miss;
using Answer = tl::expected<Fetched, Miss>;

constexpr size_t kMaxCrlSize = size_t{4} << 20;
// A changed file is seen after this long.
constexpr int64_t kFileTtlS = 60;
// A revocation list whose answer does not say how long it may be kept.
constexpr int64_t kCrlTtlS = 24 * 3600;

// Decimal, at least two digits: "03", "115".
std::string TwoDigits(uint8_t number) {
  std::string text = std::to_string(int{number});
  return text.size() < 2 ? "0" + text : text;
}

std::string TcbText(const Tcb& tcb) {
  std::string text = "bl" + TwoDigits(tcb.bootloader) + "_tee" +
                     TwoDigits(tcb.tee) + "_snp" + TwoDigits(tcb.snp) +
                     "_ucode" + TwoDigits(tcb.microcode);
  if (tcb.fmc.has_value()) text += "_fmc" + TwoDigits(*tcb.fmc);
  return text;
}

// Takes `name` and the number after it from the front of `text`.
std::optional<uint8_t> TakePart(std::string_view name, std::string_view& text) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  uint8_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(rest - text.data()));
  return value;
}

std::optional<Tcb> ParseTcb(std::string_view text) {
  const auto bootloader = TakePart("bl", text);
  const auto tee = TakePart("_tee", text);
  const auto snp = TakePart("_snp", text);
  const auto microcode = TakePart("_ucode", text);
  if (!bootloader || !tee || !snp || !microcode) return std::nullopt;
  Tcb tcb{*bootloader, *tee, *snp, *microcode, std::nullopt};
  if (text.empty()) return tcb;
  tcb.fmc = TakePart("_fmc", text);
  if (!tcb.fmc.has_value() || !text.empty()) return std::nullopt;
  return tcb;
}

// Splits "a/b/c" at the first slash.
std::pair<std::string_view, std::string_view> Cut(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {text, {}};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

bool Fits(const std::optional<uint64_t>& certified, uint8_t wanted) {
  return certified == uint64_t{wanted};
}

// Is this the VCEK that was asked for, and AMD's? The report is checked against
// it again; here a wrong answer is kept out of the cache.
Result<> CheckVcek(ByteView bytes, const VcekId& id, const Roots& roots) {
  const std::shared_ptr<const Vek> vek = TRY(ParseVek(bytes));
  CheckLog unused;
  TRY(VerifyVek(vek, id.generation, roots, unused));
  const VekExtensions& in = vek->extensions;
  if (vek->kind != VekKind::kVcek ||
      HexEncode(*in.hardware_id) != id.hardware_id) {
    return Fail(ErrorCode::kUntrusted, "a VCEK of another chip");
  }
  const Tcb& tcb = id.tcb;
  if (!Fits(in.bootloader, tcb.bootloader) || !Fits(in.tee, tcb.tee) ||
      !Fits(in.snp, tcb.snp) || !Fits(in.microcode, tcb.microcode) ||
      (tcb.fmc.has_value() && !Fits(in.fmc, *tcb.fmc))) {
    return Fail(ErrorCode::kUntrusted, "a VCEK for another TCB");
  }
  return {};
}

Result<const GenerationRoots*> RootsOfProduct(std::string_view product,
                                              const Roots& roots) {
  for (Generation generation : kGenerations) {
    const GenerationRoots* found = roots.Find(generation);
    if (product == GenerationName(generation) && found != nullptr) return found;
  }
  return Fail(ErrorCode::kInvalidInput, "not the id of a revocation list");
}

// Is this the ARK's list? It is kept no longer than it says. The verifier
// checks it again; here a wrong or old list is kept out of the cache, where it
// would refuse every guest until it is let go.
Result<> CheckCrl(const Key& key, const Roots& roots, int64_t now_unix_s,
                  Fetched& fetched) {
  const auto [kind, product] = Cut(key.id);
  const GenerationRoots* pinned = TRY(RootsOfProduct(product, roots));
  const crypto::Crl crl = TRY(crypto::Crl::FromDer(fetched.bytes));
  if (!Equal(crl.IssuerDer(), pinned->ark.subject_der) ||
      !crl.SignedBy(pinned->ark.key)) {
    return Fail(ErrorCode::kUntrusted,
                "a revocation list that is not by AMD's ARK");
  }
  const std::optional<int64_t> until = crl.NextUpdateUnixS();
  if (until.has_value()) {
    const int64_t asked =
        fetched.expires_unix_s.value_or(now_unix_s + kCrlTtlS);
    fetched.expires_unix_s = std::min(*until, asked);
  }
  return {};
}

Result<> CheckAnswer(const Key& key, const Roots& roots, int64_t now_unix_s,
                     Fetched& fetched) {
  if (key.kind == kCrlCollateral)
    return CheckCrl(key, roots, now_unix_s, fetched);
  const VcekId id = TRY(VcekId::Parse(key.id));
  return CheckVcek(fetched.bytes, id, roots);
}

tl::unexpected<Miss> MissOf(Error error) {
  return tl::unexpected<Miss>(Miss{std::move(error), std::nullopt});
}

Answer Checked(const Key& key, Answer answer, std::string_view source,
               const Roots& roots, int64_t now_unix_s) {
  if (!answer) return answer;
  const Result<> good = CheckAnswer(key, roots, now_unix_s, *answer);
  if (good) return answer;
  return MissOf(Error{ErrorCode::kBadPeer,
                      std::string(source) + " gave " + good.error().Text(),
                      nullptr,
                      {}});
}

// AMD's service. Wraps the plain HTTP source.
class KdsSource final : public collateral::Source {
 public:
  KdsSource(const VcekSourceConfig& config, std::shared_ptr<const Roots> roots,
            http::Fetcher& fetcher, const Clock& clock)
      : roots_(std::move(roots)) {
    collateral::HttpSourceOptions options;
    options.name = "kds";
    options.max_body = kMaxCrlSize;
    options.url = [base = config.base_url](const Key& key) {
      return Url(base, key);
    };
    http_ = collateral::MakeHttpSource(std::move(options), fetcher, clock);
  }

  std::string_view name() const override { return "kds"; }
  Answer Fetch(const Key& key, const RequestContext& context) override {
    return Checked(key, http_->Fetch(key, context), name(), *roots_,
                   context.clock->UnixSeconds());
  }

 private:
  static Result<std::string> Url(const std::string& base, const Key& key) {
    if (key.kind == kCrlCollateral) {
      const auto [kind, product] = Cut(key.id);
      return base + "/" + std::string(kind) + "/v1/" + std::string(product) +
             "/crl";
    }
    const VcekId id = TRY(VcekId::Parse(key.id));
    return KdsVcekUrl(base, id);
  }

  std::shared_ptr<const Roots> roots_;
  std::shared_ptr<collateral::Source> http_;
};

// A folder:
//   vcek/{hwid}/bl03_tee00_snp08_ucode115[_fmc00]_vcek.der, or
//   vcek/{hwid}/vcek.der
//   crl/{vcek|vlek}_{Milan|Genoa|Turin}.crl
class OfflineStore final : public collateral::Source {
 public:
  OfflineStore(fs::path folder, std::shared_ptr<const Roots> roots)
      : folder_(std::move(folder)), roots_(std::move(roots)) {}

  std::string_view name() const override { return "offline_store"; }

  Answer Fetch(const Key& key, const RequestContext& context) override {
    const Result<fs::path> path = Locate(key);
    if (!path) return MissOf(path.error());
    Result<Bytes> bytes = Read(*path);
    if (!bytes) return MissOf(bytes.error());
    Fetched fetched;
    fetched.bytes = *std::move(bytes);
    fetched.expires_unix_s = context.clock->UnixSeconds() + kFileTtlS;
    return Checked(key, std::move(fetched), name(), *roots_,
                   context.clock->UnixSeconds());
  }

 private:
  // Whether the file is there; a failure other than "absent" is an error, so
  // that a broken disk does not look like an unknown chip.
  static Result<bool> Exists(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found) return false;
    if (error) {
      return Fail(ErrorCode::kUnavailable,
                  path.string() + ": " + error.message());
    }
    return true;
  }

  Result<fs::path> Locate(const Key& key) const {
    if (key.kind == kCrlCollateral) {
      const auto [kind, product] = Cut(key.id);
      return First({folder_ / "crl" /
                    (std::string(kind) + "_" + std::string(product) + ".crl")});
    }
    // The id is parsed, so no path can be smuggled in.
    const VcekId id = TRY(VcekId::Parse(key.id));
    const fs::path chip = folder_ / "vcek" / id.hardware_id;
    return First({chip / (TcbText(id.tcb) + "_vcek.der"), chip / "vcek.der"});
  }

  static Result<fs::path> First(const std::vector<fs::path>& candidates) {
    for (const fs::path& path : candidates) {
      const bool exists = TRY(Exists(path));
      if (exists) return path;
    }
    return Fail(ErrorCode::kNotFound, "no file " + candidates.front().string());
  }

  static Result<Bytes> Read(const fs::path& path) {
    std::error_code error;
    const uintmax_t size = fs::file_size(path, error);
    if (error || size > kMaxCrlSize) {
      return Fail(ErrorCode::kUnavailable,
                  path.string() + ": cannot be read, or too large");
    }
    std::ifstream in(path, std::ios::binary);
    Bytes bytes{std::istreambuf_iterator<char>(in),
                std::istreambuf_iterator<char>()};
    if (!in.good() && !in.eof()) {
      return Fail(ErrorCode::kUnavailable, path.string() + ": cannot be read");
    }
    return bytes;
  }

  fs::path folder_;
  std::shared_ptr<const Roots> roots_;
};

}  // namespace

VcekId VcekId::Of(const Report& report, Generation generation) {
  const ByteView chip_id = report.chip_id;
  const size_t size = generation == Generation::kTurin ? 8 : chip_id.size();
  return VcekId{generation, HexEncode(chip_id.first(size)),
                DecodeTcb(report.reported_tcb, generation)};
}

std::string VcekId::Text() const {
  return std::string(GenerationName(generation)) + "/" + hardware_id + "/" +
         TcbText(tcb);
}

Result<VcekId> VcekId::Parse(std::string_view text) {
  const auto [product, rest] = Cut(text);
  const auto [hardware_id, tcb_text] = Cut(rest);
  const Result<Bytes> hardware = HexDecode(hardware_id);
  const std::optional<Tcb> tcb = ParseTcb(tcb_text);
  for (Generation generation : kGenerations) {
    if (product != GenerationName(generation)) continue;
    const bool turin = generation == Generation::kTurin;
    const size_t size = turin ? 8 : 64;
    if (!hardware || hardware->size() != size || !tcb) break;
    if (tcb->fmc.has_value() != turin) break;
    return VcekId{generation, HexEncode(*hardware), *tcb};
  }
  return Fail(ErrorCode::kInvalidInput, "not the id of a VCEK");
}

bool VcekId::masked() const {
  return hardware_id.find_first_not_of('0') == std::string::npos;
}

std::string CrlIdText(VekKind kind, Generation generation) {
  return std::string(VekKindName(kind)) + "/" +
         std::string(GenerationName(generation));
}

Result<std::string> KdsVcekUrl(std::string_view base_url, const VcekId& id) {
  if (id.masked()) {
    return Fail(ErrorCode::kNotFound,
                "the chip id is masked (all zero), so AMD cannot be asked");
  }
  std::string url(base_url);
  url += "/vcek/v1/" + std::string(GenerationName(id.generation)) + "/" +
         id.hardware_id + "?";
  if (id.tcb.fmc.has_value()) url += "fmcSPL=" + TwoDigits(*id.tcb.fmc) + "&";
  url += "blSPL=" + TwoDigits(id.tcb.bootloader) +
         "&teeSPL=" + TwoDigits(id.tcb.tee) +
         "&snpSPL=" + TwoDigits(id.tcb.snp) +
         "&ucodeSPL=" + TwoDigits(id.tcb.microcode);
  return url;
}

void AddSources(const SnpConfig& config, std::shared_ptr<const Roots> roots,
                http::Fetcher& fetcher, const Clock& clock,
                collateral::Collateral& cache) {
  for (const VcekSourceConfig& source : config.vcek_sources) {
    std::shared_ptr<collateral::Source> made;
    if (source.type == VcekSourceConfig::Type::kKds) {
      made = std::make_shared<KdsSource>(source, roots, fetcher, clock);
    } else {
      made = std::make_shared<OfflineStore>(source.path, roots);
    }
    cache.AddSource(std::string(kVcekCollateral), made);
    cache.AddSource(std::string(kCrlCollateral), made);
  }
}

}  // namespace vouchsafe::snp
