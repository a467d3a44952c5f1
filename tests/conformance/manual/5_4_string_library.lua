-- The string functions; patterns have their own file.
local check = dofile "check.inc"

local names = {}
for name, value in pairs(string) do names[#names + 1] = name .. ":" .. type(value) end
table.sort(names)
for _, name in ipairs(names) do check.values("member", name) end
-- Each function without arguments and with arguments of a wrong type.
for _, name in ipairs { "byte", "char", "dump", "find", "format", "gfind", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub", "upper" } do
    for _, arguments in ipairs { "", "nil", "{}", "true", "print and nil", "'x'", "5", "'x', {}", "'x', nil", "'x', 'y', {}", "'x', true, 1", "'x', 'x', 'x', {}" } do
        check.call(("string.%s(%s)"):format(name, arguments), function()
            local v = loadstring(("return string.%s(%s)"):format(name, arguments), "=line")()
            return type(v) == "function" and "function" or v
        end)
    end
end
-- byte and char
check.lines [[
("A"):byte(), ("ABC"):byte(2), ("ABC"):byte(-1), ("ABC"):byte(-3)
("ABC"):byte(1, 3)
("ABC"):byte(1, -1)
("ABC"):byte(2, 10)
("ABC"):byte(0)
("ABC"):byte(4)
("ABC"):byte(-4)
("ABC"):byte(0, 1)
("ABC"):byte(-10, 2)
("ABC"):byte(3, 1)
(""):byte()
(""):byte(1, -1)
select("#", (""):byte()), select("#", ("x"):byte(10))
("\0\255\128"):byte(1, 3)
("ABC"):byte("2")
("ABC"):byte(1.9)
("ABC"):byte(nil, 2)
("ABC"):byte(1, nil)
(123):byte()
string.byte(123, 1, 3)
("x"):rep(100):byte(1, 3)
string.char(), #string.char()
string.char(65), string.char(65, 66, 67), string.char(0), #string.char(0, 0)
string.char(255), string.char(256)
string.char(-1)
string.char(65.9)
string.char "65"
string.char "x"
string.char({})
string.char(65, nil)
string.char(1e10)
string.char(("ABC"):byte(1, -1))
]]
-- len, lower, upper, reverse, rep, sub
check.lines [[
(""):len(), ("abc"):len(), ("a\0b"):len(), string.len(12345)
("AbC1!"):lower(), ("AbC1!"):upper(), (""):lower(), (""):upper(), ("\228\196"):upper(), ("a\0B"):upper()
("abc"):reverse(), (""):reverse(), ("a\0b"):reverse(), ("x"):reverse(), string.reverse(123)
("ab"):rep(3), ("ab"):rep(0), ("ab"):rep(-1), ("ab"):rep(1), (""):rep(100), ("a\0"):rep(2)
("ab"):rep(2.9), ("ab"):rep("2"), ("x"):rep(1000) == ("xx"):rep(500)
#("x"):rep(1e6)
("x"):rep(3, ",")
("x"):rep(0/0)
("x"):rep()
("x"):rep(nil)
("hello"):sub(2), ("hello"):sub(2, 3), ("hello"):sub(-3), ("hello"):sub(-3, -2), ("hello"):sub(2, -2), ("hello"):sub(1, 1)
("hello"):sub(0), ("hello"):sub(0, 0), ("hello"):sub(1, 0), ("hello"):sub(3, 2), ("hello"):sub(10), ("hello"):sub(5), ("hello"):sub(6)
("hello"):sub(-100), ("hello"):sub(-100, 2), ("hello"):sub(1, 100), ("hello"):sub(-1, -1), ("hello"):sub(-1, 1), ("hello"):sub(1, -100)
("hello"):sub("2", "3"), ("hello"):sub(1.9, 2.9), ("hello"):sub(-1.9), (""):sub(1), (""):sub(0, 0), ("a\0b"):sub(2, 2)
("hello"):sub(2^31), ("hello"):sub(-2^31), ("hello"):sub(1, 2^31)
("hello"):sub(nil)
("hello"):sub()
("hello"):sub(1, nil)
("hello"):sub({})
]]
for i = -7, 7 do
    local row = {}
    for j = -7, 7 do row[#row + 1] = ("hello"):sub(i, j) end
    check.values("sub from " .. i, table.concat(row, "|"))
    check.values("byte from " .. i, ("hello"):byte(i, 3))
    check.values("find from " .. i, ("hello"):find("l", i))
    check.values("find plain from " .. i, ("hello"):find("l", i, true), ("hello"):find("", i))
    check.values("match from " .. i, ("hello"):match("l+", i))
end
-- format
check.lines [[
("%d"):format(5), ("%d"):format(-5), ("%5d|"):format(5), ("%-5d|"):format(5), ("%05d"):format(5), ("%+d"):format(5), ("% d"):format(5), ("%.3d"):format(5), ("%5.3d|"):format(5)
("%i"):format(5), ("%u"):format(5), ("%d"):format(5.9), ("%d"):format(-5.9), ("%d"):format("5"), ("%d"):format(2^31), ("%d"):format(2^53), ("%d"):format(-2^53)
("%x"):format(255), ("%X"):format(255), ("%#x"):format(255), ("%08x"):format(255), ("%o"):format(8), ("%#o"):format(8), ("%x"):format(2^32), ("%u"):format(2^32)
("%c"):format(65), ("%c%c"):format(72, 105), #("%c"):format(0), ("%5c|"):format(65), ("%-5c|"):format(65)
("%e"):format(12345.678), ("%E"):format(12345.678), ("%.2e"):format(12345.678), ("%f"):format(1.5), ("%.0f"):format(1.5), ("%.0f"):format(2.5), ("%10.3f|"):format(3.14159), ("%-10.3f|"):format(3.14159), ("%+.1f"):format(1)
("%g"):format(1e20), ("%g"):format(0.0001), ("%g"):format(0.00001), ("%g"):format(100000), ("%g"):format(1000000), ("%G"):format(1e-10), ("%.3g"):format(1234.5), ("%#g"):format(1), ("%g"):format(1/0), ("%f"):format(-1/0)
("%a"):format(1)
("%s"):format("x"), ("%s"):format(5), ("%10s|"):format("x"), ("%-10s|"):format("x"), ("%.2s"):format("hello"), ("%5.2s|"):format("hello"), ("%s"):format(""), ("%.0s|"):format("hello"), ("%.s|"):format("hello")
("%s"):format(nil)
("%s"):format(true)
("%s"):format {}
("%s"):format(setmetatable({}, {__tostring = function() return "x" end}))
("%s")
("%s"):format()
("%s%s"):format("a")
("%d"):format()
("%d"):format "x"
("%d"):format {}
("%d"):format(nil)
("%c"):format "x"
("%q"):format "x", ("%q"):format 'a"b', ("%q"):format "a\\b", ("%q"):format "a\nb", ("%q"):format "a\rb", ("%q"):format "a\0b", ("%q"):format "", ("%q"):format(5)
("%q"):format {}
("%q"):format()
("%10q"):format "x"
loadstring("return " .. ("%q"):format "all \" of \\ this \n and \r and \0 that")()
("%%"):format(), ("100%%"):format(), ("%%%d%%"):format(5), ("%5%"):format()
("%"):format()
("%y"):format(1)
("%l"):format(1)
("%ld"):format(1)
("%p"):format(1)
("%n"):format(1)
("% "):format(1)
("%."):format(1)
("%-"):format(1)
("%10"):format(1)
("%100d"):format(5)
("%99d"):format(5)
("%.100d"):format(5)
("%.99f"):format(1/3)
("%099d"):format(5)
("%0000005d"):format(5)
("%-+ #0d"):format(5)
("%-+ #05d|"):format(5)
("%--5d|"):format(5)
("%*d"):format(5, 1)
("%1$d"):format(5)
("%5.5.5d"):format(5)
("no directives"):format(), ("no directives"):format(1, 2), (""):format()
("a%db%sc"):format(1, "x")
("%s %s %s"):format(1, 2, 3)
("%d %s"):format("5", 5)
("%5s%-5s|"):format("a", "b")
("a\0b%s"):format("x"), #("a\0b%s"):format("x")
("%s"):format("a\0b"), #("%s"):format("a\0b")
#("%s"):format(("x"):rep(1000)), #("%-1s"):format(("x"):rep(1000)), #("%.20s"):format(("x"):rep(1000))
("%.3q"):format "x"
("%x"):format(-1), ("%o"):format(-1), ("%u"):format(-1)
("%d"):format(0), ("%.0d|"):format(0), ("%5.0d|"):format(0), ("%x"):format(0), ("%#x"):format(0), ("%e"):format(0), ("%g"):format(0), ("%g"):format(-0.0)
("%5.1f|%-8.3e|%+g"):format(1.25, 1.25, 1.25)
string.format(5), string.format("%d", 3, 4)
]]
for _, directive in ipairs { "d", "i", "u", "o", "x", "X", "c", "e", "E", "f", "g", "G", "s", "q" } do
    for _, flags in ipairs { "", "-", "+", " ", "#", "0", "8", "-8", "08", "+8", ".3", "8.3", "-8.3", "08.3", ".0", "+.1", "#.2" } do
        local format = "%" .. flags .. directive .. "|"
        check.values(format, pcall(string.format, format, 65), pcall(string.format, format, 0), pcall(string.format, format, "37.5"))
    end
end
-- dump
check.lines [[
type(string.dump(function() end)), #string.dump(function() end) > 0
loadstring(string.dump(function(...) return ... end))(1, 2)
loadstring(string.dump(function(a, b) local c = a + b return c * 2 end))(1, 2)
loadstring(string.dump(function() local function f(n) return n == 0 and "end" or f(n - 1) end return f(5) end))()
loadstring(string.dump(loadstring("error 'm'", "=name")))()
loadstring(string.dump(function() return nosuch end))()
local x = 5 return pcall(loadstring(string.dump(function() return x end)))
string.dump(print)
string.dump(coroutine.wrap(function() end))
string.dump()
string.dump {}
string.dump "x"
string.dump(function() end):byte(1)
]]
