-- The eight types, their values, identity and references.
local check = dofile "check.inc"

check.lines [[
type(nil), type(false), type(true)
type(0), type(0.5), type(0/0), type(1/0)
type "", type "a\0b"
type(print), type(function() end), type(type)
type(io.stdout), type(newproxy())
type(coroutine.create(function() end))
type {}
type()
_VERSION
nil == nil, false == false, true == true, nil == false, false == nil
nil == 0, false == 0, false == "", nil == ""
not nil, not false, not true, not 0, not "", not {}, not print
nil and 1, false and 1, 0 and 1, "" and 1, (0/0) and 1
if 0 then return "zero is true" end
if "" then return "the empty string is true" end
if nil then return 1 else return "nil is false" end
if false then return 1 else return "false is false" end
if 0/0 then return "nan is true" end
]]

-- Numbers are doubles.
check.lines [[
2^53, 2^53 + 1 == 2^53, 2^53 - 1 ~= 2^53
1/3, 2/3, 10/2, 7/2
1e308 * 10, -1e308 * 10
1e-308 / 1e10 > 0, 1e-320 / 1e10
0/0 == 0/0, 0/0 ~= 0/0
(0/0) < 1, (0/0) > 1, (0/0) <= (0/0)
-0 == 0, 1/-0 == 1/0
9007199254740993
3 == 3.0, 3 .. "", 3.0 .. ""
1e100
]]

-- Strings are immutable, hold any byte, and are equal by content.
check.lines [[
"abc" == 'abc', "abc" == "ab" .. "c", "a\0b" == "a\0b", "a\0b" == "a\0c", "a\0b" == "a"
#"a\0b\0", #"\0"
("x"):rep(100) == ("x"):rep(100), ("x"):rep(1000) == ("xx"):rep(500), ("x"):rep(1000) == ("x"):rep(999) .. "y"
s = "abc" t = s s = s .. "d" return s, t
s = "abc" s[1] = "x"
s = "abc" s.x = 1
("abc").x, ("abc")[1]
"a" == 97, "10" == 10, 10 == "10"
({["10"] = "string", [10] = "number"})["10"]
({["10"] = "string", [10] = "number"})[10]
]]
check.call("every byte", function()
    local all = {}
    for byte = 0, 255 do all[#all + 1] = string.char(byte) end
    local text = table.concat(all)
    local equal = true
    for byte = 0, 255 do equal = equal and text:byte(byte + 1) == byte end
    return #text, equal
end)

-- Functions are values.
check.lines [[
f = function(x) return x end return f(1), f == f, f == function(x) return x end
function g() return g end return g() == g, g()() == g
(function(...) return ... end)(1, nil, 3)
t = {f = print} return t.f == print
({[print] = 1})[print], ({[print] = 1})[type]
print == print, print ~= type, string.len == ("").len
(function() return function() return 5 end end)()()
pcall(function(f) return f(2) end, function(x) return x * 2 end)
a = function() end b = function() end return a == b
]]

-- Userdata: only identity and metatables.
check.lines [[
io.stdout == io.stdout, io.stdout == io.stderr
io.stdout.x
io.stdout.x = 1
newproxy() == newproxy()
u = newproxy() return u == u
newproxy().x
newproxy()()
newproxy() + 1
getmetatable(newproxy()), type(getmetatable(newproxy(true)))
u = newproxy(true) getmetatable(u).__index = {x = 5} return u.x
u = newproxy(true) v = newproxy(u) return getmetatable(u) == getmetatable(v), u == v
newproxy {}
newproxy(1)
newproxy "x"
newproxy(io.stdout)
newproxy(nil), newproxy(false)
]]

-- Tables: any value but nil as key (and not nan), any value as value, nil for what is absent.
check.lines [[
t = {} t[nil] = 1
t = {} t[0/0] = 1
t = {} t[nil] = nil
({})[nil], ({})[0/0]
t = {} t[1] = 1 t[1.5] = 2 t["1"] = 3 t[true] = 4 t[false] = 5 t[print] = 6 t[t] = 7 t[io.stdout] = 8 return t[1], t[1.5], t["1"], t[true], t[false], t[print], t[t], t[io.stdout]
t = {} t[1] = "a" return t[1.0], t[2 - 1], t["1"]
t = {} t[0] = 1 return t[-0], t[0 * -1]
t = {} t[-0] = 1 return t[0]
t = {} t[2^53] = 1 return t[2^53 + 1]
t = {x = 1} return t.x, t["x"], t["x" .. ""]
t = {} t.x = 1 t.x = nil return t.x, next(t)
t = {} return t.x, t[1], t[true], t[t]
t = {1, nil, 3} return t[1], t[2], t[3]
t = {} t["a b"] = 1 t[""] = 2 t["end"] = 3 return t["a b"], t[""], t["end"]
t = {} t.t = t return t.t.t.t == t
t = {f = function(self) return self end} return t.f(t) == t, t:f() == t
t = {} t[1/0] = "inf" t[-1/0] = "-inf" return t[1/0], t[-1/0]
t = {} co = coroutine.create(function() end) t[co] = 9 return t[co]
t = {[1] = "array", n = "record"} return t[1], t.n
t = {10, 20, 30, [2] = "x"} return t[1], t[2], t[3]
rawset({}, nil, 1)
rawset({}, 0/0, 1)
table.insert({}, nil)
]]

-- Objects are handled by reference: assigning, passing and returning do not copy.
check.lines [[
a = {} b = a b.x = 1 return a.x, a == b
a = {} b = {} return a == b, rawequal(a, b), rawequal(a, a)
a = {x = 1} b = {x = 1} return a == b
function f(t) t.y = 2 return t end a = {} return f(a) == a, a.y
a = {} b = {a, a} b[1].z = 3 return b[2].z
f = function() local x = {} return function() return x end end g = f() return g() == g(), f()() == f()()
co = coroutine.create(function() end) d = co return co == d
a = "x" b = a a = "y" return b
]]

-- type() of everything that a library makes.
for _, library in ipairs { "coroutine", "debug", "io", "math", "os", "package", "string", "table" } do
    local names = {}
    for name in pairs(_G[library]) do names[#names + 1] = name end
    table.sort(names)
    for _, name in ipairs(names) do check.values("type " .. library .. "." .. name, type(_G[library][name])) end
end
