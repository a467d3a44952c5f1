-- kind: allocation
-- Small tables that live shortly: points as pairs and as records, lists of them, copies with one field changed.
local scale = tonumber((...)) or 1

local function add(a, b)
    return {a[1] + b[1], a[2] + b[2]}
end
local function point(x, y)
    return {x = x, y = y}
end
local function moved(p, dx, dy)
    return {x = p.x + dx, y = p.y + dy}
end
local function with(record, name)
    return {name = name, size = record.size + 1, from = record.name, tags = {}}
end
local function box(points)
    local low, high = point(1e9, 1e9), point(-1e9, -1e9)
    for i = 1, #points do
        local p = points[i]
        low = point(math.min(low.x, p.x), math.min(low.y, p.y))
        high = point(math.max(high.x, p.x), math.max(high.y, p.y))
    end
    return low, high
end

local position, record = {0, 0}, {name = "a", size = 0, tags = {}}
local recent, area = {}, 0
for i = 1, math.ceil(750000 * scale) do
    position = add(position, {i % 3 - 1, 1})
    recent[i % 64 + 1] = moved(point(i % 17, i % 29), 1, -1)
    record = with(record, i % 2 == 0 and "even" or "odd")
    if i % 32 == 0 then
        local seen = {}
        for _, p in ipairs(recent) do
            seen[#seen + 1] = p
        end
        local low, high = box(seen)
        area = area + (high.x - low.x) * (high.y - low.y)
    end
end
print(string.format("allocation_points %d %d %d %d", position[1], position[2], record.size, area))
