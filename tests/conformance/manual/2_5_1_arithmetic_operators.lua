-- + - * / % ^ and unary minus.
local check = dofile "check.inc"

check.lines [[
1 + 2, 5 - 3, 2 * 3, 7 / 2, 7 % 3, 2 ^ 10, -5
0.1 + 0.2, 0.1 + 0.2 == 0.3
1 / 0, -1 / 0
1 / 3 * 3 == 1
5 % 3, -5 % 3, 5 % -3, -5 % -3
5.5 % 2, -5.5 % 2, 5.5 % -2
5 % 1, 5.25 % 1, -5.25 % 1
0 % 5
5 % 0 ~= 5 % 0
5 % (1/0) == 5, -5 % (1/0)
1e308 + 1e308, 1e308 * 10
2 ^ 0.5, 4 ^ 0.5, 8 ^ (1/3), 2 ^ -1
2 ^ 0, 0 ^ 0, 0 ^ 1, (-2) ^ 2, (-2) ^ 3, -2 ^ 2
(-8) ^ (1/3) ~= (-8) ^ (1/3)
1 ^ (1/0), (1/0) ^ 0, 0 ^ -1
2 ^ 1024, 2 ^ -1075
x ^ (-0.5)
local x = 16 return x ^ (-0.5)
local x = 3.14159 return x - x % 0.01
local x = 3.14159 return x - x % 1
-0 == 0
-(-5), - -5, -(5)
-"5", -"0x10"
"10" + 5, "10" * "2", "3" ^ "2", "7" % "4", "9" / "3", "5" - "2"
1e15 + 0.5
2^53 + 1, 2^53 + 2
7 - -7, 7 - - - 7
3 - 3, 3 * 0, 0 * -3
5 // 2
5 & 2
~5
1 +
+ 1
1 + + 1
1 * / 2
1 %
^ 2
2 ^ ^ 2
2 ** 3
]]
-- a % b is a - floor(a/b) * b.
for _, a in ipairs { -7, -3.5, -1, 0, 0.5, 1, 3, 7, 10.25, 1e10 } do
    for _, b in ipairs { -4, -1.5, -1, 1, 2, 3.5 } do
        check.values(a .. " % " .. b, a % b, a % b == a - math.floor(a / b) * b)
    end
end
-- Values computed at run time and values folded by the compiler agree.
local numbers = { "0", "1", "2", "3", "0.5", "10", "7.25", "1e10", "1e308", "0x10" }
for _, operator in ipairs { "+", "-", "*", "/", "%", "^" } do
    for _, a in ipairs(numbers) do
        for _, b in ipairs(numbers) do
            local expression = a .. " " .. operator .. " " .. b
            local folded = loadstring("return " .. expression)()
            local computed = loadstring("local a, b = " .. a .. ", " .. b .. " return a " .. operator .. " b")()
            -- The sign of a nan that was computed is the machine's business.
            if folded ~= folded then folded = "nan" end
            if computed ~= computed then computed = "nan" end
            check.values(expression, folded, computed)
        end
    end
end
-- Errors name the operand.
check.lines [[
nil + 1
1 + nil
{} + 1
1 - {}
print * 2
true / 2
2 % false
2 ^ nil
-{}
-nil
-true
-print
-"x"
"x" + 1
1 + "x"
"" + 1
local a return a + 1
local a return 1 + a
local a = {} return a.b + 1
local a = {} return a.b.c + 1
local a = {} return a[1] + 1
local a = "x" return a * 2
g1 + 1
1 + g1
g1.x + 1
local t = {x = {}} return t.x - 1
local t = {x = {}} return 1 - t.x
local t = {x = {}} return -t.x
local t = {x = {y = true}} return t.x.y ^ 2
local up local function f() return up + 1 end return f()
local function f(p) return p / 2 end return f()
local function f(p) return p / 2 end return f {}
(function() end)() + 1
("x"):rep(0) + 1
({})[1] + 1
local k = "key" local t = {} return t[k] + 1
local t = {} return t["a b"] + 1
nil + nil
{} + nil
nil + {}
"1" + nil
nil + "1"
"x" + nil
nil + "x"
io.stdout + 1
coroutine.create(function() end) + 1
]]
