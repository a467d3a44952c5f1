-- kind: pcall
-- Errors that are tables: exceptions with classes and causes, try and catch, results passed through errors.
local scale = tonumber((...)) or 1

local Exception = {}
Exception.__index = Exception
function Exception.new(class, detail)
    return setmetatable({class = class, detail = detail}, Exception)
end
function Exception:is(class)
    local c = self.class
    while c do
        if c == class then
            return true
        end
        c = c.parent
    end
    return false
end
local Any = {}
local Input = {parent = Any}
local Network = {parent = Any}
local Timeout = {parent = Network}

local function throw(class, detail)
    error(Exception.new(class, detail))
end

local function try(f, argument, handlers)
    local ok, result = pcall(f, argument)
    if ok then
        return result
    end
    for i = 1, #handlers do
        if result:is(handlers[i].class) then
            return handlers[i].handle(result)
        end
    end
    error(result)
end

local function request(n)
    if n % 5 == 0 then
        throw(Timeout, n)
    elseif n % 7 == 0 then
        throw(Input, -n)
    end
    return n % 3
end

local handlers = {
    {class = Timeout, handle = function(e) return e.detail % 11 end},
    {class = Network, handle = function() return 1000 end},
}
local last = {{class = Any, handle = function(e) return -e.detail % 13 end}}

-- Leaves a deep search through an error that carries what was found.
local function search(list, low, high, wanted)
    if low == high then
        if list[low] == wanted then
            error({found = low})
        end
        return
    end
    local middle = math.floor((low + high) / 2)
    search(list, low, middle, wanted)
    search(list, middle + 1, high, wanted)
end

local list = {}
for i = 1, 16 do
    list[i] = i * 3
end
local constant = {code = 4}
local function fail()
    error(constant)
end

local sum = 0
for i = 1, math.ceil(1400000 * scale) do
    sum = sum + try(function(n) return try(request, n, handlers) end, i, last)
    local ok, e = pcall(fail)
    if not ok then
        sum = sum + e.code
    end
    if i % 4 == 0 then
        local done, result = pcall(search, list, 1, 16, (i % 20) * 3)
        if not done then
            sum = sum + result.found
        end
    end
end
print(string.format("pcall_tables %d", sum))
