# A protected PCIe topology of eight GPUs and four switches. The verifier makes
# this entry only when the devices agree on it; each device has an entry and a
# verdict of its own.
package policy

import rego.v1

trust_claims := {
	"executables": 0,
	"hardware": 0,
	"configuration": 2,
	"instance-identity": 0,
	"file-system": 0,
	"runtime-opaque": 0,
	"storage-opaque": 0,
	"sourced-data": 0,
}
