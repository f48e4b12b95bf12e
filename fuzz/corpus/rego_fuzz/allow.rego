package policy

import rego.v1

default allow := false

allow if {
	some x in input.a
	x == "b"
}
