-- kind: pcall
-- Protected calls that succeed: with arguments and results, of natives, of methods, one within the other.
local scale = tonumber((...)) or 1
local pcall = pcall

local function divide(a, b)
    if b == 0 then
        error("division by zero")
    end
    return a / b, a % b
end

local Store = {}
Store.__index = Store
function Store:put(key, value)
    assert(type(key) == "string", "key must be a string")
    self.values[key] = value
    return self
end
function Store:get(key)
    return self.values[key]
end

local function attempt(f, ...)
    local ok, result = pcall(f, ...)
    if ok then
        return result
    end
    return nil
end

local function outer(a)
    local ok, v = pcall(attempt, divide, a, 4)
    return ok and v or 0
end

local store = setmetatable({values = {}}, Store)
local keys = {"alpha", "beta", "gamma", "delta"}
local sum = 0
for i = 1, math.ceil(2500000 * scale) do
    local ok, quotient, rest = pcall(divide, i, 8)
    if ok then
        sum = sum + quotient + rest
    end
    local key = keys[i % 4 + 1]
    pcall(store.put, store, key, i)
    sum = sum + attempt(store.get, store, key) + outer(i)
    local fine, low = pcall(math.min, i, 7)
    sum = fine and sum + low or 0
    sum = sum % 1000003
end
print(string.format("pcall_success %.3f", sum))
