-- The basic functions, one after the other.
local check = dofile "check.inc"

-- _G, _VERSION, type, rawequal, rawget, rawset
check.lines [[
_G._G == _G, _VERSION, _G._VERSION
type(nil), type(1), type "x", type(true), type {}, type(print), type(io.stdout), type(coroutine.create(function() end))
type()
type(nil, 1), type(1, 2)
select("#", type(1))
rawequal(1, 1), rawequal(1, "1"), rawequal("a", "a"), rawequal({}, {}), rawequal(nil, nil), rawequal(nil, false), rawequal(0/0, 0/0), rawequal(0, -0)
rawequal(setmetatable({}, {__eq = function() return true end}), setmetatable({}, {__eq = function() return true end}))
rawequal(print, print), rawequal(1, 1, 2)
rawequal()
rawequal(1)
rawequal(nil)
rawget({x = 1}, "x"), rawget({}, "x"), rawget({5}, 1), rawget({}, nil), rawget({}, 0/0)
rawget(setmetatable({}, {__index = {x = 1}}), "x")
rawget()
rawget {}
rawget(1, 1)
rawget("x", "len")
rawget(nil, 1)
rawget({}, 1, 2)
local t = {} return rawset(t, "x", 1) == t, t.x
local t = setmetatable({}, {__newindex = error}) rawset(t, "x", 1) return t.x
local t = {x = 1} rawset(t, "x", nil) return next(t)
rawset()
rawset {}
rawset({}, 1)
rawset({}, nil, 1)
rawset({}, 0/0, 1)
rawset(1, 1, 1)
rawset("x", 1, 1)
#rawset({}, 1, 2, 3)
]]
-- assert, error: see 2_7; here the arguments.
check.lines [[
assert(1, 2, 3), assert "x"
assert()
assert(nil)
assert(false, "m")
assert(nil, {5})
error("m", 0)
error("m", 1, 2)
select("#", assert(true, nil))
]]
-- collectgarbage: see 2_10.
check.lines [[
type(collectgarbage "count"), collectgarbage "collect"
select("#", collectgarbage "count"), select("#", collectgarbage())
collectgarbage "generational"
collectgarbage "isrunning"
]]
-- dofile, load, loadfile, loadstring
check.lines [[
dofile "/no/such/file"
dofile(5)
dofile {}
loadfile "/no/such/file"
loadfile(5)
loadfile {}
loadstring "return 1" ()
loadstring("return 1", "name")()
loadstring("error 'm'", "name")()
loadstring("error 'm'", "@name")()
loadstring("error 'm'", "=name")()
loadstring("error 'm'", "=")()
loadstring("error 'm'", "@")()
loadstring("error 'm'", "")()
loadstring("error 'm'", "two\nlines")()
loadstring("error 'm'", ("long"):rep(30))()
loadstring("error 'm'", "@" .. ("long"):rep(30))()
loadstring("error 'm'", "=" .. ("long"):rep(30))()
loadstring "error 'm'" ()
loadstring "\nerror 'second line'" ()
loadstring "error 'a chunk whose text is longer than what fits into the name of a chunk, so that it is cut'" ()
loadstring "x ="
loadstring("x =", "=name")
loadstring("x =", "@name")
loadstring "return ..." (1, 2)
loadstring ""
loadstring()
loadstring(nil)
loadstring {}
loadstring(5)
loadstring("return 1", nil)()
loadstring("return 1", {})
loadstring("return 1", 5)()
select("#", loadstring "x =")
loadstring("return 1", "n", "t", {})()
load(function() end)
load(function() return nil end)
type(load(function() end))
load(function() return "" end)()
local n = 0 return load(function() n = n + 1 return ({"return ", "1", " + 2"})[n] end)()
local n = 0 return load(function() n = n + 1 return ({"return 1", "", "error()"})[n] end)()
local n = 0 return load(function() n = n + 1 return n == 1 and "error 'm'" or nil end, "=name")()
local n = 0 return load(function() n = n + 1 return n == 1 and "error 'm'" or nil end)()
local n = 0 return load(function() n = n + 1 return n == 1 and "x =" or nil end)
local n = 0 return load(function() n = n + 1 return n == 1 and "x =" or nil end, "@file")
local n = 0 return load(function() n = n + 1 return n == 1 and 5 or nil end)
load(function() return {} end)
load(function() return true end)
load(function() error "reader" end)
load(function() error("reader", 0) end)
local n = 0 return load(function() n = n + 1 if n == 2 then error("second", 0) end return "x = " end)
load()
load(nil)
load "return 1"
load {}
load(5)
load(function() end, {})
local n = 0 return load(function() n = n + 1 return n == 2 and "return 'after a first empty piece'" or nil end)(), n
local n = 0 local f = load(function() n = n + 1 return n == 1 and "return 1" or nil end) return f(), n
local n = 0 local f, m = load(function() n = n + 1 if n == 2 then error("second call", 0) end end) return f, m, n
local s = ("return " .. ("1 + "):rep(50) .. "1") local i = 0 return load(function() i = i + 1 local c = s:sub(i, i) return c ~= "" and c or nil end)()
local s = string.dump(loadstring "return 'dumped', ...") local i = 0 return load(function() i = i + 1 local c = s:sub(i, i) return c ~= "" and c or nil end)(5)
load(function(...) count = select("#", ...) end) and count
local n, log = 0, {} load(function() n = n + 1 log[n] = coroutine.running() == nil return nil end) return n, log[1]
]]
-- getmetatable, setmetatable: see 2_8. getfenv, setfenv: see 2_9.
check.lines [[
getmetatable()
select("#", getmetatable {})
setmetatable({}, {}, 1) ~= nil
]]
-- ipairs, next, pairs
check.lines [[
ipairs()
ipairs(nil)
ipairs(5)
ipairs "x"
select("#", ipairs {}), (select(3, ipairs {}))
local f, t, i = ipairs {"a", "b"} return type(f), t[1], i, f(t, 0)
local f = ipairs {} return f({"a", "b"}, 1)
local f = ipairs {} return f({"a", "b"}, 2)
select("#", (ipairs {})({}, 0))
local f = ipairs {} return f()
local f = ipairs {} return f {}
local f = ipairs {} return f({}, "x")
local f = ipairs {} return f({5}, "0")
local f = ipairs {} return f({5}, 0.5)
local f = ipairs {} return f({[2] = 6}, 1.9)
local s = 0 for i, v in ipairs {10, 20, nil, 40} do s = s + v end return s
local s = "" for i, v in ipairs {false, "x"} do s = s .. tostring(v) end return s
local t = {1, 2, 3} for i, v in ipairs(t) do if i == 1 then t[4] = 4 end n = i end return n
local t = {1, 2, 3} for i, v in ipairs(t) do t[i + 1] = nil n = i end return n
ipairs {} == ipairs {}
next()
next(nil)
next(5)
next {}
next({}, nil)
next {5}
next({5}, 1)
next({5}, 2)
next({5}, "x")
next({}, 1)
next({}, {})
next({x = 1})
next({x = 1}, "x")
next({x = 1}, "y")
next({1, 2, 3}, 2)
next({1, 2, 3}, 2.5)
next({1, 2, 3}, "1")
next({}, 0/0)
next({1, nil, 3}, 1)
next({nil, nil, 3})
select("#", next {}), select("#", next {1})
next({1}, nil, nil)
local t = {1, 2, x = 3} local n, k, v = 0 repeat k, v = next(t, k) n = n + 1 until not k return n
local t = {x = 1} local k = next(t) t.x = nil return next(t, k)
local t = {1, 2, 3} for k in next, t do t[k] = nil end return next(t)
next(setmetatable({}, {__index = {1}}))
pairs()
pairs(nil)
pairs(5)
pairs "x"
select("#", pairs {}), pairs {} == next
local f, t, k = pairs {7} return f == next, t[1], k
local n = 0 for k, v in pairs {1, 2, x = 3, [{}] = 4} do n = n + v end return n
local n = 0 for k in pairs {} do n = n + 1 end return n
local t = {} for i = 1, 100 do t[i] = i t["k" .. i] = i end local s = 0 for k, v in pairs(t) do s = s + v t[k] = nil end return s, next(t)
local s = "" for k, v in pairs {"a", "b", "c", "d"} do s = s .. k .. v end return s
for k, v in pairs {x = nil} do return k end return "nothing"
]]
-- pcall, xpcall: see 2_7. print and tostring
print()
print(nil)
print(1, "x", true, nil)
print("a", "b")
print("with\ttab", "with\nnewline", "with\0nul")
print(1.5, -0.1, 1e100, 2^53, 1/0, -1/0)
print(setmetatable({}, { __tostring = function() return "from __tostring" end }))
print((print) == print)
check.lines [[
select("#", print "x")
print(setmetatable({}, {__tostring = function() return 5 end}))
print(setmetatable({}, {__tostring = function() return nil end}))
print(setmetatable({}, {__tostring = function() return {} end}))
print(setmetatable({}, {__tostring = function() error("in __tostring", 0) end}))
local old = tostring tostring = function(v) return "<" .. type(v) .. ">" end print(1, "x", nil) tostring = old
local old = tostring tostring = nil local ok, m = pcall(print, 1) tostring = old return ok, m
local old = tostring tostring = function() return nil end local ok, m = pcall(print, 1) tostring = old return ok, m
local old = tostring tostring = function() return 5 end local ok, m = pcall(print, 1) tostring = old return ok, m
tostring(nil), tostring(true), tostring(false), tostring(1), tostring "x", tostring(-0.5)
tostring({}):match "^table: 0x%x+$" ~= nil, tostring(print):match "^function: " ~= nil
tostring(function() end):match "^function: 0x%x+$" ~= nil, tostring(io.stdout):match "^file %(0x%x+%)$" ~= nil
tostring(newproxy()):match "^userdata: 0x%x+$" ~= nil, tostring(coroutine.create(function() end)):match "^thread: 0x%x+$" ~= nil
tostring()
tostring(1, 2)
local t = {} return tostring(t) == tostring(t), tostring({}) == tostring({})
]]
-- select
check.lines [[
select("#"), select("#", nil), select("#", 1, 2, 3)
select(1, "a", "b", "c")
select(2, "a", "b", "c")
select(3, "a", "b", "c")
select(4, "a", "b", "c")
select(100, "a")
select(-1, "a", "b", "c")
select(-3, "a", "b", "c")
select(-4, "a", "b", "c")
select(0, "a")
select(-1)
select(1)
select()
select(nil)
select({}, 1)
select("x", 1)
select("", 1)
select("##", 1)
select("2", "a", "b")
select(1.9, "a", "b"), select(2.9, "a", "b")
select(0.5, "a")
select(-1.5, "a", "b")
(select(2, "a", "b", "c"))
]]
-- tonumber
check.lines [[
tonumber(5), tonumber "5", tonumber " 5 ", tonumber "5x", tonumber "", tonumber " ", tonumber "0x1F", tonumber "1e2", tonumber ".5", tonumber "5."
tonumber(nil), tonumber(true), tonumber {}, tonumber(print)
tonumber()
tonumber("10", 10), tonumber("10", 2), tonumber("10", 8), tonumber("10", 16), tonumber("10", 36), tonumber("zz", 36), tonumber("ZZ", 36)
tonumber("12", 2), tonumber("8", 8), tonumber("g", 16), tonumber("", 16), tonumber(" ", 16), tonumber("1 1", 16)
tonumber("  ff  ", 16), tonumber("-ff", 16), tonumber("+ff", 16), tonumber("0xff", 16), tonumber("0x", 16)
tonumber("7fffffff", 16), tonumber("ffffffff", 16), tonumber("100000000", 16)
tonumber("1.5", 16), tonumber("1e1", 16), tonumber("1e1", 15), tonumber("1.5", 10)
tonumber(10, 16), tonumber(10, 2), tonumber(1.5, 16)
tonumber("10", 1)
tonumber("10", 37)
tonumber("10", 0)
tonumber("10", -1)
tonumber("10", "16")
tonumber("10", "x")
tonumber("10", {})
tonumber("10", nil)
tonumber(nil, 16)
tonumber({}, 16)
tonumber({}, 10)
tonumber(true, 10)
tonumber("10", 2.9), tonumber("10", 16.5)
tonumber("1\0", 10), tonumber("1\0"), tonumber("1\0", 16)
tonumber "0x", tonumber "x10", tonumber "1e", tonumber "e1", tonumber "--1", tonumber "- 1", tonumber "1 2"
tonumber "inf" == 1/0, tonumber "1e999" == 1/0
]]
for base = 2, 36 do
    check.values("base " .. base, tonumber("10", base), tonumber("11111", base), tonumber("z", base), tonumber(tostring(base - 1), base), tonumber("-1a", base))
