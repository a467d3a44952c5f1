-- Only here: lua5.1 has no such thing.
-- Memory errors that a script catches by itself.
print(pcall(string.rep, "x", 1e10))
local ok, e = pcall(function() local s = "x" while true do s = s .. s end end)
print(ok, e)
print(#W.text, W.count())
local ok2, e2 = pcall(function() return ("y"):rep(2^40) end)
print(ok2, e2)
print(coroutine.resume(coroutine.create(function() return string.rep("z", 1e12) end)))
