-- Comparison metamethods: __eq, __lt, __le, and __le made of __lt.
local calls = {}
local function note(name, f) return function(a, b) calls[#calls + 1] = name return f(a.v, b.v) end end
local M = {__eq = note("eq", function(a, b) return a == b end), __lt = note("lt", function(a, b) return a < b end),
    __le = note("le", function(a, b) return a <= b end)}
local function num(v) return setmetatable({v = v}, M) end
local one, two, uno = num(1), num(2), num(1)
print(one == uno, one ~= uno, one == two, one == one, one == 1)
print(one < two, one > two, one <= uno, one >= two)
M.__le = nil
print(one <= two, one >= two)
print(rawequal(one, uno), rawequal(one, one))
print(table.concat(calls, " "))
print(pcall(function() return one < 5 end))
print(W.points[1] == W.points[3], W.points[1] == W.points[2])
local other = setmetatable({v = 1}, {__eq = function() return true end})
print(one == other)
if one < two and not (two < one) then print("ordered") end
while one < two do one.v = one.v + 1 end
print(one.v)
