#pragma once

// The resource policies that come with the product: the one a key broker
// starts with, and those kbs-client sends by name. Our own text with the
// meaning of Trustee's (kbs.md section 5).

#include <string_view>

namespace vouchsafe::policy {

// Resources only, and never to sample evidence of any kind.
inline constexpr std::string_view kDefaultResourcePolicy = R"rego(package policy

import rego.v1

# Which guests get which resource. `input` is the attestation token's claims,
# `data` the request: data.plugin, data["resource-path"], data.query.
#
# This is the policy a key broker starts with: it releases resources to every
# guest whose evidence came from real hardware. Sample evidence proves nothing
# and gets nothing. Replace it by one that looks at ear.status, for example
# with `kbs-client config set-resource-policy --affirming`.

default allow := false

allow if {
	data.plugin == "resource"
	not sample_evidence
}

sample_evidence if {
	some appraisal in input.submods
	evidence := appraisal["ear.veraison.annotated-evidence"]
	some tee in {"sample", "sampledevice"}
	evidence[tee]
}
)rego";

// Any attested guest, sample evidence included: for trying things out.
inline constexpr std::string_view kAllowAllResourcePolicy =
    R"rego(package policy

import rego.v1

default allow := false

allow if data.plugin == "resource"
)rego";

inline constexpr std::string_view kDenyAllResourcePolicy = R"rego(package policy

import rego.v1

default allow := false
)rego";

// Guests of which every part was appraised as affirming.
inline constexpr std::string_view kAffirmingResourcePolicy =
    R"rego(package policy

import rego.v1

default allow := false

allow if {
	data.plugin == "resource"
	count(input.submods) > 0
	every appraisal in input.submods {
		appraisal["ear.status"] == "affirming"
	}
}
)rego";

}  // namespace vouchsafe::policy
