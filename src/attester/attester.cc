#include "attester/attester.h"

#include "base/encoding.h"

namespace vouchsafe::attester {
namespace {

class SampleAttester final : public Attester {
 public:
  std::string_view tee() const override { return "sample"; }
  Result<json::Value> Evidence(ByteView report_data) override {
    json::Object evidence;
    evidence.Set("svn", "1");
    evidence.Set("report_data", Base64Encode(report_data));
    return json::Value(std::move(evidence));
  }
};

class RecordedAttester final : public Attester {
 public:
  RecordedAttester(std::string tee, json::Value evidence)
      : tee_(std::move(tee)), evidence_(std::move(evidence)) {}
  std::string_view tee() const override { return tee_; }
  Result<json::Value> Evidence(ByteView) override { return evidence_; }

 private:
  const std::string tee_;
  const json::Value evidence_;
};

}  // namespace

std::unique_ptr<Attester> MakeSampleAttester() {
  return std::make_unique<SampleAttester>();
}

std::unique_ptr<Attester> MakeRecordedAttester(std::string tee,
                                               json::Value evidence) {
  return std::make_unique<RecordedAttester>(std::move(tee),
                                            std::move(evidence));
}

}  // namespace vouchsafe::attester
