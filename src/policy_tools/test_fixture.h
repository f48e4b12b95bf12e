#pragma once

// A folder with a policy, its documents and its reference values.

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <utility>

#include "policy_tools/loading.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::policy_tools {

inline constexpr const char* kPolicy = R"(package policy

import rego.v1

default allow := false

allow if {
	data.plugin == "resource"
	input.user in query_reference_value("users")
}
)";

class Tools : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  PolicySetup Allowing() {
    PolicySetup setup;
    setup.policies = {Write("policy.rego", kPolicy)};
    setup.input = Write("input.json", R"({"user": "ada"})");
    setup.data = {Write("data.json", R"({"plugin": "resource"})")};
    setup.reference_values = Write("rv.json", R"({"users": ["ada"]})");
    return setup;
  }
  Loaded LoadOf(const PolicySetup& setup) {
    auto loaded = Load(setup);
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().Text());
    return loaded ? std::move(*loaded) : Loaded();
  }

  vouchsafe::testing::TempDir folder_;
};

}  // namespace vouchsafe::policy_tools
