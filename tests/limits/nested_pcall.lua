-- Ten thousand nested pcalls, with results and errors passing through all of them.
local function down(n)
  if n == 0 then return "bottom" end
  local ok, r = pcall(down, n - 1)
  if not ok then error(r, 0) end
  return r
end
for _, n in ipairs { 10, 100, 150, 1000, 10000 } do
  local ok, r = pcall(down, n)
  assert(ok and r == "bottom", n .. " nested pcalls: " .. tostring(r))
end
local function fail(n)
  if n == 0 then error("from the bottom", 0) end
  local ok, e = pcall(fail, n - 1)
  assert(not ok)
  error(e, 0)
end
for _, n in ipairs { 10, 150, 10000 } do
  local ok, e = pcall(fail, n)
  assert(not ok and e == "from the bottom", "an error through " .. n .. " pcalls: " .. tostring(e))
end
local obj = {}
local function failobj(n) if n == 0 then error(obj) end local ok, e = pcall(failobj, n - 1) error(e) end
local ok, e = pcall(failobj, 10000) assert(not ok and e == obj, "an error object through 10000 pcalls")
-- xpcall
local handled = 0
local function handler(m) handled = handled + 1 return m end
local function xdown(n) if n == 0 then error("x", 0) end local ok, r = xpcall(function() return xdown(n - 1) end, handler) error(r, 0) end
ok, e = pcall(xdown, 5000) assert(not ok and e == "x" and handled == 5000, "5000 nested xpcalls: " .. tostring(e) .. " handled " .. handled)
-- every level catches and continues with its own state
local function sum(n) if n == 0 then error(0, 0) end local ok, s = pcall(sum, n - 1) error(s + n, 0) end
ok, e = pcall(sum, 10000) assert(e == 10000 * 10001 / 2, "state of every level: " .. tostring(e))
-- a pcall with many results at every level
local function many(n) if n == 0 then return 1, 2, 3, 4, 5 end return select(2, pcall(many, n - 1)) end
assert(select("#", many(5000)) == 5, "results pass through 5000 pcalls")
-- in a coroutine, and closures with upvalues closed by the errors
local co = coroutine.wrap(function() local ok, r = pcall(down, 10000) coroutine.yield(ok and r) return "end" end)
assert(co() == "bottom" and co() == "end", "nested pcalls in a coroutine")
local fs = {} local function cap(n) local v = n fs[n] = function() v = v + 1 return v end if n == 0 then error "unwind" end pcall(cap, n - 1) error "more" end
pcall(cap, 3000) collectgarbage() for i = 0, 3000, 100 do assert(fs[i]() == i + 1 and fs[i]() == i + 2, "upvalue of level " .. i) end
-- unbounded: every level gets a chance, memory does not grow without end
local depth, deepest = 0, 0
local function forever() depth = depth + 1 if depth > deepest then deepest = depth end if deepest > 3000000 then depth = depth - 1 return end local ok, e = pcall(forever) depth = depth - 1 if not ok then error(e, 0) end end
ok, e = pcall(forever) assert(not ok or deepest > 3000000, "unbounded nesting") assert(ok or type(e) == "string" and e:find("overflow", 1, true), "unbounded nesting: " .. tostring(e))
print "ok"
