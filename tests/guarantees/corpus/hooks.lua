-- Hooks set and cleared; their calls are not shown, as they depend on the engine.
debug.sethook(function() end, "", 0)
debug.sethook()
local n = 0
for i = 1, 10 do n = n + i end
print(n, debug.gethook())
