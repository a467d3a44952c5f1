local s = "x"
print(s:rep(2))
s:rep({})
