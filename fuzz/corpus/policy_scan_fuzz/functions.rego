package policy

allow if {
	every v in [1, 2] {
		v < 3
	}
	not f("x")
	count({y | y := input.n[_]}) == 1
}

f(s) := upper(s) if startswith(s, "y")
else := lower(s)
