-- kind: allocation
-- A window of objects of all kinds, each replaced after a while: records, closures, short strings, nested tables.
local scale = tonumber((...)) or 1
local window = {}
local width = 3000

local makers = {
    function(i) return {id = i, label = "item" .. i % 500} end,
    function(i) return function() return i end end,
    function(i) return {{i, i + 1}, {i + 2}} end,
    function(i) return "text " .. i end,
    function(i)
        local total = i
        return {add = function(n) total = total + n return total end}
    end,
}

local function weigh(object)
    local kind = type(object)
    if kind == "string" then
        return #object
    elseif kind == "function" then
        return object() % 7
    elseif object.id then
        return object.id % 5 + #object.label
    elseif object.add then
        return object.add(1) % 3
    end
    return object[1][2] % 11 + #object[2]
end

local sum = 0
for i = 1, math.ceil(2600000 * scale) do
    local place = (i * 13) % width + 1
    local old = window[place]
    if old then
        sum = sum + weigh(old)
    end
    window[place] = makers[i % 5 + 1](i)
end
print(string.format("allocation_churn %d", sum))
