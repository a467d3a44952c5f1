-- Only the cheap end of unlimited recursion: through metamethods, pcall and coroutines.
local t = setmetatable({}, {__index = function(t, k) if k == 0 then return "end" end return t[k - 1] end})
print(t[60])
local function wrap(n) if n == 0 then return 0 end return 1 + coroutine.wrap(wrap)(n - 1) end
print(wrap(20))
local function protect(n) if n == 0 then return 0 end local _, v = pcall(protect, n - 1) return v + 1 end
print(protect(60))
local chain = {}
local head = chain
for i = 1, 30 do local n = {} setmetatable(head, {__index = n}) head = n end
head.found = "far away"
print(chain.found)
local loop = {}
setmetatable(loop, {__index = loop})
print(pcall(function() return loop.x end))
