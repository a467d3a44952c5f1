-- kind: closures and coroutines
-- Iterators: stateful closures in a for loop, and coroutines that yield permutations, tree nodes and merged streams.
local scale = tonumber((...)) or 1
local wrap, yield = coroutine.wrap, coroutine.yield

local function range(from, to, step)
    local i = from - step
    return function()
        i = i + step
        if i <= to then
            return i
        end
    end
end

local function count_to(n)
    return wrap(function()
        for i = 1, n do
            yield(i)
        end
    end)
end

local function permute(list, n)
    if n == 0 then
        yield(list)
    else
        for i = 1, n do
            list[i], list[n] = list[n], list[i]
            permute(list, n - 1)
            list[i], list[n] = list[n], list[i]
        end
    end
end

local function build(low, high)
    if low > high then
        return nil
    end
    local middle = math.floor((low + high) / 2)
    return {key = middle, left = build(low, middle - 1), right = build(middle + 1, high)}
end
local function visit(node)
    if node then
        visit(node.left)
        yield(node.key)
        visit(node.right)
    end
end
local function in_order(tree)
    return wrap(function() visit(tree) end)
end

local function merge(a, b)
    return wrap(function()
        local x, y = a(), b()
        while x or y do
            if not y or (x and x <= y) then
                yield(x)
                x = a()
            else
                yield(y)
                y = b()
            end
        end
    end)
end

local n = math.ceil(6500000 * scale)
local sum = 0
for v in range(1, n * 3, 2) do
    sum = sum + v % 3
end
for v in count_to(n) do
    sum = sum + v % 5
end
local permutations = 0
for p in wrap(function() permute({1, 2, 3, 4, 5, 6, 7}, scale >= 0.5 and 7 or 4) end) do
    permutations = permutations + p[1] * p[3]
end
local odd = build(1, math.ceil(n / 12))
local even = build(1, math.ceil(n / 15))
local order = 0
for key in merge(in_order(odd), in_order(even)) do
    order = (order * 3 + key) % 1000003
end
print(string.format("coroutines_generators %d %d %d", sum, permutations, order))
