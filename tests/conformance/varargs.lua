-- varargs, select, unpack, and the LUA_COMPAT_VARARG 'arg' table.
local function E(fn, ...) print(select(2, pcall(fn, ...))) end
local function n(...) return select("#", ...) end
print(n(), n(nil), n(nil, nil), n(1, nil, 3, nil), n(n()), n((n())), n(unpack({}, 1, 5)))
local function id(...) return ... end
print(id(1, 2, 3), id(4, 5), (id(6, 7)), id())
print(n(id()), n((id())), n(id(), id()), n(id(), id(1, 2)))
local t = { id(1, 2, 3), id(4, 5, 6) } print(#t, t[1], t[2], t[4])
t = { id(1, 2, 3), nil } print(t[1], t[2])
t = { (id(1, 2, 3)) } print(#t)
t = { id(), id() } print(#t) t = { [1] = "a", id("x", "y") } print(t[1], t[2])
local function va(a, b, ...) local c, d = ... return a, b, c, d, n(...) end
print(va()) print(va(1)) print(va(1, 2)) print(va(1, 2, 3)) print(va(1, 2, 3, 4, 5))
local function va2(...) local a, b, c = ..., "last" return a, b, c end print(va2(1, 2, 3)) print(va2())
local function va3(...) local t = { ..., "end" } local u = { "start", ... } return #t, #u end print(va3(1, 2, 3))
local function va4(...) return (...) end print(va4(1, 2), n(va4()), n(va4(1, 2)))
local function va5(...) return ... == nil, ... and "t" or "f", (... or "d") .. "x" end print(va5()) print(va5("v"))
local function va6(...) local function inner(...) return n(...) end return inner(...), inner(..., ...), inner(1, ...) end print(va6(1, 2, 3))
local function va7(...) for i = 1, select("#", ...) do io.write(tostring((select(i, ...))), ";") end print() end va7(1, nil, "x", false, nil)
print(select(2, loadstring("function f() return ... end", "=v")), select(2, loadstring("function f(..., a) end", "=v")), select(2, loadstring("local ... = 1", "=v")), select(2, loadstring("function f(a, ) end", "=v")), select(2, loadstring("... = 1", "=v")), loadstring("return ...")(7, 8))
-- select
print(select(1, "a", "b", "c")) print(select(2, "a", "b", "c")) print(select(4, "a", "b", "c")) print(select(-1, "a", "b", "c")) print(select(-3, "a", "b", "c")) print(select("2", "a", "b")) print(select(1.9, "a", "b")) print(select("#")) print(select("#", nil)) print(select(100, 1))
E(select, 0, 1) E(select, -1) E(select, -4, 1, 2, 3) E(select) E(select, "x") E(select, {}) E(select, nil) E(select, "#x", 1)
-- unpack
print(unpack { 1, 2, 3 }) print(unpack({ 1, 2, 3 }, 2)) print(unpack({ 1, 2, 3 }, 2, 3)) print(unpack({ 1, 2, 3 }, -1, 1)) print(unpack({ 1, 2 }, 1, 4)) print(unpack({ 1, 2 }, 3)) print(unpack({ 1, 2 }, 5, 1)) print(n(unpack {})) print(unpack({ 1, 2, 3 }, "2", "3")) print(unpack({ 1, 2, 3 }, 1.7, 2.9)) print((unpack { 1, 2, 3 }))
print(unpack({ [0] = "z", "a" }, 0, 1)) print(unpack({}, 1, 3))
print(n(unpack({}, 1, 200)), n(unpack({}, 1, 5000)), select(5000, unpack({ [5000] = "last" }, 1, 5000)))
E(unpack) E(unpack, nil) E(unpack, 5) E(unpack, {}, {}) E(unpack, {}, 1, "x") E(unpack, {}, 1, 1e8) E(unpack, {}, 1, 1e6 * 100)
local mt = setmetatable({}, { __index = function(_, k) return k * 10 end }) print(unpack(mt, 1, 3)) -- raw access
-- arg tables
function oldstyle(a, ...) return arg.n, arg[1], arg[2], #arg end
print(oldstyle()) print(oldstyle(1)) print(oldstyle(1, 2)) print(oldstyle(1, 2, 3)) print(oldstyle(1, nil, nil))
function newstyle(...) local x = ... return arg, x end print(newstyle(1))
function fixed(a) return type(arg), a end print(fixed(1)) -- the global 'arg'
function nestedold(...) local function inner(...) return arg.n, arg[1] end return arg.n, inner("i", "j") end print(nestedold(1, 2, 3))
function assignarg(...) arg = { n = "mine" } return arg.n end print(assignarg(1))
local f = loadstring "return type(arg), select('#', ...)" print(f(1, 2))
print(type(arg), type(arg[0]), arg[0]:match "[^/]*$", #arg, n(...))
-- many arguments and results
local many = {} for i = 1, 250 do many[i] = i end
print(n(unpack(many)), select(250, unpack(many)), select("#", id(unpack(many))), math.max(unpack(many)), #{ unpack(many) })
local function sum(...) local s = 0 for i = 1, select("#", ...) do s = s + (select(i, ...)) end return s end print(sum(unpack(many)))
local list = {} for i = 1, 240 do list[i] = "a" .. i end
local parts = {} for i = 1, 100 do parts[i] = "p" .. i end
print(assert(loadstring("local function f(" .. table.concat(parts, ",") .. ", ...) return p1, p50, p100, select('#', ...) end return f(...)"))(unpack(many)))
print(assert(loadstring("return (function(...) return select('#', ...) end)(" .. string.rep("1,", 239) .. "1)"))())
-- recursion over varargs
local function rev(...) if n(...) == 0 then return end local function app(x, ...) if n(...) == 0 then return x end return app2(x, ...) end return n(...) end
local function reverse(...) local function r(acc, first, ...) if first == nil then return acc end return r(first .. acc, ...) end return r("", ...) end print(reverse("a", "b", "c", "d"))
local function drop(k, ...) if k == 0 then return ... end return drop(k - 1, select(2, ...)) end print(drop(3, 1, 2, 3, 4, 5))
-- string.format / pcall / coroutine forwarding nils
print(pcall(n, nil, nil)) print(n(pcall(id, nil, nil, nil))) print(coroutine.wrap(function(...) return n(...), n(coroutine.yield(n(...))) end)(nil, nil))
print(n(coroutine.resume(coroutine.create(id), nil, nil, nil)))
