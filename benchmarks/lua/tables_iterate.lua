-- kind: table library
-- ipairs, pairs and next over arrays, records and maps: sums, copies, inversions, merges, comparisons.
local scale = tonumber((...)) or 1

local function copy(t)
    local c = {}
    for k, v in pairs(t) do
        c[k] = v
    end
    return c
end

local function equal(a, b)
    for k, v in pairs(a) do
        if b[k] ~= v then
            return false
        end
    end
    for k in pairs(b) do
        if a[k] == nil then
            return false
        end
    end
    return true
end

local function size(t)
    local n, key = 0, next(t)
    while key ~= nil do
        n = n + 1
        key = next(t, key)
    end
    return n
end

local function map(f, list)
    local out = {}
    for i, v in ipairs(list) do
        out[i] = f(v)
    end
    return out
end

local function filter(f, list)
    local out = {}
    for _, v in ipairs(list) do
        if f(v) then
            out[#out + 1] = v
        end
    end
    return out
end

local function invert(t)
    local out = {}
    for k, v in pairs(t) do
        out[v] = k
    end
    return out
end

local list, record, sparse = {}, {}, {}
for i = 1, 200 do
    list[i] = (i * 37) % 101
    record["field" .. i % 40] = i
    sparse[i * 977] = i
end

local sum = 0
for round = 1, math.ceil(24000 * scale) do
    local squares = map(function(v) return v * v end, list)
    local even = filter(function(v) return v % 2 == 0 end, squares)
    sum = sum + #even
    for i, v in ipairs(squares) do
        sum = sum + v % (i + 1)
    end
    for _, v in pairs(sparse) do
        sum = sum + v
    end
    local twin = copy(record)
    twin.field3 = round
    if not equal(record, twin) then
        sum = sum + 1
    end
    sum = sum + size(sparse) + size(record) + size(invert(record))
    sum = sum % 1000000007
end
print(string.format("tables_iterate %d", sum))
