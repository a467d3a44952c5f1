-- kind: strings and maps
-- Maps with made-up string keys: filling, reading, counting, removing; keys of two parts, sets and groups.
local scale = tonumber((...)) or 1
local n = math.max(10, math.floor(400000 * scale))

local function key(i)
    return "k" .. i
end

local map = {}
for i = 1, n do
    map[key(i)] = i
end
local sum = 0
for i = n, 1, -1 do
    sum = sum + map[key(i)] % 10
end
for i = 1, n, 2 do
    map[key(i)] = nil
end
local left = 0
for _ in pairs(map) do
    left = left + 1
end

local grid = {}
for i = 1, n do
    local x, y = i % 97, i % 61
    local place = x .. ":" .. y
    grid[place] = (grid[place] or 0) + 1
end
local places, most = 0, 0
for _, count in pairs(grid) do
    places = places + 1
    if count > most then
        most = count
    end
end

local groups = {}
for i = 1, n do
    local name = "group_" .. (i * i) % 113
    local g = groups[name]
    if not g then
        g = {name = name, members = 0, total = 0}
        groups[name] = g
    end
    g.members = g.members + 1
    g.total = g.total + i
end
local largest = 0
for name, g in pairs(groups) do
    if name == g.name and g.members > largest then
        largest = g.members
    end
end
print(string.format("strings_keys %d %d %d %d %d", sum, left, places, most, largest))
