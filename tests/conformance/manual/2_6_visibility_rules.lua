-- The scope of local variables, shadowing, and upvalues.
local check = dofile "check.inc"

check.lines [[
x = 10 do local x = x y = x x = x + 1 do local x = x + 1 z = x end w = x end return x, y, z, w
x = 10 local r = "" do local x = x r = r .. x x = x + 1 do local x = x + 1 r = r .. " " .. x end r = r .. " " .. x end return r .. " " .. x
local x = x return x
local x, y = 1, x return y
local x = 1 local function f() return x end local x = 2 return f(), x
local x = 1 do local x = 2 do local x = 3 end y = x end return x, y
local x = 1 do x = 2 local x = 3 x = 4 end return x
do local a = 1 end return a
do local a = 1 b = function() return a end end return b(), a
if true then local a = 1 else local b = 2 end return a, b
local a if true then a = 1 end return a
if false then local a = 1 else return a end
while true do local a = 1 break end return a
repeat local a = true until a return a
local a = false repeat local a = true until a return a
for i = 1, 2 do local j = i end return i, j
local i = "outer" for i = i == "outer" and 1 or 5, 1 do j = i end return i, j
local t = {1} for t, v in pairs(t) do j = t end return type(t), j
function f(a) local a = a or 1 do local a = a + 1 b = a end return a, b end return f(), f(5)
function f(f) return f end return f(5)
local f = function() return f end return f()
local function f() return f end return f() == f
local function f() local f = 5 return f end return f()
local a = 1 local a = a + 1 local a = a + 1 return a
local a, a = 1, 2 return a
local print = nil return print, type(_G.print)
local _G = {} x = 7 return _G.x, x
local self = 1 t = {m = function(self) return self end} return t:m() == t, self
local arg = 5 return arg
local a = {} local function f() local a = a return a end return f() == a
local a = 1 (function() a = 2 end)() return a
local a = 1 (function(a) a = 2 end)() return a
local a = 1 local f = function() local a = a a = a + 1 return a end return f(), f(), a
local function f() return late end local late = 1 return f()
local late local function f() return late end late = 1 return f()
local a = 1 local f = loadstring "return a" return f()
local a = 1 local f = loadstring "a = 5" f() return a, _G.a
]]
-- Closures see the variable, not a copy of its value.
check.lines [[
local n = 0 local function inc() n = n + 1 end local function get() return n end inc() inc() return get(), n
local function two() local n = 0 return function() n = n + 1 return n end, function() n = n * 10 return n end end local a, b = two() return a(), b(), a(), b()
local function two() local n = 0 return function() n = n + 1 return n end end local a, b = two(), two() return a(), a(), b()
a = {} local x = 20 for i = 1, 10 do local y = 0 a[i] = function() y = y + 1 return x + y end end x = 100 return a[1](), a[1](), a[2]()
local fs = {} for i = 1, 3 do local x = i fs[i] = {inc = function() x = x + 1 end, get = function() return x end} end fs[1].inc() return fs[1].get(), fs[2].get()
local function f() local a = 1 local function g() local b = 2 local function h() a = a + 1 b = b + 1 return a, b end return h end return g() end local h = f() h() return h()
local f do local v = 1 local g = function() v = v + 1 end f = function() g() return v end end return f(), f()
local co = coroutine.wrap(function() local v = 0 while true do v = v + 1 coroutine.yield(v) end end) return co(), co(), co()
local v = 1 local co = coroutine.wrap(function() v = v + 1 coroutine.yield() v = v + 1 end) co() co() return v
local v = 1 pcall(function() v = 2 error() end) return v
local v = 1 local ok = pcall(function() local v = 2 error() end) return v
local t = {} for i = 1, 3 do if i == 2 then local a = i t.f = function() return a end break end end return t.f()
local t = {} local i = 0 while i < 3 do i = i + 1 local j = i if i == 2 then t.f = function() j = j + 1 return j end end end return t.f(), t.f()
local function f(...) local a, b = ... return function() a, b = b, a return a, b end end local g = f(1, 2) return g()
local function rec(n) local function inner() return n end if n == 0 then return {inner} end local t = rec(n - 1) t[#t + 1] = inner return t end local t = rec(3) return t[1](), t[4]()
]]