end
-- unpack
check.lines [[
unpack {}
unpack {1, 2, 3}
unpack {1, nil, 3}
unpack({1, 2, 3}, 2)
unpack({1, 2, 3}, 2, 3)
unpack({1, 2, 3}, 1, 5)
unpack({1, 2, 3}, -1, 1)
unpack({1, 2, 3}, 3, 2)
unpack({1, 2, 3}, 0)
unpack({}, 1, 3)
select("#", unpack({}, 1, 3)), select("#", unpack {}), select("#", unpack({n = 3}))
unpack({1, 2, 3}, "2", "3")
unpack({1, 2, 3}, 1.9, 2.9)
unpack({1, 2}, nil, 1)
unpack({1, 2}, 1, nil)
unpack()
unpack(nil)
unpack(5)
unpack "x"
unpack({}, "x")
unpack({}, 1, "x")
unpack({}, {})
unpack({}, 1, 1e8)
unpack({}, 1, 1e7)
unpack({}, -1e8, 1e8)
unpack(setmetatable({}, {__index = {1, 2}}), 1, 2)
(unpack {1, 2})
#{unpack {1, 2, 3}}
]]
for _, n in ipairs { 0, 1, 10, 100, 1000, 7000 } do
    local t = {}
    for i = 1, n do t[i] = i end
    check.values("unpack " .. n, select("#", unpack(t)), (select(n + 1, 0, unpack(t))))
end
-- newproxy, gcinfo and module have no own paragraph in the manual, but are there.
check.lines [[
type(newproxy), type(gcinfo), type(newproxy()), type(newproxy(true)), type(gcinfo())
getmetatable(newproxy()), type(getmetatable(newproxy(true))), getmetatable(newproxy(false))
newproxy(5)
]]
-- The names of the global table.
local names = {}
for name in pairs(_G) do names[#names + 1] = tostring(name) end
table.sort(names)
for _, name in ipairs { "_G", "_VERSION", "assert", "collectgarbage", "dofile", "error", "gcinfo", "getfenv", "getmetatable", "ipairs", "load", "loadfile",
    "loadstring", "module", "newproxy", "next", "pairs", "pcall", "print", "rawequal", "rawget", "rawset", "require", "select", "setfenv", "setmetatable",
    "tonumber", "tostring", "type", "unpack", "xpcall", "coroutine", "debug", "io", "math", "os", "package", "string", "table" } do
    check.values("global " .. name, type(_G[name]))
end
