#include "storage/local_fs.h"
#include "storage/local_json.h"
#include "storage/memory.h"
#include "storage/store_contract.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::storage {
namespace {

using Opener = decltype(&OpenLocalFs);

struct Disk {
  vouchsafe::testing::TempDir dir;
  std::unique_ptr<Env> env = MakePosixEnv();
};

ContractSubject OnDisk(Opener open, const Clock& clock, Durability durability) {
  auto disk = std::make_shared<Disk>();
  ContractSubject subject;
  subject.keep_alive = disk;
  subject.reopen = [=, &clock, disk = disk.get()] {
    return open(*disk->env, clock, disk->dir.path(), "space/name", durability)
        .value();
  };
  subject.store = subject.reopen();
  return subject;
}

const ContractBackend kBackends[] = {
    {"Memory",
     [](const Clock& clock) {
       return ContractSubject{MakeMemoryStore(clock), nullptr, nullptr};
     }},
    {"LocalFs",
     [](const Clock& clock) {
       return OnDisk(OpenLocalFs, clock, Durability::kPowerLoss);
     }},
    {"LocalFsNoSync",
     [](const Clock& clock) {
       return OnDisk(OpenLocalFs, clock, Durability::kKill);
     }},
    {"LocalJson",
     [](const Clock& clock) {
       return OnDisk(OpenLocalJson, clock, Durability::kPowerLoss);
     }},
    {"LocalJsonNoSync",
     [](const Clock& clock) {
       return OnDisk(OpenLocalJson, clock, Durability::kKill);
     }},
};

std::string BackendName(
    const ::testing::TestParamInfo<ContractBackend>& param) {
  return param.param.name;
}
INSTANTIATE_TEST_SUITE_P(Backends, StoreContract,
                         ::testing::ValuesIn(kBackends), BackendName);

}  // namespace
}  // namespace vouchsafe::storage
