-- kind: allocation
-- Binary trees: many short-lived ones beside one that stays, built bottom-up and checked.
local scale = tonumber((...)) or 1
local depth = scale >= 0.5 and 16 or scale >= 0.05 and 10 or 6

local function bottom_up(d)
    if d == 0 then
        return {}
    end
    return {bottom_up(d - 1), bottom_up(d - 1)}
end

local function count(tree)
    if tree[1] then
        return 1 + count(tree[1]) + count(tree[2])
    end
    return 1
end

local lasting = bottom_up(depth)
local nodes, trees = 0, 0
for d = 4, depth, 2 do
    local repetitions = math.ceil(2 ^ (depth - d + 2) * scale)
    for _ = 1, repetitions do
        nodes = nodes + count(bottom_up(d))
        trees = trees + 1
    end
end
print(string.format("allocation_trees %d %d %d", trees, nodes, count(lasting)))
