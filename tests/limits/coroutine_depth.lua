-- Coroutines resuming coroutines: 10,000 deep gives a result or a Lua error; many alive at once.
local function nest(n) if n == 0 then return "bottom" end local ok, r = coroutine.resume(coroutine.create(nest), n - 1) if not ok then error(r, 0) end return r end
assert(nest(100) == "bottom", "100 nested resumes")
for _, n in ipairs { 150, 1000, 10000 } do local ok, r = pcall(nest, n) assert(ok and r == "bottom" or not ok and type(r) == "string" and r:find("overflow", 1, true), n .. " nested resumes: " .. tostring(r)) end
local function wrapnest(n) if n == 0 then return "bottom" end return (coroutine.wrap(wrapnest)(n - 1)) end
for _, n in ipairs { 100, 10000 } do local ok, r = pcall(wrapnest, n) assert(ok and r == "bottom" or not ok and type(r) == "string" and r:find("overflow", 1, true), n .. " nested wraps: " .. tostring(r)) end
-- a yield travels through each level of wrappers
local function gen(n) return coroutine.wrap(function() if n == 0 then for i = 1, 5 do coroutine.yield(i) end else for v in gen(n - 1) do coroutine.yield(v + 1) end end end) end
local out = {} for v in gen(40) do out[#out + 1] = v end assert(table.concat(out, " ") == "41 42 43 44 45", "40 chained generators: " .. table.concat(out, " "))
local ok, r = pcall(function() local last for v in gen(5000) do last = v end return last end) assert(ok and r == 5005 or not ok and type(r) == "string", "5000 chained generators: " .. tostring(r))
-- unbounded nesting ends with an error
local deepest = 0 local function forever(n) deepest = n local ok, e = coroutine.resume(coroutine.create(forever), n + 1) if not ok then error(e, 0) end return e end
ok, r = pcall(function() return forever(1) end) assert(not ok and type(r) == "string", "unbounded nesting of coroutines ends with an error") assert(deepest >= 100, "depth " .. deepest)
-- errors pass through all levels
local function err(n) if n == 0 then error({ "obj" }) end local ok, e = coroutine.resume(coroutine.create(err), n - 1) assert(not ok) error(e, 0) end
ok, r = pcall(err, 100) assert(not ok and type(r) == "table" and r[1] == "obj", "an error object through 100 coroutines")
-- deep Lua stacks inside coroutines
local function deep(n) if n == 0 then coroutine.yield "deep" return 0 end return 1 + deep(n - 1) end
local co = coroutine.create(deep) ok, r = coroutine.resume(co, 10000) assert(ok and r == "deep", "yield from 10000 levels") ok, r = coroutine.resume(co) assert(ok and r == 10000, "return through 10000 levels after the yield: " .. tostring(r))
-- 100000 suspended at once, half dropped, the others resumed
local list = {} for i = 1, 100000 do local c = coroutine.wrap(function(a) local b = coroutine.yield(a) coroutine.yield(a + b) end) c(i) list[i] = c end for i = 1, 100000, 2 do list[i] = nil end collectgarbage() for i = 2, 100000, 2 do assert(list[i](1) == i + 1, "coroutine " .. i) end list = nil collectgarbage()
-- a million resumes of one coroutine; a million short coroutines
local c = coroutine.wrap(function() local i = 0 while true do i = i + 1 coroutine.yield(i) end end) for i = 1, 1000000 do assert(c() == i) end local s = 0 for i = 1, 200000 do s = s + coroutine.wrap(function() return 1 end)() end assert(s == 200000)
-- many values through resume and yield: a result or an error
for _, n in ipairs { 100, 1000, 5000, 100000 } do local big = {} for i = 1, n do big[i] = i end local cw = coroutine.create(function(...) local a = select("#", ...) local b = select("#", coroutine.yield(...)) return a, b end) local ok, r = pcall(function() local first = select("#", coroutine.resume(cw, unpack(big))) local _, a, b = coroutine.resume(cw, unpack(big)) return first == n + 1 and a == n and b == n end) if n <= 5000 then assert(ok and r == true, n .. " values: " .. tostring(r)) else assert(ok or type(r) == "string") end end
-- misuse
local me me = coroutine.create(function() return coroutine.resume(me) end) local a, b, m = coroutine.resume(me) assert(a == true and b == false and type(m) == "string", "a running coroutine cannot resume itself") assert(not pcall(coroutine.yield, 1), "yield outside a coroutine is an error") local w w = coroutine.wrap(function() w() end) assert(not pcall(w), "a wrap that calls itself")
print "ok"
