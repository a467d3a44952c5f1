-- Multiple assignment: adjustment, evaluation order, aliasing.
local a, b, c = 1 print(a, b, c)
a, b, c = 1, 2, 3, 4 print(a, b, c)
a, b = b, a print(a, b)
a, b, c = c, a, b print(a, b, c)
local function f(...) return ... end
a, b, c = f(1, 2, 3) print(a, b, c)
a, b, c = f(1, 2, 3), 10 print(a, b, c)
a, b, c = 0, f(1, 2, 3) print(a, b, c)
a, b, c = (f(1, 2, 3)) print(a, b, c)
a, b, c = f() print(a, b, c)
a, b, c = f(), f(), f() print(a, b, c)
-- the manual's examples
local i = 3
local t = {}
i, t[i] = i + 1, 20
print(i, t[3], t[4])
do
  local i, a = 1, { 1, 2, 3 }
  i, a[i], a[i + 1] = 2, "x", "y"
  print(i, a[1], a[2], a[3])
end
do
  local a = { { v = 1 }, { v = 2 } }
  local p = a[1]
  p, p.v = a[2], 99
  print(p.v, a[1].v, a[2].v)
end
do -- the table operand is a local that is assigned in the same statement
  local t = { k = 1 }
  local u = t
  t, t.k = { k = 5 }, 7
  print(t.k, u.k)
  local key = "k"
  key, u[key] = "other", 11
  print(key, u.k, u.other)
  local n, arr = 1, { 10, 20, 30 }
  arr[n], n, arr[n + 1] = n, 2, n
  print(arr[1], arr[2], arr[3], n)
end
-- order of side effects of the right hand sides and of the prefix expressions
local log = {}
local function note(tag, v) log[#log + 1] = tag return v end
local tt = {}
note("t1", tt)[note("k1", 1)], note("t2", tt)[note("k2", 2)] = note("v1", "one"), note("v2", "two")
print(table.concat(log, " "), tt[1], tt[2])
-- stores happen (right to left in the reference implementation: the leftmost duplicate wins)
local d = {}
d.x, d.x, d.x = 1, 2, 3
print(d.x)
local stores = {}
local proxy = setmetatable({}, { __newindex = function(_, k, v) stores[#stores + 1] = k .. "=" .. tostring(v) end })
proxy.a, proxy.b, proxy.c = 1, 2, 3
print(table.concat(stores, " "))
stores[1], stores[2], stores[3], stores[4] = nil
proxy.a, proxy.b, proxy.c = f(1, 2)
print(table.concat(stores, " "))
-- globals, fields, upvalues mixed
g1, g2 = 1, 2
local up1, up2 = 10, 20
local function swapall() g1, up1, g2, up2 = up1, g1, up2, g2 end
swapall() print(g1, g2, up1, up2)
g1, g2 = nil print(g1, g2)
-- locals: scope starts after the statement
local v = 1
local v = v + 1
local v, w = v + 1, v
print(v, w)
do local v = v * 10 print(v) end
print(v)
local s, s = 1, 2 print(s)
local function shadow(s, s) return s end print(shadow(1, 2))
local n1, n2, n3, n4, n5 = nil, 5 print(n1, n2, n3, n4, n5)
-- functions as statements and in assignments
local obj = { inner = { deep = {} } }
function obj.f(...) return "f", ... end
function obj:m(...) return self == obj, ... end
function obj.inner.deep.g(x) return x end
function obj.inner.deep:h(x) return self == obj.inner.deep, x end
print(obj.f(1), obj.m(obj, 2), obj:m(3), obj.inner.deep.g(4), obj.inner.deep:h(5))
-- assignment to call results and parenthesised prefixes
local function gett() return obj end
gett().field = 1 (gett()).field2 = 2 gett()["field3"] = 3
print(obj.field, obj.field2, obj.field3)
;("x"):rep(2); (function() obj.field = 9 end)()
print(obj.field)
-- nil assignments remove, numeric string keys stay distinct
local r = { 1, 2, 3, x = 1 } r.x = nil r[3] = nil print(r.x, #r, r[3])
-- long multiple assignments
local l1, l2, l3, l4, l5, l6, l7, l8, l9, l10 = f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
l1, l2, l3, l4, l5, l6, l7, l8, l9, l10 = l10, l9, l8, l7, l6, l5, l4, l3, l2, l1
print(l1, l2, l3, l4, l5, l6, l7, l8, l9, l10)
local src = {} for k = 1, 60 do src[k] = "t[" .. k .. "]" end
local rhs = {} for k = 1, 60 do rhs[k] = tostring(61 - k) end
local big = assert(loadstring("local t = ... " .. table.concat(src, ",") .. " = " .. table.concat(rhs, ",") .. " return t"))({})
print(big[1], big[30], big[60])
-- errors in assignment
local function E(fn) print(select(2, pcall(fn))) end
E(function() local t; t.x = 1 end) E(function() undefinedglobal.x = 1 end) E(function() local t = {} t.a.b = 1 end) E(function() local t = {} t[nil] = 1 end)
E(function() local t = {} t[0 / 0] = 1 end) E(function() up1.x = 1 end) E(function() local t = { a = {} } t.a.b.c.d = 1 end) E(function() ("x").y = 1 end) E(function() local s = "str" s.y = 1 end)
E(function() rawset({}, nil, 1) end) E(function() rawset({}, 0 / 0, 1) end)
