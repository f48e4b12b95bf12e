# How evidence of a GPU is judged unless the operator says otherwise: by the
# claims of NVIDIA's remote attestation service, or by measurements that were
# verified here.
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

# --- NVIDIA's remote service

hardware := 2 if {
	good_chain(input.nvidia["x-nvidia-gpu-attestation-report-cert-chain"])
	input.nvidia["x-nvidia-gpu-attestation-report-cert-chain-fwid-match"]
	input.nvidia["x-nvidia-gpu-attestation-report-parsed"]
	input.nvidia["x-nvidia-gpu-attestation-report-signature-verified"]
	input.nvidia["x-nvidia-gpu-arch-check"]
}

configuration := 2 if {
	nvidia_closed
	input.nvidia["x-nvidia-gpu-vbios-version"] in query_reference_value("allowed_vbios_versions")
	input.nvidia["x-nvidia-gpu-driver-version"] in query_reference_value("allowed_driver_versions")
} else := 3 if nvidia_closed

nvidia_closed if {
	input.nvidia.secboot
	input.nvidia.dbgstat == "disabled"
}

executables := 3 if {
	good_chain(input.nvidia["x-nvidia-gpu-vbios-rim-cert-chain"])
	good_chain(input.nvidia["x-nvidia-gpu-driver-rim-cert-chain"])
	input.nvidia["x-nvidia-gpu-vbios-rim-fetched"]
	input.nvidia["x-nvidia-gpu-vbios-rim-measurements-available"]
	input.nvidia["x-nvidia-gpu-vbios-rim-schema-validated"]
	input.nvidia["x-nvidia-gpu-vbios-rim-signature-verified"]
	input.nvidia["x-nvidia-gpu-vbios-rim-version-match"]
	input.nvidia["x-nvidia-gpu-driver-rim-fetched"]
	input.nvidia["x-nvidia-gpu-driver-rim-measurements-available"]
	input.nvidia["x-nvidia-gpu-driver-rim-schema-validated"]
	input.nvidia["x-nvidia-gpu-driver-rim-signature-verified"]
	input.nvidia["x-nvidia-gpu-driver-rim-version-match"]
	input.nvidia.measres == "success"
}

# --- verified here: only these claims have `measurements`.

hardware := 2 if {
	input.nvidia.measurements
	input.nvidia.arch in query_reference_value("allowed_gpu_archs")
}

executables := 3 if {
	count(known_measurements) > 0
	every index in known_measurements {
		input.nvidia.measurements[index] in query_reference_value(measurement_id(index))
	}
}

# Those that a reference manifest speaks of.
known_measurements contains index if {
	some index, _ in input.nvidia.measurements
	query_reference_value(measurement_id(index)) != null
}

measurement_id(index) := concat("", ["NVIDIA_Corporation.GPU.measurement_", index])

# --- sampledevice: for tests only. It proves nothing, so it never affirms.

hardware := 32 if input.sampledevice.svn in query_reference_value("device_svn")
