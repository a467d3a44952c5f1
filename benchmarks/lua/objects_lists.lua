-- kind: objects
-- Linked structures: a doubly linked list used as a cache of recent keys, and a binary search tree with methods.
local scale = tonumber((...)) or 1

local Cache = {}
Cache.__index = Cache
function Cache.new(capacity)
    local head = {}
    head.after, head.before = head, head
    return setmetatable({head = head, nodes = {}, count = 0, capacity = capacity, hits = 0}, Cache)
end
function Cache:unlink(node)
    node.before.after = node.after
    node.after.before = node.before
end
function Cache:push(node)
    local head = self.head
    node.after, node.before = head.after, head
    head.after.before = node
    head.after = node
end
function Cache:get(key)
    local node = self.nodes[key]
    if node then
        self.hits = self.hits + 1
        self:unlink(node)
        self:push(node)
        return node.value
    end
end
function Cache:put(key, value)
    if self.count >= self.capacity then
        local last = self.head.before
        self:unlink(last)
        self.nodes[last.key] = nil
        self.count = self.count - 1
    end
    local node = {key = key, value = value}
    self.nodes[key] = node
    self:push(node)
    self.count = self.count + 1
end

local Tree = {}
Tree.__index = Tree
function Tree.new()
    return setmetatable({size = 0}, Tree)
end
function Tree:insert(key)
    local node = self.root
    if not node then
        self.root = {key = key}
        self.size = 1
        return true
    end
    while true do
        if key == node.key then
            return false
        end
        local side = key < node.key and "left" or "right"
        local child = node[side]
        if not child then
            node[side] = {key = key}
            self.size = self.size + 1
            return true
        end
        node = child
    end
end
function Tree:has(key)
    local node = self.root
    while node do
        if key == node.key then
            return true
        elseif key < node.key then
            node = node.left
        else
            node = node.right
        end
    end
    return false
end
local function depth(node)
    if not node then
        return 0
    end
    return 1 + math.max(depth(node.left), depth(node.right))
end

local seed = 31
local function random(limit)
    seed = (seed * 48271) % 2147483647
    return seed % limit
end

local cache, sum = Cache.new(200), 0
for _ = 1, math.ceil(2000000 * scale) do
    local key = random(random(2) == 0 and 150 or 600)
    local value = cache:get(key)
    if not value then
        value = key * 2
        cache:put(key, value)
    end
    sum = sum + value
end
local found, deepest, kept = 0, 0, 0
for _ = 1, math.ceil(60 * scale) do
    local tree = Tree.new()
    for _ = 1, 2000 do
        tree:insert(random(10000))
    end
    for key = 1, 4000 do
        if tree:has(key) then
            found = found + 1
        end
    end
    deepest, kept = math.max(deepest, depth(tree.root)), kept + tree.size
end
print(string.format("objects_lists %d %d %d %d %d", sum, cache.hits, found, deepest, kept))
