-- Message handlers that fail, called at every depth: wherever the stack happens to end.
local names = {}
for i = 1, 180 do names[i] = "a" .. i end
local wide = assert(loadstring("local " .. table.concat(names, ", ") .. " = ... local x x.y = a1"))
local function handler(m)
    wide(m)
end
local function deep(n)
    if n == 0 then return wide(1) end
    return (deep(n - 1))
end
local counts = {}
for n = 0, 1200 do
    local ok, m = xpcall(function() deep(n) end, handler)
    local text = tostring(ok) .. " " .. tostring(m):gsub(":%d+:", ":N:")
    counts[text] = (counts[text] or 0) + 1
end
for text, n in pairs(counts) do print(n, text) end
for _, n in ipairs {0, 1, 10, 50, 100, 150} do
    local level = 0
    local function again(m)
        level = level + 1
        if level < 3 then error(m .. level, 0) end
        return m .. "!"
    end
    print(n, xpcall(function() deep(n) end, again))
end
