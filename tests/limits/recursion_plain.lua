-- Unbounded non-tail recursion is an ordinary, catchable error, again and again.
local function expect_overflow(what, f, ...)
  local ok, e = pcall(f, ...)
  if ok then error(what .. ": unbounded recursion returned", 2) end
  if type(e) ~= "string" or not e:find("overflow", 1, true) then error(what .. ": unexpected error: " .. tostring(e), 2) end
end
local function f(n) return 1 + f(n + 1) end
local args function args(a, b, c, d, e, g, h) return 1 + args(a, b, c, d, e, g, h) end
local function va(...) return 1 + va(...) end
local a, b function a(n) local r = b(n + 1) return r end function b(n) local r = a(n + 1) return r end
local obj = {} function obj:m(n) return 1 + self:m(n + 1) end
function globalrec() local x = globalrec() return x end
local function manylocals(n)
  local l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14, l15, l16, l17, l18, l19, l20 = n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n
  local r = manylocals(n + 1)
  return r + l1 + l20
end
local function table_constructor(n) return { table_constructor(n + 1) } end
local function concat(n) return "x" .. concat(n + 1) end
local function inloop(n) for i = 1, 2 do local x = inloop(n + i) end end
local function initer(n) for k in function() return initer(n + 1) end do end end
local function upv(n) local x = n local function g() x = x + 1 return upv(x) end local r = g() return r end
for round = 1, 3 do
  expect_overflow("plain", f, 1)
  expect_overflow("seven arguments", args, 1, 2, 3, 4, 5, 6, 7)
  expect_overflow("varargs", va, 1, 2, 3)
  expect_overflow("mutual", a, 1)
  expect_overflow("method", obj.m, obj, 1)
  expect_overflow("global", globalrec)
  expect_overflow("many locals", manylocals, 1)
  expect_overflow("table constructor", table_constructor, 1)
  expect_overflow("concat", concat, 1)
  expect_overflow("numeric for", inloop, 1)
  expect_overflow("generic for", initer, 1)
  expect_overflow("upvalues", upv, 1)
  collectgarbage()
end
-- inside a coroutine, which is dead afterwards, while the main program goes on
local co = coroutine.create(function() return f(1) end)
local ok, e = coroutine.resume(co)
assert(not ok and e:find("overflow", 1, true), "coroutine: " .. tostring(e))
assert(coroutine.status(co) == "dead", "an overflowed coroutine is dead")
-- overflow inside a handler of an overflow
local r1, r2 = xpcall(function() return f(1) end, function(m) return "handled" end)
assert(r1 == false, "xpcall of an overflow fails")
r1, r2 = xpcall(function() return f(1) end, function(m) return f(1) end)
assert(r1 == false, "xpcall with an overflowing handler fails")
-- the depth that PUC 5.1 reaches is reached
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
assert(depth(15000) == 15000, "15000 levels of recursion must work")
local function outer() local ok = pcall(f, 1) assert(not ok, "inner overflow is caught") return depth(10000) end
assert(outer() == 10000, "recursion works after a caught overflow")
print "ok"
