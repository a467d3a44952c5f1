-- kind: closures and coroutines
-- Closures that keep state: counters, accumulators, memoized functions, sets of functions that share a variable.
local scale = tonumber((...)) or 1

local function counter(start, step)
    local value = start
    return {
        up = function() value = value + step return value end,
        down = function() value = value - step return value end,
        read = function() return value end,
    }
end

local function account(balance)
    local log = 0
    local function deposit(amount)
        balance = balance + amount
        log = log + 1
        return balance
    end
    local function withdraw(amount)
        if amount > balance then
            return nil
        end
        balance = balance - amount
        log = log + 1
        return balance
    end
    return deposit, withdraw, function() return balance, log end
end

local function memoize(f)
    local known = {}
    return function(n)
        local v = known[n]
        if v == nil then
            v = f(n)
            known[n] = v
        end
        return v
    end
end

local paths
paths = memoize(function(n)
    if n < 2 then
        return 1
    end
    return (paths(n - 1) + paths(n - 2) + paths(n - n % 3 - 2 + 1)) % 1000003
end)

local n = math.ceil(6500000 * scale)
local a, b = counter(0, 1), counter(100, 3)
local deposit, withdraw, report = account(10)
local refused = 0
for i = 1, n do
    a.up()
    if i % 3 == 0 then
        b.down()
    else
        b.up()
    end
    deposit(i % 7)
    if not withdraw(i % 11) then
        refused = refused + 1
    end
end
local sum = 0
for i = 1, n do
    sum = (sum + paths(i % 500)) % 1000003
end
local balance, log = report()
print(string.format("closures_counters %d %d %d %d %d %d", a.read(), b.read(), balance, log, refused, sum))
