-- Natives that ask for natives, and errors that pass through many coroutines, nest on no C++ stack.
local chain = {}
for i = 1, 7000 do chain[i] = pcall end
chain[#chain + 1] = function() return "bottom" end
local results = { pcall(unpack(chain)) }
assert(#results == 7002 and results[1] == true and results[7002] == "bottom", "a chain of pcalls")
chain[#chain] = function() error("deep", 0) end
results = { pcall(unpack(chain)) }
assert(results[7000] == true and results[7001] == false and results[7002] == "deep", "an error at the end of the chain")
local handlers = {}
for i = 1, 3000 do handlers[i] = xpcall end
local ok = pcall(unpack(handlers))
assert(type(ok) == "boolean", "a chain of xpcalls")
local function wraps(n) if n == 0 then error("bottom", 0) end return coroutine.wrap(wraps)(n - 1) end
local good, message = pcall(wraps, 3000)
assert(not good and message:sub(-6) == "bottom", "an error through 3000 wraps")
local depth = 0
local function without_end() depth = depth + 1 return coroutine.wrap(without_end)() end
good, message = pcall(without_end)
assert(not good and message:find("overflow", 1, true) and depth > 150, "wraps without end")
local t = setmetatable({}, { __index = rawget, __tostring = tostring, __call = pcall })
assert(t.missing == nil and pcall(tostring, t) ~= nil and t(print) ~= nil, "natives as metamethods")
assert(select(2, xpcall(error, error)) == "error in error handling", "error as the handler of error")
print "ok"
