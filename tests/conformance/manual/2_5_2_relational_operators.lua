-- == ~= < > <= >=
local check = dofile "check.inc"

values = { { "nil", nil }, { "false", false }, { "true", true }, { "0", 0 }, { "1", 1 }, { "-1", -1 }, { "'0'", "0" }, { "''", "" }, { "'a'", "a" },
    { "inf", 1 / 0 }, { "nan", 0 / 0 }, { "t", {} }, { "f", print }, { "u", io.stdout }, { "co", coroutine.create(function() end) } }
for _, operator in ipairs { "==", "~=", "<", "<=", ">", ">=" } do
    local f = loadstring("local a, b = ... return a " .. operator .. " b", "=line")
    for i = 1, #values do
        for j = 1, #values do
            check.call(values[i][1] .. " " .. operator .. " " .. values[j][1], f, values[i][2], values[j][2])
        end
    end
end
check.lines [[
1 == 1, 1 == 1.0, 0x10 == 16, 1e2 == 100, "a" == 'a'
{} == {}, print == print, (function() end) == (function() end)
t = {} return t == t, {t}[1] == t
t = {} local u = {t} return u[1] == t
1 ~= 1, not (1 == 1), 1 ~= "1", "1" ~= 1
"a" < "b", "b" < "a", "a" < "a", "a" <= "a", "a" > "A", "Z" < "a"
"" < "a", "" < "", "" <= "", "a" < "aa", "aa" < "b", "ab" < "aa"
"10" < "9", "10" < "1", "2" > "10"
"a\0b" < "a\0c", "a\0b" < "a", "a" < "a\0", "\0" < "", "" < "\0", "a\0" < "a\0\0", "\0a" < "\0b", "a\0b" == "a\0b", "a\0z" < "b"
"\127" < "\128", "\255" > "a", "\200" < "\201"
1 < 2, 2 < 1, 1 <= 1, 1 < 1, -1 < 0, -1/0 < 0, 1/0 > 1e308
0/0 == 0/0, 0/0 ~= 0/0, 0/0 < 0/0, 0/0 <= 0/0, 0/0 > 0/0, 0/0 >= 0/0, 1 < 0/0, 1 > 0/0, not (1 < 0/0)
local n = 0/0 return n == n, n ~= n, rawequal(n, n)
-0 == 0, -0 < 0, -0 <= 0
1 < 2 == true
1 < 2 < 3
1 == 1 == 1
1 == 1 == true
"x" < 1
1 < "x"
{} < {}
{} < 1
nil < nil
nil < 1
1 < nil
true < false
true < 1
print < print
print < type
{} <= {}
{} > 1
1 > {}
1 >= {}
{} >= 1
nil > 1
1 >= nil
"a" > 1
1 > "a"
"a" >= {}
io.stdout < io.stdout
io.stdout < 1
newproxy() < newproxy()
local a, b return a < b
local a = {} return a.x < 1
g1 < 2
2 < g1
g1 > 2
g1 <= {}
a <
< a
a == 
a = = b
a ! = b
a => b
a =< b
a === b
a <> b
]]
-- In conditions, as values, negated, against constants of each kind.
for _, operator in ipairs { "==", "~=", "<", "<=", ">", ">=" } do
    for _, pair in ipairs { { "1", "2" }, { "2", "2" }, { "2", "1" }, { "'a'", "'b'" }, { "'b'", "'b'" }, { "'b'", "'a'" } } do
        local a, b = pair[1], pair[2]
        local e = a .. " " .. operator .. " " .. b
        local la = "local a, b = " .. a .. ", " .. b
        check.evaluate(e .. ", not (" .. e .. ")")
        check.evaluate(la .. " return a " .. operator .. " b, a " .. operator .. " " .. b .. ", " .. a .. " " .. operator .. " b")
        check.evaluate(la .. " if a " .. operator .. " b then return 'yes' else return 'no' end")
        check.evaluate(la .. " if not (a " .. operator .. " " .. b .. ") then return 'no' else return 'yes' end")
        check.evaluate(la .. " local n = 0 while a " .. operator .. " b and n < 3 do n = n + 1 end return n")
        check.evaluate(la .. " return (a " .. operator .. " b) and 'and', (a " .. operator .. " b) or 'or'")
    end
end
for _, constant in ipairs { "nil", "true", "false", "1", "'x'" } do
    for _, value in ipairs { "nil", "true", "false", "1", "'x'", "{}" } do
        check.evaluate("local v = " .. value .. " return v == " .. constant .. ", " .. constant .. " == v, v ~= " .. constant)
    end
end
