-- kind: closures and coroutines
-- Functions that make functions: composition, partial application, folds, pipelines, parsers made of closures.
local scale = tonumber((...)) or 1

local function compose(f, g)
    return function(x)
        return f(g(x))
    end
end
local function curry(f)
    return function(a)
        return function(b)
            return f(a, b)
        end
    end
end
local function flip(f)
    return function(a, b)
        return f(b, a)
    end
end
local function fold(f, start, list)
    local r = start
    for i = 1, #list do
        r = f(r, list[i])
    end
    return r
end
local function pipeline(...)
    local stages = {...}
    return function(x)
        for i = 1, #stages do
            x = stages[i](x)
        end
        return x
    end
end

-- A matcher takes a list and a place, and returns the place behind what it matched, or false.
local function one(wanted)
    return function(list, at) return list[at] == wanted and at + 1 end
end
local function both(a, b)
    return function(list, at)
        local middle = a(list, at)
        return middle and b(list, middle)
    end
end
local function either(a, b)
    return function(list, at) return a(list, at) or b(list, at) end
end
local function many(a)
    return function(list, at)
        local after = a(list, at)
        while after do
            at = after
            after = a(list, at)
        end
        return at
    end
end

local add = curry(function(a, b) return a + b end)
local subtract = curry(flip(function(a, b) return a - b end))
local list = {}
for i = 1, 12 do
    list[i] = i * i % 7
end
local matcher = both(many(either(one(1), both(one(2), one(3)))), one(0))
local subject = {1, 2, 3, 1, 1, 2, 3, 2, 3, 0}

local sum, matched = 0, 0
for i = 1, math.ceil(650000 * scale) do
    local f = compose(add(i % 5), subtract(i % 3))
    local g = pipeline(f, add(1), function(x) return x * 2 % 1009 end)
    sum = sum + g(i) + fold(function(r, v) return (r * 3 + v) % 101 end, i % 11, list)
    if matcher(subject, 1) == 11 then
        matched = matched + 1
    end
end
print(string.format("closures_currying %d %d", sum, matched))
