-- Global variables, local variables and table fields.
local check = dofile "check.inc"

check.lines [[
x
x == nil
x = 1 return x, _G.x, _G["x"], rawget(_G, "x")
_G.y = 2 return y
_G["a b"] = 3 return _G["a b"]
x = nil return x, rawget(_G, "x")
local x return x
local x = nil return x
local x = 1 do local x = 2 end return x
local x = 1 do x = 2 end return x
local x = 1 local x = x + 1 return x
local a, b = 1 return a, b
local a, b = 1, 2, 3 return a, b
function f(p, q) p = p + 1 return p, q end local p = 5 return p, f(p), p
function f(...) return ... end return f(), (f()), f(nil), (f(1, 2))
(function(a, b) return a, b end)(1)
(function(a, b) return a, b end)(1, 2, 3)
(function(a) local a = 2 return a end)(1)
local t = {} return t.x, t["x"], t[1]
local t = {x = {y = {z = 5}}} return t.x.y.z, t["x"]["y"]["z"], t.x["y"].z
local t = {x = 1} local k = "x" return t[k], t.k
local t = {} t.x = 1 t["y"] = 2 t[1] = 3 return t.x, t.y, t[1]
local t = {} t[1 + 1] = "two" t["a" .. "b"] = "ab" return t[2], t.ab
local t = {} t[{}] = 1 return t[{}]
local t = {[1] = {[2] = {[3] = 6}}} return t[1][2][3]
("x").len == string.len
(nil).x
local a a.b = 1
local a = {} a.b.c = 1
undefined.field
undefined[1]
undefined.field = 1
undefined.a.b
a = {} a.b.c.d = 1
a = {} return a.b.c
a = 5 return a.b
a = 5 a.b = 1
a = true return a[1]
a = print return a.x
a = print a.x = 1
local t = {} return t[nil]
local t = {} t[nil] = 1
local t = setmetatable({}, {__index = function(t, k) return k .. "!" end}) return t.x, t[1]
local t = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, v * 2) end}) t.x = 5 return t.x
]]

-- A variable of a function is a field of the function's environment.
check.lines [[
local f = setfenv(function() return v end, {v = "own"}) v = "global" return f(), v
local e = {} local f = setfenv(function() v = "set" end, e) f() return e.v, v
setfenv(1, {}) return print
local f = setfenv(function() return x end, setmetatable({}, {__index = function(_, k) return "virtual " .. k end})) return f()
local log = {} local f = setfenv(function() q = 1 r = 2 end, setmetatable({}, {__newindex = function(t, k, v) log[#log + 1] = k .. v end})) f() return log[1], log[2], rawget(_G, "q")
getfenv(1) == _G
getfenv(print) == _G, getfenv(0) == _G
setmetatable(_G, {__index = function(_, k) return "missing " .. k end}) local r = nosuch setmetatable(_G, nil) return r, nosuch
setmetatable(_G, {__newindex = function(t, k, v) rawset(t, k, v + 1) end}) fresh = 1 fresh = 5 setmetatable(_G, nil) return fresh
setmetatable(_G, {__newindex = function(t, k, v) rawset(t, k, v + 1) end}) fresh2 = 1 setmetatable(_G, nil) return fresh2
_G._G == _G, _G._G._G.print == print
local G = _G _G = 5 local r = print ~= nil G._G = G return r
local print = 5 return print, _G.print ~= 5
]]

-- Locals are lexically scoped and can be used by the functions inside their scope.
check.lines [[
local x = 1 local function f() return x end x = 2 return f()
local x = 1 local function f() x = x + 1 end f() f() return x
local function counter() local n = 0 return function() n = n + 1 return n end end local a, b = counter(), counter() return a(), a(), b(), a()
local fs = {} for i = 1, 3 do fs[i] = function() return i end end return fs[1](), fs[2](), fs[3]()
local fs = {} for i = 1, 3 do fs[i] = function() i = i + 10 return i end end return fs[1](), fs[1](), fs[2]()
local function pair() local v return function() return v end, function(x) v = x end end local get, set = pair() set(9) return get()
local x = "outer" local function f() local r = x local x = "inner" return r, x end return f()
local x = x return x
local x = "a" local function f(x) return x end return f("b"), x
do local hidden = 1 end return hidden
for i = 1, 2 do end return i
for k in pairs {1} do end return k
while true do local w = 1 break end return w
repeat local r = 1 until r == 1 return r
]]

-- The names that a message gives to the variable.
check.lines [[
g()
local l l()
t = {} t.f()
t = {} t:m()
t = {} t[1]()
t = {} t.a.b()
t = {x = {}} t.x.y()
t = {x = {}} t.x:y()
(function() end)().x = 1
local up local function f() up() end f()
local up local function f() return up.x end f()
local up = {} local function f() return up.x.y end f()
local a = {} local k = "key" return a[k].x
local a = {} return a["lit"].x
local a = {} return a[1].x
local a = {} return a[true].x
local t = {} t.x.y = 1
return g + 1
local l return l + 1
t = {} return t.x + 1
t = {} return 1 + t.x
return g .. "x"
local l return "x" .. l
t = {} return "x" .. t.x
return #g
local l return #l
t = {} return #t.x
return -g
t = {} return -t.x
local a = "x" return a.b.c
local a = "x" return a:nosuch()
("x"):nosuch()
(5):m()
(nil)()
(5)()
("x")()
({})()
(1 + 1)()
local function f() end f().x = 1
]]
