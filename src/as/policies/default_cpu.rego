# How evidence of a confidential guest is judged unless the operator says
# otherwise. Each claim begins with what is said of a platform that nothing is
# known about, and improves when the evidence agrees with reference values.
#
#   executables    3 the measured software is the expected one
#                  4 the measured boot agrees, the kernel's events do not prove it
#                 33 not recognised
#   hardware       2 genuine, at the expected firmware
#                 32 no hardware at all: sample evidence
#                 97 not recognised
#   configuration  2 as expected    3 nothing unsafe found    36 not known
#
# A reference value that is asked for with `unless_told` narrows the rule only
# where the operator has registered it.
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

# `value` is among the registered ones, or none are registered.
unless_told(_, registered) if registered == null

unless_told(value, registered) if value in registered

# --- sample: for tests only. It proves nothing, so it never affirms.

executables := 3 if input.sample.launch_digest in query_reference_value("launch_digest")

hardware := 32 if {
	input.sample.svn in query_reference_value("svn")
	input.sample.platform_version.major == query_reference_value("major_version")
	least := query_reference_value("minimum_minor_version")
	is_number(least)
	input.sample.platform_version.minor >= least
}

configuration := 2 if input.sample.debug == false

# --- snp: native booleans and numbers.

executables := 3 if input.snp.measurement in query_reference_value("snp_launch_measurement")

hardware := 2 if {
	input.snp.reported_tcb_bootloader in query_reference_value("snp_bootloader")
	input.snp.reported_tcb_microcode in query_reference_value("snp_microcode")
	input.snp.reported_tcb_snp in query_reference_value("snp_snp_svn")
	input.snp.reported_tcb_tee in query_reference_value("snp_tee_svn")
}

configuration := 2 if {
	snp_closed
	input.snp.platform_smt_enabled == query_reference_value("snp_smt_enabled")
	input.snp.platform_tsme_enabled == query_reference_value("snp_tsme_enabled")
	input.snp.policy_abi_major == query_reference_value("snp_guest_abi_major")
	input.snp.policy_abi_minor == query_reference_value("snp_guest_abi_minor")
	input.snp.policy_single_socket == query_reference_value("snp_single_socket")
	input.snp.policy_smt_allowed == query_reference_value("snp_smt_allowed")
} else := 3 if snp_closed

# Neither a debugger nor a migration agent can look inside.
snp_closed if {
	input.snp.policy_debug_allowed == false
	input.snp.policy_migrate_ma == false
}

# --- az-snp-vtpm: the same facts, every one of them a string.

executables := 3 if {
	input["az-snp-vtpm"].measurement in query_reference_value("measurement")
	input["az-snp-vtpm"].tpm.pcr11 in query_reference_value("snp_pcr11")
}

hardware := 2 if {
	input["az-snp-vtpm"].reported_tcb_bootloader in query_reference_value("tcb_bootloader")
	input["az-snp-vtpm"].reported_tcb_microcode in query_reference_value("tcb_microcode")
	input["az-snp-vtpm"].reported_tcb_snp in query_reference_value("tcb_snp")
	input["az-snp-vtpm"].reported_tcb_tee in query_reference_value("tcb_tee")
}

configuration := 2 if {
	input["az-snp-vtpm"].policy_debug_allowed == "false"
	input["az-snp-vtpm"].policy_migrate_ma == "false"
	input["az-snp-vtpm"].platform_smt_enabled in query_reference_value("smt_enabled")
	input["az-snp-vtpm"].platform_tsme_enabled in query_reference_value("tsme_enabled")
	input["az-snp-vtpm"].policy_abi_major in query_reference_value("abi_major")
	input["az-snp-vtpm"].policy_abi_minor in query_reference_value("abi_minor")
	input["az-snp-vtpm"].policy_single_socket in query_reference_value("single_socket")
	input["az-snp-vtpm"].policy_smt_allowed in query_reference_value("smt_allowed")
}

# --- tdx

executables := 3 if {
	tdx_boot
	tdx_kernel
	tdx_command_line
} else := 4 if tdx_boot

tdx_boot if {
	input.tdx.quote.body.rtmr_1 in query_reference_value("rtmr_1")
	input.tdx.quote.body.rtmr_2 in query_reference_value("rtmr_2")
	unless_told(input.tdx.quote.body.rtmr_0, query_reference_value("rtmr_0"))
	unless_told(input.tdx.quote.body.rtmr_3, query_reference_value("rtmr_3"))
}

tdx_kernel if {
	some event in input.tdx.uefi_event_logs
	event.type_name == "EV_EFI_BOOT_SERVICES_APPLICATION"
	"File(kernel)" in event.details.device_paths
	some entry in event.digests
	entry.digest == query_reference_value("tdvfkernel")
}

tdx_command_line if {
	some event in input.tdx.uefi_event_logs
	event.type_name == "EV_EVENT_TAG"
	event.details.string == "LOADED_IMAGE::LoadOptions"
	some entry in event.digests
	entry.digest == query_reference_value("tdvfkernelparams")
}

hardware := 2 if {
	intel_td(input.tdx.quote)
	input.tdx.quote.body.mr_td in query_reference_value("mr_td")
	unless_told(input.tdx.quote.body.mr_seam, query_reference_value("mr_seam"))
	intel_platform(input.tdx)
}

