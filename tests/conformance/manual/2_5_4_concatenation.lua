-- The operator "..".
local check = dofile "check.inc"

check.lines [[
"a" .. "b"
"a" .. "b" .. "c"
"" .. "", "" .. "a", "a" .. ""
1 .. 2, 1.5 .. "x", "x" .. 1.5
-1 .. "", 1e20 .. "", 0.1 .. "", 1e15 .. "", 2^53 .. ""
(1/0) .. "", -(1/0) .. ""
"a\0b" .. "\0c", #("a\0b" .. "\0c")
"a" .. 1 + 2, 1 + 2 .. "a"
"a" .. 2 ^ 3, 2 .. 3 ^ 2
"a" .. #"bcd"
"a" .. -1
"a" .. not nil
"1" .. "2" + 3
("1" .. "2") + 3
"a" .. "b" == "ab", "a" .. "b" < "ac"
"a" .. "b" and "c"
("a" .. "b"):upper()
"a" .. ("b"):upper()
"a" .. (function() return "x", "y" end)()
local a = "x" a = a .. a a = a .. a return a
local s = "" for i = 1, 10 do s = s .. i end return s
local t = {} t.x = "a" t.x = t.x .. "b" return t.x
type(1 .. 2), 1 .. 2 == 12, 1 .. 2 == "12"
"a" .. {}
{} .. "a"
"a" .. nil
nil .. "a"
"a" .. true
true .. "a"
"a" .. print
print .. "a"
1 .. {}
{} .. 1
nil .. nil
{} .. {}
io.stdout .. "x"
"a" .. "b" .. nil
"a" .. nil .. "b"
nil .. "a" .. "b"
"a" .. {} .. nil
local a return a .. "x"
local a return "x" .. a
local a = {} return a.b .. "x"
local a = {} return "x" .. a.b
local a = {} return "x" .. a.b .. "y"
g1 .. "x"
"x" .. g1
"x" .. g1 .. "y"
local up local function f() return "x" .. up end return f()
local function f(p) return p .. "!" end return f()
local t = {} return "a" .. t.x .. "b" .. t.y
"a" .. (nil)
"a" .. ({})[1]
("a"):nosuch() .. "b"
..
"a" ..
.. "a"
"a" .. .. "b"
"a" . "b"
1..2
1. .. 2
1 ..2
]]
-- Right associative: the handlers are called from the right.
local log = {}
local mt = { __concat = function(a, b)
    local function name(v) return type(v) == "table" and v.name or v end
    local result = "(" .. name(a) .. "," .. name(b) .. ")"
    log[#log + 1] = result
    return setmetatable({ name = result }, getmetatable(type(a) == "table" and a or b))
end }
local function object(name) return setmetatable({ name = name }, mt) end
local a, b, c = object "a", object "b", object "c"
check.values("two", (a .. b).name)
check.values("three", (a .. b .. c).name)
check.values("strings left", ("x" .. "y" .. a).name)
check.values("strings right", (a .. "x" .. "y").name)
check.values("strings around", ("x" .. a .. "y").name)
check.values("numbers", (1 .. a .. 2).name)
check.values("many", ("p" .. "q" .. a .. "r" .. "s" .. b .. "t" .. "u").name)
check.values("parentheses", ((a .. b) .. c).name, (("x" .. a) .. ("y" .. b)).name)
check.values("order of calls", table.concat(log, " "))
for _, n in ipairs { 2, 3, 10, 50, 100, 180 } do
    local parts = {}
    for i = 1, n do parts[i] = "'" .. i .. "'" end
    check.evaluate("#(" .. table.concat(parts, " .. ") .. ")")
    for i = 1, n do parts[i] = "v" end
    check.evaluate("local v = 'ab' return #(" .. table.concat(parts, " .. ") .. ")")
end
check.call("a chain that is too long", loadstring, "return " .. ("'x' .. "):rep(300) .. "'x'", "=line")
