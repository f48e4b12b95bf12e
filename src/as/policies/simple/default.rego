# The policy of Simple tokens unless the operator says otherwise: no claim may
# contradict the reference values. A claim that nothing is registered for, or an
# empty list, contradicts nothing. In the syntax of Rego v0, as policies for
# these tokens were written.
package policy

default allow = false

allow {
	not contradicted
}

contradicted {
	value := input[name]
	registered(name)
	not agrees(name, value)
}

agrees(name, value) {
	data.reference[name] == value
}

agrees(name, value) {
	is_array(data.reference[name])
	data.reference[name][_] == value
}

registered(name) {
	data.reference[name] != []
}
