-- kind: table library
-- table.insert and table.remove: a stack, a small queue, edits in the middle, a sorted list, a sliding window.
local scale = tonumber((...)) or 1
local insert, remove = table.insert, table.remove

local function stack(n)
    local s, sum = {}, 0
    for i = 1, n do
        insert(s, i)
        if i % 3 == 0 then
            sum = sum + remove(s) - remove(s)
        end
    end
    while #s > 0 do
        sum = (sum + remove(s)) % 1000003
    end
    return sum
end

local function window(n, width)
    local w, sum, best = {}, 0, 0
    for i = 1, n do
        local v = (i * i) % 257
        insert(w, v)
        sum = sum + v
        if #w > width then
            sum = sum - remove(w, 1)
        end
        if sum > best then
            best = sum
        end
    end
    return best
end

local function sorted(n, keep)
    local list, check = {}, 0
    local seed = 7
    for _ = 1, n do
        seed = (seed * 69069 + 1) % 1048576
        local at = 1
        while list[at] and list[at] < seed do
            at = at + 4
        end
        at = math.max(1, at - 3)
        while list[at] and list[at] < seed do
            at = at + 1
        end
        insert(list, at, seed)
        if #list > keep then
            check = (check + remove(list, seed % keep + 1)) % 1000003
        end
    end
    return check
end

local n = math.ceil(1150000 * scale)
print(string.format("tables_insert %d %d %d", stack(n * 2), window(n, 24), sorted(math.ceil(n / 2), 60)))
