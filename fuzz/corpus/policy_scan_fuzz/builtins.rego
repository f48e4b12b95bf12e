package policy

allow if sprintf("%s %d %v", ["a", 1, {"b": 2}]) == concat(" ", split("a,1", ","))
names contains n if n := object.keys(input)[_]
