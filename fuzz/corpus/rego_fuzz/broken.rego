package policy
allow if {