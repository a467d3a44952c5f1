-- Precedence and associativity of the operators.
local check = dofile "check.inc"

-- An object that notes how it was combined.
local mt = {}
local function name(v) return type(v) == "table" and v.name or tostring(v) end
local function make(n) return setmetatable({ name = n }, mt) end
for event, sign in pairs { __add = "+", __sub = "-", __mul = "*", __div = "/", __mod = "%", __pow = "^", __concat = ".." } do
    mt[event] = function(x, y) return make("(" .. name(x) .. sign .. name(y) .. ")") end
end
mt.__unm = function(x) return make("(-" .. name(x) .. ")") end
a, b, c, d = make "a", make "b", make "c", make "d"
local function show(expression)
    local f = assert(loadstring("return " .. expression, "=line"))
    check.call(expression, function() return name(f()) end)
end
local operators = { "+", "-", "*", "/", "%", "^", ".." }
for _, first in ipairs(operators) do
    for _, second in ipairs(operators) do
        show("a " .. first .. " b " .. second .. " c")
        show("-a " .. first .. " b " .. second .. " c")
        show("a " .. first .. " -b " .. second .. " c")
    end
end
for _, first in ipairs(operators) do
    for _, second in ipairs(operators) do
        for _, third in ipairs { "+", "*", "^", ".." } do
            show("a " .. first .. " b " .. second .. " c " .. third .. " d")
        end
    end
end
show "- -a"
show "-a ^ -b"
show "- - a ^ b"
show "a ^ b ^ c ^ d"
show "a .. b .. c .. d"
show "a - b - c - d"
show "(a - b) - (c - d)"
show "a - (b - (c - d))"
show "(a .. b) .. (c .. d)"
show "(a ^ b) ^ c"

-- Comparison, logic and the rest, by value.
local small = { "+", "-", "*", "/", "%", "^", "..", "<", "<=", ">", ">=", "==", "~=", "and", "or" }
for _, first in ipairs(small) do
    for _, second in ipairs(small) do
        check.evaluate("2 " .. first .. " 3 " .. second .. " 2")
    end
end
check.lines [[
not 1 == 2
not (1 == 2)
not nil == nil, not (nil == nil)
not 1 + 1
not -1
-not 1
- - 1, -(-1)
not not 1
#"ab" + 1, #"ab" .. "c", #"ab" ^ 2, -#"ab"
-#"ab" ^ 2
-2 ^ 2, (-2) ^ 2, 2 ^ -1, 2 ^ - 2 ^ 2
2 ^ 3 ^ 2, (2 ^ 3) ^ 2
2 * 3 ^ 2, -2 * 3, 2 * -3
2 + 3 * 4 ^ 2 / 2
(2 + 3) * 4 ^ 2 / 2
2 + 3 * 4 - 1, 2 * 3 + 4 * 5
10 - 4 - 3, 10 - (4 - 3), 100 / 10 / 2, 7 % 4 % 2
1 .. 2 == "12", 1 .. 2 .. 3
"a" .. 1 + 1 .. "b"
1 + 1 .. 1 + 1
1 < 2 == true, true == (1 < 2), 1 < 2 ~= false
1 < 2 and 2 < 3 == true
1 or 2 and nil, (1 or 2) and nil
nil and 1 or 2, nil and (1 or 2)
false or nil and error(), 1 and 2 == 2
1 == 1 and 2 == 2 or error()
not nil and 1, not (nil and 1)
not 1 or 2, not (1 or 2)
not 1 < 2
1 .. 2 < "2"
1 + 2 < 3 + 4, 1 + 2 == 3, "a" .. "b" == "ab"
5 > 3 == (3 < 5)
- "2" + 0, - "2" ^ 2
-x
not x == not y
1 == 1 == 1 == 1
2 ^ 2 .. 2
1 - - 1, 1 - -1 - - 1
2 ^ -3 ^ 0
]]
