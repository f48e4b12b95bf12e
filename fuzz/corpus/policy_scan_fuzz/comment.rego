package policy
# input.not.seen
allow if input["snp"].debug == `input.x`
