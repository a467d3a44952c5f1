-- One operation at one size: growth.lua CASE N. Prints the seconds of CPU time that it takes for N elements, and the bytes
-- that its result occupies, separated by a tab. Short ones are repeated for at least 50 ms; the fastest turn counts.
local case, n = ...
n = tonumber(n)

local function noise(i)
    return (i * 7919 + 13) % 1000003 / 8
end

-- Each makes what is not measured and returns the function to be measured; that returns what is to be weighed.
local cases = {
    array = function()
        return function()
            local t = {}
            for i = 1, n do
                t[i] = i
            end
            return t
        end
    end,
    integer_keys = function()
        return function()
            local t = {}
            for i = 1, n do
                t[i * 64] = i
            end
            return t
        end
    end,
    string_keys = function()
        local keys = {}
        for i = 1, n do
            keys[i] = "key" .. i
        end
        return function()
            local t = {}
            for i = 1, n do
                t[keys[i]] = i
            end
            return t
        end
    end,
    read_array = function()
        local t, sum = {}, 0
        for i = 1, n do
            t[i] = i
        end
        return function()
            for i = 1, n do
                sum = sum + t[i]
            end
        end
    end,
    append = function()
        return function()
            local s = ""
            for _ = 1, n do
                s = s .. "x"
            end
            return s
        end
    end,
    concat = function()
        local parts = {}
        for i = 1, n do
            parts[i] = "part"
        end
        return function()
            return table.concat(parts, ",")
        end
    end,
    sort = function()
        return function()
            local t = {}
            for i = 1, n do
                t[i] = noise(i)
            end
            table.sort(t)
            return t
        end
    end,
    collect = function()
        local live = {}
        for i = 1, n do
            live[i] = {i}
        end
        return function()
            collectgarbage("collect")
        end, live
    end,
    rollback = function()
        local t = {}
        for i = 1, n do
            t[i] = i
        end
        return function()
            arenite.atomic(function()
                for i = 1, n do
                    t[i] = {i}
                end
                error("undo", 0)
            end)
        end
    end,
}

local run, hold = cases[case]()
local fastest, total = math.huge, 0
repeat
    local start = os.clock()
    run()
    local seconds = os.clock() - start
    fastest = math.min(fastest, seconds)
    total = total + seconds
until total > 0.05
collectgarbage("collect")
collectgarbage("collect")
local before = collectgarbage("count")
local result = run()
collectgarbage("collect")
local after = collectgarbage("count")
print(string.format("%.9f\t%.0f", fastest, (after - before) * 1024), result == nil or hold ~= nil)
