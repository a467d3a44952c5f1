-- Fields and methods inherited along chains of __index tables, while everything on the way changes: whatever is
-- remembered of a lookup must be forgotten in time (heap/method_cache.h).
local seed = 12345
local function random(n)
    seed = (seed * 16807) % 2147483647
    return seed % n + 1
end

local names = { "alpha", "beta", "gamma", "delta", "epsilon", "zeta" }
local read, call, write = {}, {}, {}
for i, name in ipairs(names) do
    read[i] = assert(loadstring("local o = ... return o." .. name))
    call[i] = assert(loadstring("local o = ... return o:" .. name .. "()"))
    write[i] = assert(loadstring("local o, v = ... o." .. name .. " = v"))
end

-- Six classes, each inheriting from one before it or from none; objects of different shapes.
local classes, objects = {}, {}
for i = 1, 6 do
    classes[i] = {}
    classes[i].__index = classes[i]
    if i > 1 then setmetatable(classes[i], classes[random(i - 1)]) end
end
for i = 1, 12 do
    local o = { id = i }
    for j = 1, i % 4 do o["own" .. j] = j end
    objects[i] = setmetatable(o, classes[(i - 1) % 6 + 1])
end

local function show(v)
    if type(v) == "function" then return "f" .. tostring(select(2, pcall(v, { id = 0 }))) end
    return tostring(v)
end

local lines, steps = {}, {}
steps[1] = function() write[random(6)](classes[random(6)], random(100)) end
steps[2] = function() rawset(classes[random(6)], names[random(6)], nil) end
steps[3] = function()
    local n = random(1000)
    classes[random(6)][names[random(6)]] = function(self) return n + (rawget(self, "id") or 0) end
end
steps[4] = function() rawset(objects[random(12)], names[random(6)], random(2) == 1 and random(50) or nil) end
steps[5] = function()
    local i = random(5) + 1
    setmetatable(classes[i], random(4) > 1 and classes[random(i - 1)] or nil)
end
steps[6] = function() setmetatable(objects[random(12)], classes[random(6)]) end
steps[7] = function()
    local class = classes[random(6)]
    local how = random(4)
    if how == 1 then
        class.__index = class
    elseif how == 2 then
        class.__index = function(o, name) return name .. (rawget(o, "id") or "?") end
    elseif how == 3 then
        class.__index = nil
    else
        class.__index = { alpha = random(9), zeta = random(9) }
    end
end
steps[8] = function() collectgarbage(random(3) == 1 and "collect" or "step") end
steps[9] = function()
    classes[random(6)].__newindex = random(2) == 1 and function(o, k, v) rawset(o, k, v) end or nil
end
steps[10] = function() write[random(6)](objects[random(12)], random(1000)) end
steps[11] = function()
    local class = classes[random(6)]
    for j = 1, random(8) do class["more" .. j] = j end -- another node layout
    for j = 1, 8 do class["more" .. j] = nil end
end

for turn = 1, 4000 do
    steps[random(#steps)]()
    for _ = 1, 3 do
        local o, i = objects[random(12)], random(6)
        lines[#lines + 1] = show(read[i](o))
        local ok, v = pcall(call[i], o)
        lines[#lines + 1] = ok and tostring(v) or "error"
    end
    if turn % 100 == 0 then
        print(turn, table.concat(lines, " "))
        lines = {}
    end
end

-- Globals of an environment that inherits.
local base = { shared = 1 }
local env = setmetatable({}, { __index = base })
local f = assert(loadstring("return shared, other"))
setfenv(f, env)
print(f())
base.shared = 2
base.other = "now"
print(f())
env.shared = 3
print(f())
env.shared = nil
base.shared = nil
print(f())

-- Methods of strings.
local upper = string.upper
print(("abc"):upper(), ("x"):rep(3))
string.upper = function(s) return "<" .. s .. ">" end
print(("abc"):upper())
string.upper = upper
print(("abc"):upper())
string.shout = function(s) return s:upper() .. "!" end
print(("abc"):shout())
string.shout = nil
print(pcall(function() return ("abc"):shout() end))
local meta = getmetatable("")
local index = meta.__index
meta.__index = function(s, k) return function() return k .. s end end
print(("abc"):upper())
meta.__index = index
print(("abc"):upper())

-- A class whose methods are weakly held.
local weak = setmetatable({}, { __mode = "v" })
local object = setmetatable({}, { __index = weak })
do
    local method = { "kept" }
    weak.field = method
    print(object.field[1])
    method = nil
end
collectgarbage()
collectgarbage()
print(object.field == nil or object.field[1])
