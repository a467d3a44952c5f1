-- getfenv / setfenv and global access.
local function E(fn, ...) print(select(2, pcall(fn, ...))) end
print(getfenv() == _G, getfenv(0) == _G, getfenv(1) == _G, getfenv(print) == _G, _G._G == _G, getfenv(function() end) == _G)
local env = setmetatable({}, { __index = _G })
local function f() x = 1 return x, getfenv(1) == env, getfenv(2) == _G end
print(setfenv(f, env) == f, f()) print(env.x, rawget(_G, "x"), getfenv(f) == env)
-- closures inherit the environment of their creator at creation time
local function maker() return function() y = (y or 0) + 1 return y end end local g0 = maker() setfenv(maker, setmetatable({}, { __index = _G })) local g1 = maker() print(g0(), g1(), g1(), g0(), y, getfenv(maker).y) y = nil
-- setfenv(1) changes the running function, already created closures keep theirs
local function self() local before = function() return v end setfenv(1, setmetatable({ v = "inner" }, { __index = _G })) local after = function() return v end return v, before(), after() end v = "outer" print(self()) print(v) v = nil
-- setfenv(2) changes the caller
local function setcaller(e) setfenv(2, e) end local function victim() setcaller { q = "changed" } return q end print(victim(), q)
local function nested() return (function() return (function() return getfenv(1) == _G, getfenv(2) == _G, getfenv(3) == _G end)() end)() end E(nested)
-- chunks
local c = assert(loadstring "a = 1; b = a + 1; return a, b, getfenv()") local ce = {} setfenv(c, setmetatable(ce, { __index = { getfenv = getfenv } })) local a1, b1, e1 = c() print(a1, b1, e1 == ce, a, b, ce.a, ce.b)
E(setfenv(loadstring "print 'x'", {})) E(setfenv(loadstring "return t.x", {})) E(setfenv(loadstring "x = 1 return y.z", {}))
E(setfenv(loadstring("local function f() return nosuch.field end f()", "=chunk"), {})) print(setfenv(loadstring "return tostring", { tostring = "shadowed" })())
-- environments with metamethods
local reads, writes = {}, {} local spy = setmetatable({}, { __index = function(_, k) reads[#reads + 1] = k return k end, __newindex = function(_, k, val) writes[#writes + 1] = k .. "=" .. tostring(val) end }) print(setfenv(function() one = two three = 3 return four, five end, spy)()) print(table.concat(reads, ","), table.concat(writes, ","))
local strict = setmetatable({}, { __index = function(_, k) error("undeclared variable '" .. k .. "'", 2) end, __newindex = function(_, k) error("assignment to undeclared '" .. k .. "'", 2) end }) E(setfenv(function() return foo end, strict)) E(setfenv(function() foo = 1 end, strict)) E(setfenv(function() local t = foo.bar end, strict))
-- metatable on _G
setmetatable(_G, { __index = function(_, k) return "default " .. k end, __newindex = function(t, k, val) rawset(t, k, val and "set " .. val) end }) print(undefinedthing, rawget(_G, "undefinedthing")) newthing = "thing" print(newthing) setmetatable(_G, nil) print(undefinedthing) newthing = nil
-- errors
E(getfenv, -1) E(getfenv, 100) E(getfenv, "x") E(getfenv, {}) E(setfenv, 1) E(setfenv, 1, 5) E(setfenv, -1, {}) E(setfenv, 100, {}) E(setfenv, print, {}) E(setfenv, {}, {}) E(setfenv, "x", {}) E(setfenv) print(getfenv(nil) ~= nil, getfenv(1.9) == _G)
local function tail() return getfenv(2) end local function viatail() return tail() end E(viatail)
-- level 0 sets the thread's environment; getfenv of C functions
local co = coroutine.create(function() setfenv(0, { fresh = true }) local c2 = loadstring "return fresh" return getfenv(0).fresh, getfenv(1) == _G, fresh, c2() end) print(coroutine.resume(co)) print(getfenv(0) == _G)
print(getfenv(coroutine.wrap(function() end)) == _G, type(getfenv(string.rep)), getfenv(0) == getfenv(print))
-- loadstring uses the thread's global table, not the caller's environment
local sandbox = { loadstring = loadstring } print(setfenv(function() z = 1 return loadstring "return z"() end, sandbox)(), sandbox.z)
-- functions sharing an environment
local shared = {} local s1, s2 = setfenv(function(n) value = n end, shared), setfenv(function() return value end, shared) s1(42) print(s2(), value, shared.value)
-- the traditional module idiom
local M = setmetatable({}, { __index = _G }) do local outerprint = print setfenv(assert(loadstring "function hello(n) return 'hello ' .. n end function twice(n) return hello(hello(n)) end local p = 5 function getp() return p end"), M)() end print(M.hello "x", M.twice "y", M.getp(), hello, twice) local keys = {} for k in pairs(M) do keys[#keys + 1] = k end table.sort(keys) print(table.concat(keys, " "))
-- _G is an ordinary variable; replacing it changes nothing
local realG = _G _G = {} print(type(realG.print), _G.print, getfenv(1) == realG) realG._G = realG print(_G == realG)
-- functions stored in tables, called through coroutines and pcall
local function who() return id end setfenv(who, { id = "env id" }) print(pcall(who)) print(coroutine.wrap(who)()) print(select(2, xpcall(who, print))) print((("x"):gsub("x", who))) local t = { 3, 1, 2 } table.sort(t, setfenv(function(p, q) return lt(p, q) end, { lt = function(p, q) return p > q end })) print(unpack(t))
-- upvalues are not affected by environments
local up = "upvalue" print(setfenv(function() return up, up2 end, { up = "global up", up2 = "global up2" })())
