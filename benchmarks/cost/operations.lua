-- Nanoseconds of single operations: lines of name, tab, ns. An optional argument scales the number of turns. The empty
-- loop is taken away; each figure is the fastest of five turns.
local scale = tonumber((...)) or 1
local pcall, error = pcall, error
local resume, yield, create = coroutine.resume, coroutine.yield, coroutine.create
local setmetatable, floor = setmetatable, math.floor

local function seconds(f, n)
    local best = math.huge
    for _ = 1, 5 do
        local start = os.clock()
        f(n)
        best = math.min(best, os.clock() - start)
    end
    return best
end

local empty
local function cost(name, n, f)
    n = math.max(1, floor(n * scale))
    empty = empty or seconds(function(m) for _ = 1, m do end end, 1e7 * scale) / (1e7 * scale)
    print(string.format("%s\t%.2f", name, (seconds(f, n) / n - empty) * 1e9))
end

local function nothing() end
local function one(a) return a end
local function fail() error("x", 0) end
local constant = {}
local function fail_table() error(constant) end
local function yielding()
    while true do
        yield()
    end
end
local Class = {}
Class.__index = Class
function Class:get() return self.value end
local object = setmetatable({value = 1}, Class)
local keys = {}
for i = 1, 64 do
    keys[i] = "key" .. i
end

cost("call", 5e6, function(n) for _ = 1, n do nothing() end end)
cost("call with a result", 5e6, function(n) local x for i = 1, n do x = one(i) end end)
cost("call of a native", 5e6, function(n) local x for i = 1, n do x = floor(i) end end)
cost("method", 5e6, function(n) local x for _ = 1, n do x = object:get() end end)
cost("pcall", 3e6, function(n) for _ = 1, n do pcall(nothing) end end)
cost('pcall, error("x", 0)', 1e6, function(n) for _ = 1, n do pcall(fail) end end)
cost("pcall, error(table)", 1e6, function(n) for _ = 1, n do pcall(fail_table) end end)
cost("resume and yield", 3e6, function(n)
    local co = create(yielding)
    for _ = 1, n do
        resume(co)
    end
end)
cost("coroutine made and run", 5e5, function(n) for _ = 1, n do resume(create(nothing)) end end)
cost('"k" .. i', 1e6, function(n) local s for i = 1, n do s = "k" .. i end end)
cost("s .. s", 1e6, function(n) local s for i = 1, n do s = keys[i % 64 + 1] .. "/x" end end)
cost("{}", 3e6, function(n) local t for _ = 1, n do t = {} end end)
cost("{x=, y=}", 2e6, function(n) local t for i = 1, n do t = {x = i, y = i} end end)
cost("{x, y}", 2e6, function(n) local t for i = 1, n do t = {i, i} end end)
cost("closure", 3e6, function(n) local f for i = 1, n do f = function() return i end end end)
cost("t[#t + 1] = v", 3e6, function(n) local t = {} for i = 1, n do t[#t + 1] = i end end)
cost("table.insert(t, v)", 2e6, function(n)
    local t, insert = {}, table.insert
    for i = 1, n do
        insert(t, i)
    end
end)
cost("t[string]", 5e6, function(n)
    local t, x = {}, nil
    for i = 1, 64 do
        t[keys[i]] = i
    end
    for i = 1, n do
        x = t[keys[i % 64 + 1]]
    end
end)
cost("tostring(number)", 1e6, function(n) local s for i = 1, n do s = tostring(i / 8) end end)
cost("tonumber(string)", 1e6, function(n) local x for _ = 1, n do x = tonumber("12.75") end end)

-- Compiling: the text given as a file, in MB each second (a larger figure is better).
local file = arg and arg[2] and io.open(arg[2], "rb")
if file then
    local text = file:read("*a")
    file:close()
    local best = math.huge
    for _ = 1, 3 do
        collectgarbage()
        local start = os.clock()
        assert(loadstring(text, "=generated"))
        best = math.min(best, os.clock() - start)
    end
    print(string.format("compile, ns per byte\t%.3f", best / #text * 1e9))
end
