# How evidence of an NVSwitch is judged unless the operator says otherwise, by
# the claims of NVIDIA's remote attestation service.
package policy

import rego.v1

default executables := 33

default hardware := 97

default configuration := 36

trust_claims := {
	"executables": executables,
	"hardware": hardware,
	"configuration": configuration,
	"instance-identity": 0,
	"file-system": 0,
	"runtime-opaque": 0,
	"storage-opaque": 0,
	"sourced-data": 0,
}

good_chain(chain) if {
	chain["x-nvidia-cert-status"] == "valid"
	chain["x-nvidia-cert-ocsp-status"] == "good"
}

hardware := 2 if {
	good_chain(input.nvidia["x-nvidia-switch-attestation-report-cert-chain"])
	input.nvidia["x-nvidia-switch-attestation-report-cert-chain-fwid-match"]
	input.nvidia["x-nvidia-switch-attestation-report-parsed"]
	input.nvidia["x-nvidia-switch-attestation-report-signature-verified"]
	input.nvidia["x-nvidia-switch-arch-check"]
}

configuration := 2 if {
	closed
	input.nvidia["x-nvidia-switch-bios-version"] in query_reference_value("allowed_switch_bios_versions")
} else := 3 if closed

closed if {
	input.nvidia.secboot
	input.nvidia.dbgstat == "disabled"
}

executables := 3 if {
	good_chain(input.nvidia["x-nvidia-switch-bios-rim-cert-chain"])
	input.nvidia["x-nvidia-switch-bios-rim-fetched"]
	input.nvidia["x-nvidia-switch-bios-rim-measurements-available"]
	input.nvidia["x-nvidia-switch-bios-rim-schema-validated"]
	input.nvidia["x-nvidia-switch-bios-rim-signature-verified"]
	input.nvidia["x-nvidia-switch-bios-rim-version-match"]
	input.nvidia.measres == "success"
}
