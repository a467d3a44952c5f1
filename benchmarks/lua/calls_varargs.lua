-- kind: calls
-- Functions with a variable number of arguments: select, forwarding, collecting in a table, returning many values.
local scale = tonumber((...)) or 1
local unpack = unpack or table.unpack

local function sum(...)
    local s = 0
    for i = 1, select("#", ...) do
        s = s + (select(i, ...))
    end
    return s
end

local function largest(first, ...)
    local m = first
    for _, v in ipairs({...}) do
        if v > m then
            m = v
        end
    end
    return m
end

local function forward(f, ...)
    return f(...)
end

local function rotate(a, ...)
    return ..., a
end

local function count(...)
    return select("#", ...)
end

local function divide(a, b)
    local r = a % b
    return (a - r) / b, r
end

local total = 0
for i = 1, math.ceil(1300000 * scale) do
    total = total + sum(i, 1, 2, 3) + forward(largest, i % 13, 5, i % 7, 9)
    local a, b = rotate(i, 2, 3)
    total = total + a - b
    total = total + forward(count, i, nil, rotate(1, 2)) + count()
    local q, r = forward(divide, i, 10)
    total = total + q % 7 + r + sum(unpack({q, r, i % 3}, 1, 3))
    total = total % 1000000007
end
print(string.format("calls_varargs %d", total))
