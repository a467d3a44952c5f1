-- kind: pcall
-- Protected calls in one another, errors passed on, xpcall with handlers, cleaning up, and retries.
local scale = tonumber((...)) or 1

local opened, closed = 0, 0
local function with_resource(f, ...)
    opened = opened + 1
    local ok, result = pcall(f, ...)
    closed = closed + 1
    if not ok then
        error(result, 0)
    end
    return result
end

local function risky(n)
    if n % 4 == 1 then
        error("E" .. n % 8, 0)
    end
    return n % 10
end

local function layers(n, depth)
    if depth == 0 then
        return risky(n)
    end
    return with_resource(layers, n, depth - 1)
end

local handled = 0
local function handler(message)
    handled = handled + 1
    return {text = message, index = handled}
end

local function retry(times, f, argument)
    local failures = 0
    for attempt = 1, times do
        local ok, result = pcall(f, argument + attempt)
        if ok then
            return result, failures
        end
        failures = failures + 1
    end
    return 0, failures
end

local sum, length, failures = 0, 0, 0
for i = 1, math.ceil(1300000 * scale) do
    local ok, v = pcall(layers, i, i % 5)
    if ok then
        sum = sum + v
    else
        length = length + #v
    end
    local fine, result = xpcall(function() return risky(i + 2) end, handler)
    if fine then
        sum = sum + result
    else
        length = length + #result.text
    end
    local value, failed = retry(3, risky, i)
    sum, failures = sum + value, failures + failed
end
print(string.format("pcall_nested %d %d %d %d %d %d", sum, length, failures, handled, opened, closed))
