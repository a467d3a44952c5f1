-- Function definitions: sugar, parameters, varargs, self, closures.
local check = dofile "check.inc"

function count(...) return select("#", ...) end
check.lines [[
function f() end return type(f), f()
function f() return 1 end return f()
f = function() return 2 end return f()
local f = function() return 3 end return f()
local function f() return 4 end return f()
t = {} function t.f() return 5 end return t.f()
t = {a = {b = {c = {}}}} function t.a.b.c.f() return 6 end return t.a.b.c.f()
t = {} function t:m() return self end return t:m() == t, t.m(7)
t = {a = {b = {}}} function t.a.b:m(x) return self == t.a.b, x end return t.a.b:m(8)
t = {} function t:m(...) return self == t, ... end return t:m(1, 2)
t = {} function t.m(self, x) return self == t, x end return t:m(3)
t = {} t.m = function(self, x) return self == t, x end return t:m(4)
t = {} function t:m(self) return self end return t:m(5)
t = {} function t:m() self = 6 return self end return t:m()
local t = {} function t.f() return "field of a local" end return t.f()
local f function f() return "assigned to the local" end return f(), _G.f ~= f
local f = 5 function f() return "replaced" end return f()
local function f() return f end return f() == f
local f = function() return f end f2 = f() return f2 ~= f
local function f(n) return n == 0 and "done" or f(n - 1) end return f(5)
local f = function(n) if n == 0 then return "done" end return f(n - 1) end return pcall(f, 0)
(function() return "anonymous" end)()
(function(x) return x * 2 end)(21)
function f(a, b) return a, b end return f(), f(1), f(1, 2), f(1, 2, 3)
function g(a, b, ...) return a, b, count(...), ... end return g()
g(1)
g(1, 2)
g(1, 2, 3)
g(1, 2, 3, nil)
function r() return 1, 2, 3 end return f(r())
f(r(), 10)
f(10, r())
f((r()))
g(r())
g(r(), r())
g(5, r())
function h(...) return count(...), ... end return h(), h(nil), h(r()), h(nil, nil)
h(r())
function h(...) local a, b = ... return a, b end return h(1, 2, 3)
function h(...) local t = {...} return #t, t[1] end return h(4, 5)
function h(...) local t = {n = select("#", ...), ...} return t.n end return h(nil, nil)
function h(...) return (...) end return h(1, 2)
function h(...) return ..., 9 end return h(1, 2)
function h(...) return 9, ... end return h(1, 2)
function h(a, ...) return ... end return h(1, 2, 3)
function h(a, ...) a = 5 return a, ... end return h(1, 2)
function h(...) local function i(...) return ... end return i(...) end return h(1, 2)
function h(...) local function i() return 5 end return i(...) end return h(1, 2)
function h(...) for i, v in ipairs {...} do x = i + v end return x end return h(10, 20)
function h(...) if ... then return "true" end return "false" end return h(1), h(nil), h()
function h(a, a) return a end return h(1, 2)
function h(a) local a = a + 1 return a end return h(1)
function h(a) a = a + 1 return a end local v = 1 return h(v), v
function h(t) t.x = 1 end local v = {} h(v) return v.x
function h() end return count(h()), count((h()))
function h() return end return count(h())
function h() return nil end return count(h())
function h(x) if x then return x end end return count(h(1)), count(h())
function h(...) return arg end return h(1, 2)
function h(...) return select(-1, ...) end return h(1, 2, 3)
function h(...) local arg = 5 return arg, ... end return h(1)
function h(...) arg = {...} return #arg end return h(1, 2)
]]
-- The table "arg" of vararg functions that do not use "...", as Lua 5.0 had it.
check.lines [[
function v(...) return arg.n, arg[1], arg[2] end return v(5, 6)
function v(...) return type(arg), arg.n end return v()
function v(a, ...) return a, arg.n, arg[1] end return v(5, 6)
function v(...) return type(arg), ... end arg = nil return v(5)
function v(...) local function i() return arg end return i() end return type(v(1)), v(1).n
function v(...) local function i(...) return ... end return type(arg) end return v(1)
function v(...) if false then local x = ... end return type(arg) end return v(1)
function v() return type(arg) end return v(1)
loadstring "return type(arg)" (1, 2)
]]
-- Closures: each execution of a definition makes a new one, with the variables it saw.
check.lines [[
local a = {} local x = 20 for i = 1, 10 do local y = 0 a[i] = function() y = y + 1 return x + y end end return a[1](), a[1](), a[2](), a[10]()
local function make() return function() end end return make() == make()
local x = 1 local f = function() return x end x = 2 return f()
local x = 1 local f = function() x = x + 1 end f() f() return x
local function make(x) return {get = function() return x end, set = function(v) x = v end} end local p, q = make(1), make(2) p.set(10) return p.get(), q.get()
local function nest(a) return function(b) return function(c) return a + b + c end end end return nest(1)(2)(3)
local function nest() local n = 0 return function() return function() n = n + 1 return n end end end local f = nest() return f()(), f()(), nest()()()
local fs = {} for i = 1, 3 do fs[#fs + 1] = function() i = i + 1 return i end end return fs[1](), fs[1](), fs[3]()
local fs = {} for k, v in ipairs {"a", "b"} do fs[k] = function() return k .. v end end return fs[1](), fs[2]()
local fs = {} local i = 1 while i <= 2 do local j = i fs[i] = function() return j end i = i + 1 end return fs[1](), fs[2]()
local fs = {} local i = 1 repeat local j = i fs[i] = function() return j end i = i + 1 until j == 2 return fs[1](), fs[2]()
local f do local x = "block" f = function() return x end end do local y = "other" end return f()
local function params(a, b) return function() a = a + 1 return a, b end end local f = params(1, "p") f() return f()
local function varargs(...) local t = {...} return function() return unpack(t) end end return varargs(1, 2)()
local a, b = 1, 2 local f = function() a, b = b, a return a, b end f() return a, b
local x = 1 local function f() local x = x + 1 return x end return f(), f(), x
local co = coroutine.wrap(function() local x = 1 coroutine.yield(function() x = x + 1 return x end) coroutine.yield(x) end) local f = co() f() f() return co()
local x = 1 local function g() return x end setfenv(g, {x = "environment"}) return g()
local function f() return function() return nosuch end end return f()()
local t = {} for i = 1, 5 do t[i] = function() return t[i] end end return t[3]() == t[3]
]]
check.compiles [[
function f() end
function f(a) end
function f(a, b) end
function f(...) end
function f(a, ...) end
function f(a, b, ...) end
function a.b.c() end
function a.b:c() end
local function f() end
local function f(...) end
return function() end
return function(a, ...) return ... end
f = function() end
function f(a,) end
function f(,a) end
function f(..., a) end
function f(... ...) end
function f(a ...) end
function f(a b) end
function f(1) end
function f("a") end
function f(a.b) end
function f(nil) end
function f(a = 1) end
function f(a; b) end
function f end
function f(
function f()
function f() end end
function () end
function(a) end
function 1() end
function "f"() end
function f.() end
function f.1() end
function f.end() end
function f:g.h() end
function f:g:h() end
function f:() end
function f[1]() end
function f().g() end
function (f)() end
local function f.g() end
local function f:g() end
local function () end
local f = function f() end
return function f() end
return function
return function(
function f() return end
function f() return 1 x = 2 end
function nil() end
]]
for _, n in ipairs { 1, 10, 60, 100, 199, 200, 201, 256 } do
    local names = {}
    for i = 1, n do names[i] = "p" .. i end
    local chunk, message = loadstring("return function(" .. table.concat(names, ",") .. ") return p" .. n .. " end", "=line")
    check.values(n .. " parameters", chunk and chunk()(unpack((function() local t = {} for i = 1, n do t[i] = i end return t end)())) or message)
end
for _, n in ipairs { 1, 10, 59, 60, 61, 70 } do
    local names, uses = {}, {}
    for i = 1, n do
        names[i] = "local u" .. i .. " = " .. i
        uses[i] = "u" .. i
    end
    local chunk, message = loadstring(table.concat(names, " ") .. " return function() return " .. table.concat(uses, " + ") .. " end", "=line")
    check.values(n .. " upvalues", chunk and chunk()() or message)
end
for _, depth in ipairs { 1, 10, 50, 90, 150 } do
    check.call("functions nested " .. depth, function()
        local f = loadstring("return " .. ("function() return "):rep(depth) .. "'deep'" .. (" end"):rep(depth))
        for i = 1, depth + 1 do f = f() end
        return f
    end)
end
check.call("functions nested too deeply", loadstring, "return " .. ("function() return "):rep(300) .. "1" .. (" end"):rep(300), "=line")
