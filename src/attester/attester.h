#pragma once

// The guest's side: evidence over given report data. Here are the attesters
// that need no hardware; those of TEEs are additions beside them.

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::attester {

class Attester {
 public:
  virtual ~Attester() = default;
  // The TEE's name on the wire.
  virtual std::string_view tee() const = 0;
  // Evidence as it stands in `primary_evidence`.
  virtual Result<json::Value> Evidence(ByteView report_data) = 0;
};

// {"svn":"1","report_data":"<base64>"}: proves nothing; for trying things out.
std::unique_ptr<Attester> MakeSampleAttester();

// Evidence made elsewhere, sent as it is, whatever the report data: it passes
// only where that evidence binds what is asked for.
std::unique_ptr<Attester> MakeRecordedAttester(std::string tee,
                                               json::Value evidence);

}  // namespace vouchsafe::attester