configuration := 2 if {
	input.tdx.td_attributes.debug == false
	input.tdx.quote.body.xfam in query_reference_value("xfam")
}

# A quote by Intel's quoting enclave for a trust domain.
intel_td(quote) if {
	quote.header.tee_type == "81000000"
	quote.header.vendor_id == "939a7233f79c4ca9940a0db3957f0607"
}

# Firmware up to date, judged with collateral that has not expired, and no
# advisory that the operator does not accept.
intel_platform(claims) if {
	claims.tcb_status == "UpToDate"
	claims.collateral_expiration_status == "0"
	accepted := query_reference_value("accepted_advisory_ids")
	every advisory in object.get(claims, "advisory_ids", []) {
		unless_told(advisory, accepted)
	}
}

# --- az-tdx-vtpm

executables := 3 if input["az-tdx-vtpm"].tpm.pcr11 in query_reference_value("tdx_pcr11")

hardware := 2 if {
	intel_td(input["az-tdx-vtpm"].quote)
	input["az-tdx-vtpm"].quote.body.mr_td in query_reference_value("mr_td")
	unless_told(input["az-tdx-vtpm"].quote.body.mr_seam, query_reference_value("mr_seam"))
	intel_platform(input["az-tdx-vtpm"])
}

configuration := 2 if {
	input["az-tdx-vtpm"].td_attributes.debug == false
	input["az-tdx-vtpm"].quote.body.xfam in query_reference_value("xfam")
}

# --- sgx: every claim is the hex of the field as it lies in the report.

executables := 3 if {
	input.sgx.body.mr_enclave in query_reference_value("sgx_mr_enclave")
	unless_told(input.sgx.body.mr_signer, query_reference_value("sgx_mr_signer"))
}

hardware := 2 if {
	input.sgx.header.vendor_id == "939a7233f79c4ca9940a0db3957f0607"
	intel_platform(input.sgx)
}

configuration := 2 if {
	sgx_closed
	input.sgx.body.isv_prod_id in query_reference_value("sgx_isv_prod_id")
	input.sgx.body.isv_svn in query_reference_value("sgx_isv_svn")
} else := 3 if sgx_closed

# Bit 1 of the attributes, DEBUG, is in the second digit of the first byte.
sgx_closed if substring(input.sgx.body["attributes.flags"], 1, 1) in {"0", "1", "4", "5", "8", "9", "c", "d"}

# --- tpm: a TPM is worth what its attestation key is worth.

executables := 3 if {
	input.tpm.pcr11 in query_reference_value("tpm_pcr11")
	input.tpm.ak_public in query_reference_value("trusted_aks")
}

hardware := 2 if input.tpm.ak_public in query_reference_value("trusted_aks")

configuration := 0 if input.tpm

# --- se: only a guest built for the configured host keys and image header can
# answer the challenge. Registered values narrow that to single images.

executables := 3 if {
	input.se
	unless_told(input.se.tag, query_reference_value("se_tag"))
	unless_told(input.se.image_phkh, query_reference_value("se_image_phkh"))
}

hardware := 2 if {
	input.se
	unless_told(input.se.attestation_phkh, query_reference_value("se_attestation_phkh"))
}

configuration := 2 if input.se

# --- cca: base64 values, as the token has them.

executables := 3 if {
	input.cca.realm["cca-realm-initial-measurement"] in query_reference_value("cca_realm_initial_measurement")
	extensible := query_reference_value("cca_realm_extensible_measurements")
	every measurement in object.get(input.cca.realm, "cca-realm-extensible-measurements", []) {
		unless_told(measurement, extensible)
	}
}

hardware := 2 if {
	input.cca.platform["cca-platform-implementation-id"] in query_reference_value("cca_platform_implementation_id")
	unless_told(input.cca.platform["cca-platform-instance-id"], query_reference_value("cca_platform_instance_id"))
}

configuration := 2 if input.cca.realm["cca-realm-personalization-value"] in query_reference_value("cca_realm_personalization_value")

# --- csv

executables := 3 if {
	input.csv.measure in query_reference_value("csv_measure")
	unless_told(object.get(input.csv, "rtmr1", ""), query_reference_value("csv_rtmr1"))
	unless_told(object.get(input.csv, "rtmr2", ""), query_reference_value("csv_rtmr2"))
}

hardware := 2 if input.csv.serial_number in query_reference_value("csv_serial_number")

configuration := 2 if {
	csv_closed
	input.csv.policy.nosend == 1
} else := 3 if csv_closed

csv_closed if {
	input.csv.policy.nodbg == 1
	input.csv.policy.es == 1
}

# --- What else the token says of the guest, from init data that the evidence
# vouches for.

extensions := [{
	"name": "ear.trustee.identifiers",
	"key": -18,
	"value": {"validated": validated},
}]

validated[name] := values if {
	some name, values in {"container_images": container_images, "container_uids": container_uids}
	count(values) > 0
}

containers := object.get(input, ["init_data_claims", "agent_policy_claims", "containers"], [])

container_images := [image |
	some container in containers
	image := container.OCI.Annotations["io.kubernetes.cri.image-name"]
]

container_uids := [uid |
	some container in containers
	uid := container.OCI.Process.User.UID
]
