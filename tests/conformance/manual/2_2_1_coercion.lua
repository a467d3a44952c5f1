-- Conversions between strings and numbers at run time.
local check = dofile "check.inc"

-- A string operand of arithmetic is converted.
local texts = { "10", "0x10", "  10  ", "10 ", "\t10\n", "1e1", "1e", "", " ", "abc", "10a", "a10", "1 0", ".5", "5.", ".", "-5",
    "+5", "- 5", "--5", "-0x10", "0x", "0xg", "1e+2", "1e-2", "0x1p4", "inf", "nan", "infinity", "1_0", "10\0", "1,5", "0x-1",
    "1e500", "-1e500", "1e-500", "0x8000000000000000", "123456789012345678901", "\v\f10", "0X1f", "1.5e1x" }
for _, text in ipairs(texts) do
    check.call("tonumber " .. check.shown(text), tonumber, text)
    check.call("+ " .. check.shown(text), function() return text + 1 end)
    check.call("unary - " .. check.shown(text), function() return -text end)
    check.call("for " .. check.shown(text), function() local n = 0 for i = text, 10 do n = n + 1 if n > 3 then break end end return n end)
end
check.lines [[
"10" + 1, 1 + "10", "10" + "1", "3" * "4", "7" / "2", "7" % "4", "2" ^ "10", "5" - "8", -"2"
type("10" + 1), type(-"2")
"10" .. 1, 1 .. "10", 1 .. 2, 1.5 .. "", -1 .. "", 1e15 .. "", 1e100 .. "", 2^63 .. "", 0.1 .. "", 1/3 .. ""
(1/0) .. "", (-1/0) .. ""
type(1 .. 2), #(1 .. 2)
10 .. 20 + 5
"10" + "20" .. "5"
"0x10" + 0, "0xA" * 2, "-0x10" + 0
" 10 " + 1
"abc" + 1
1 + "abc"
{} + 1
1 + {}
nil + 1
"10" + nil
"10" + {}
true + 1
"10" + true
print + 1
-{}
-"abc"
-nil
{} .. "x"
"x" .. nil
true .. "x"
"x" .. print
1 .. {}
]]

-- Comparison and indexing do not convert.
check.lines [[
"10" == 10, 10 == "10", "0" == 0, "" == 0
"10" < 5
5 < "10"
"10" <= 10
10 >= "10"
"10" < "9", 10 < 9
({10, 20, 30})["2"], ({10, 20, 30})[2]
t = {} t["1"] = "s" return t[1], #t
t = {} t[1] = "n" return t["1"]
]]

-- Library functions that want numbers take strings, and the reverse.
check.lines [[
("x"):rep("3"), string.rep("x", " 3 "), string.rep(5, 3)
string.sub("hello", "2", "3"), string.sub(12345, 2, 3)
string.len(123), string.len(1.5), string.len(1e100), #tostring(1e15)
string.upper(1), string.reverse(123), string.byte(5)
math.max("10", 9), math.floor("3.7"), math.abs("-4"), math.sqrt "16"
math.floor "x"
math.floor ""
math.floor {}
string.rep("x", "y")
string.rep("x", {})
string.rep({}, 1)
string.char("65", "66")
string.format("%d", "10"), string.format("%s", 10), string.format("%5.1f", "3.14159"), string.format("%x", "0xff")
string.format("%d", "x")
table.concat({1, 2.5, "x"}, 0)
table.concat({1, true})
tonumber "10", tonumber(10), tonumber "z"
("5"):rep(2) + 1
string.find("a1b", 1)
string.gsub("a1b", 1, 2)
select("2", "a", "b", "c")
select("x", "a")
unpack({1, 2, 3}, "2", "3")
tostring(10), tostring "10", tostring(10) == "10"
string.rep("ab", 2.7), string.rep("ab", "2.7"), ("abc"):sub(1.9, 2.9)
]]

-- From number to string: the shortest of 14 digits; string.format gives control.
local numbers = { 0, 1, -1, 10, 100, 1e5, 1e10, 1e14, 1e15, 1e16, 1e17, 1e20, 1e21, 1e99, 1e100, 0.1, 0.5, 1.5, 1e-1, 1e-4, 1e-5, 1e-10,
    123.456, 1/3, 2/3, 100/3, 1e15/3, 123456789, 1234567890123, 12345678901234, 123456789012345, 1234567890123456, 2^31, 2^32, 2^53,
    2^63, 2^64, 0.1 + 0.2, 3.14159265358979, 1e300 * 1e10, -1e300 * 1e10, 5e-324, 2.2250738585072e-308, 1.7976931348623157e308, 99999999999999.5,
    0.30000000000000004, 1.0000000000001, 1.00000000000001, 1.000000000000001, -1234.5, 1e14 + 0.5 }
for _, number in ipairs(numbers) do
    check.values("number", number, number .. "", tostring(number), string.format("%s", number), string.format("%.17g", number))
    check.values("and back", tonumber(number .. "") == number, tonumber(string.format("%.17g", number)) == number)
end

-- Every pair of an operator and types.
local operands = { { "nil", nil }, { "true", true }, { "1", 1 }, { "'2'", "2" }, { "'x'", "x" }, { "{}", {} }, { "print", print } }
local operators = { "+", "-", "*", "/", "%", "^", "..", "<", "<=", ">", ">=", "==", "~=" }
for _, operator in ipairs(operators) do
    local f = loadstring("local a, b = ... return a " .. operator .. " b", "=line")
    for i = 1, #operands do
        for j = 1, #operands do
            check.call(operands[i][1] .. " " .. operator .. " " .. operands[j][1], f, operands[i][2], operands[j][2])
        end
    end
end
for i = 1, #operands do
    check.call("-" .. operands[i][1], loadstring("local a = ... return -a", "=line"), operands[i][2])
    check.call("#" .. operands[i][1], loadstring("local a = ... return #a", "=line"), operands[i][2])
    check.call("not " .. operands[i][1], loadstring("local a = ... return not a", "=line"), operands[i][2])
end
