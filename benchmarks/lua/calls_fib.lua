-- kind: calls
-- Doubly recursive functions: Fibonacci numbers, binomial coefficients and the partitions of a number.
local scale = tonumber((...)) or 1

local function fib(n)
    if n < 2 then
        return n
    end
    return fib(n - 1) + fib(n - 2)
end

local function choose(n, k)
    if k == 0 or k == n then
        return 1
    end
    return choose(n - 1, k - 1) + choose(n - 1, k)
end

local function partitions(n, largest)
    if n == 0 then
        return 1
    elseif n < 0 or largest == 0 then
        return 0
    end
    return partitions(n - largest, largest) + partitions(n, largest - 1)
end

local total = 0
for round = 1, math.ceil(200 * scale) do
    total = total + fib(22 + round % 3) + choose(18, 6 + round % 4) + partitions(28 + round % 5, 28)
end
print(string.format("calls_fib %d", total))
