# The policy of Simple tokens unless the operator says otherwise: no claim may
# contradict the reference values. A claim that nothing is registered for, or an
# empty list, contradicts nothing.
package policy

import rego.v1

default allow := false

allow if {
	every name, value in input {
		agrees(name, value)
	}
}

agrees(name, _) if not registered(name)

agrees(name, value) if value == data.reference[name]

agrees(name, value) if {
	is_array(data.reference[name])
	value in data.reference[name]
}

registered(name) if {
	some key, values in data.reference
	key == name
	values != []
}
