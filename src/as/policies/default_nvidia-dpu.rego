# How evidence of an NVIDIA DPU is judged unless the operator says otherwise.
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

executables := 3 if input["nvidia-dpu"].accumulated_fwid in query_reference_value("dpu_accumulated_fwid")

hardware := 2 if input["nvidia-dpu"].device_serial in query_reference_value("dpu_device_serial")

configuration := 2 if {
	input["nvidia-dpu"].device_class in query_reference_value("dpu_device_class")
	input["nvidia-dpu"].firmware_layers_count in query_reference_value("dpu_firmware_layers_count")
}
