-- kind: objects
-- Tables that compute their fields: getters and setters, defaults, read-only views, counted accesses, __call.
local scale = tonumber((...)) or 1

local getters, setters = {}, {}
function getters.fahrenheit(t)
    return t.celsius * 9 / 5 + 32
end
function getters.kelvin(t)
    return t.celsius + 273.15
end
function setters.fahrenheit(t, v)
    rawset(t, "celsius", (v - 32) * 5 / 9)
end
local Temperature = {
    __index = function(t, key)
        local get = getters[key]
        if get then
            return get(t)
        end
        return nil
    end,
    __newindex = function(t, key, value)
        local set = setters[key]
        if set then
            set(t, value)
        else
            rawset(t, key, value)
        end
    end,
}

local function with_defaults(defaults)
    return setmetatable({}, {__index = defaults})
end

local writes = 0
local function read_only(t)
    return setmetatable({}, {
        __index = t,
        __newindex = function()
            writes = writes + 1
        end,
    })
end

local Polynomial = {}
Polynomial.__index = Polynomial
Polynomial.__call = function(self, x)
    local sum = 0
    for i = #self, 1, -1 do
        sum = sum * x + self[i]
    end
    return sum
end

local reads = 0
local counted = setmetatable({}, {
    __index = function(_, key)
        reads = reads + 1
        return #key
    end,
})

local room = setmetatable({celsius = 20}, Temperature)
local settings = with_defaults({width = 80, height = 25, colour = 7})
local constants = read_only({small = 1, large = 100})
local cubic = setmetatable({1, -2, 0, 3}, Polynomial)
local sum = 0
for i = 1, math.ceil(2300000 * scale) do
    room.fahrenheit = i % 100
    sum = sum + room.kelvin + room.fahrenheit
    settings.width = i % 2 == 0 and i % 200 or nil
    sum = sum + settings.width + settings.height * settings.colour
    constants.small = 5
    sum = sum + constants.small + constants.large
    sum = sum + cubic(i % 4)
    sum = sum + counted.abc + counted.defgh
end
print(string.format("objects_accessors %.3f %d %d", sum, writes, reads))
