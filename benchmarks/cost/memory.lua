-- Bytes of an object of each kind, as collectgarbage("count") sees them: lines of name, tab, bytes.
local count = 100000
local hold = {}
for i = 1, count do
    hold[i] = false
end

local function bytes_now()
    collectgarbage("collect")
    collectgarbage("collect")
    return collectgarbage("count") * 1024
end

local function each(name, make)
    for i = 1, count do
        hold[i] = false
    end
    local before = bytes_now()
    for i = 1, count do
        hold[i] = make(i)
    end
    print(string.format("%s\t%.1f", name, (bytes_now() - before) / count))
end

each("{}", function() return {} end)
each("{x=, y=}", function(i) return {x = i, y = i} end)
each("{x, y}", function(i) return {i, i} end)
each("{x, y, z, w}", function(i) return {i, i, i, i} end)
each("{x=, y=, z=}, metatable", function(i) return setmetatable({x = i, y = i, z = i}, hold) end)
each("closure", function(i) return function() return i end end)
each("closure, no upvalue", function() return function(a) return a + count end end)
each("closure, upvalue assigned", function(i) return function() i = i + 1 return i end end)
each("string of 10", function(i) return string.format("k%09d", i) end)
each("string of 40", function(i) return string.format("k%039d", i) end)
each("string of 100", function(i) return string.format("k%099d", i) end)
each("coroutine", function() return coroutine.create(function() end) end)
each("coroutine, suspended", function()
    local co = coroutine.create(function() coroutine.yield() end)
    coroutine.resume(co)
    return co
end)
hold = nil

-- Elements of one large table; 2^20 of them, the best case of tables that grow by doubling.
local function elements(name, n, fill)
    local before = bytes_now()
    local t = {}
    fill(t, n)
    print(string.format("%s\t%.1f", name, (bytes_now() - before) / n))
    return t
end
elements("array element", 1048576, function(t, n) for i = 1, n do t[i] = i end end)
elements("array element, 1e6", 1000000, function(t, n) for i = 1, n do t[i] = i end end)
elements("map entry, number key", 1048576, function(t, n) for i = 1, n do t[i + 0.5] = i end end)
