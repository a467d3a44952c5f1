-- kind: arithmetic
-- Whole numbers: Collatz chains, greatest common divisors, powers modulo a number, a generator and digit sums.
local scale = tonumber((...)) or 1
local floor = math.floor

local function collatz(n)
    local steps = 0
    while n ~= 1 do
        if n % 2 == 0 then
            n = n / 2
        else
            n = 3 * n + 1
        end
        steps = steps + 1
    end
    return steps
end

local function gcd(a, b)
    while b > 0 do
        a, b = b, a % b
    end
    return a
end

local function power(base, exponent, modulus)
    local result = 1
    base = base % modulus
    while exponent > 0 do
        if exponent % 2 == 1 then
            result = result * base % modulus
        end
        base = base * base % modulus
        exponent = floor(exponent / 2)
    end
    return result
end

local function digits(n)
    local sum = 0
    repeat
        local digit = n % 10
        sum = sum + digit
        n = (n - digit) / 10
    until n == 0
    return sum
end

local seed, chain, divisors, powers, sums = 12345, 0, 0, 0, 0
for i = 1, floor(450000 * scale) do
    seed = (seed * 1103515 + 12345) % 16777216
    chain = chain + collatz(i % 3000 + 1)
    divisors = divisors + gcd(seed, i)
    powers = (powers + power(i, seed % 1000 + 17, 99991)) % 1000003
    sums = sums + digits(seed)
end
print(string.format("arithmetic_integers %d %d %d %d %d", seed, chain, divisors, powers, sums))
