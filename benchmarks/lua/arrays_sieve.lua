-- kind: arrays
-- Prime numbers: the sieve of Eratosthenes, and the smallest prime factor of each number by a linear sieve.
local scale = tonumber((...)) or 1
local limit = math.max(100, math.floor(1000000 * scale))

local function eratosthenes(n)
    local composite = {}
    for i = 1, n do
        composite[i] = false
    end
    local i = 2
    while i * i <= n do
        if not composite[i] then
            for multiple = i * i, n, i do
                composite[multiple] = true
            end
        end
        i = i + 1
    end
    local count = 0
    for candidate = 2, n do
        if not composite[candidate] then
            count = count + 1
        end
    end
    return count
end

local function smallest_factors(n)
    local factor, primes = {}, {}
    factor[1] = 1
    for i = 2, n do
        factor[i] = 0
    end
    for i = 2, n do
        if factor[i] == 0 then
            factor[i] = i
            primes[#primes + 1] = i
        end
        local own = factor[i]
        for k = 1, #primes do
            local p = primes[k]
            local product = p * i
            if p > own or product > n then
                break
            end
            factor[product] = p
        end
    end
    local sum = 0
    for i = 1, n do
        sum = sum + factor[i]
    end
    return #primes, sum
end

local count = 0
for round = 1, 24 do
    count = count + eratosthenes(limit - round * 5)
end
local primes, sum = smallest_factors(limit)
print(string.format("arrays_sieve %d %d %d", count, primes, sum))
