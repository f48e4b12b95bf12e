#pragma once

// Collateral by key, from memory; remembers what was asked for.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "collateral/collateral.h"

namespace vouchsafe::fake {

// Not for concurrent use.
class FakeCollateral final : public collateral::Provider {
 public:
  void Put(const std::string& kind, const std::string& id, Bytes bytes) {
    collateral::Object object;
    object.key = {kind, id};
    object.bytes = std::move(bytes);
    object.source = "fake";
    object.expires_unix_s = 1'900'000'000;
    objects_[{kind, id}] =
        std::make_shared<const collateral::Object>(std::move(object));
  }
  // What everything else gives.
  void FailWith(ErrorCode code) { code_ = code; }

  Result<std::shared_ptr<const collateral::Object>> Get(
      const collateral::Key& key, const RequestContext& context) override {
    TRY(context.Alive());
    asked.push_back(key.kind + "/" + key.id);
    const auto found = objects_.find({key.kind, key.id});
    if (found == objects_.end()) return Fail(code_, "fake: no such object");
    return found->second;
  }

  std::vector<std::string> asked;  // "kind/id", in order

 private:
  std::map<std::pair<std::string, std::string>,
           std::shared_ptr<const collateral::Object>>
      objects_;
  ErrorCode code_ = ErrorCode::kUnavailable;
};

}  // namespace vouchsafe::fake
