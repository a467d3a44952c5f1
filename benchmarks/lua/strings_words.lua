-- kind: strings and maps
-- Words of a text: gmatch, lower, counting in a map, the most frequent by sorting, and lines broken at a width.
local scale = tonumber((...)) or 1

local stock = {"River", "stone", "the", "a", "winter", "and", "Light", "under", "mill", "of", "road", "seven", "old",
    "bridge", "in", "Morning", "quiet", "bell", "harbour", "it"}
local seed = 17
local function random(limit)
    seed = (seed * 48271) % 2147483647
    return seed % limit
end

local function sentence()
    local words = {}
    for i = 1, 6 + random(9) do
        words[i] = stock[random(#stock) + 1]
    end
    return table.concat(words, random(4) == 0 and ", " or " ") .. "."
end

local function count_words(text, counts)
    local total = 0
    for word in text:gmatch("%a+") do
        local w = word:lower()
        counts[w] = (counts[w] or 0) + 1
        total = total + 1
    end
    return total
end

local function wrap(text, width)
    local lines, line = {}, ""
    for word in text:gmatch("%S+") do
        if #line + #word + 1 > width and line ~= "" then
            lines[#lines + 1] = line
            line = word
        elseif line == "" then
            line = word
        else
            line = line .. " " .. word
        end
    end
    lines[#lines + 1] = line
    return lines
end

local counts, total, lines, capitals = {}, 0, 0, 0
for _ = 1, math.ceil(18000 * scale) do
    local parts = {}
    for i = 1, 10 do
        parts[i] = sentence()
    end
    local text = table.concat(parts, " ")
    total = total + count_words(text, counts)
    lines = lines + #wrap(text, 60)
    capitals = capitals + select(2, text:gsub("%u", ""))
end
local order = {}
for word in pairs(counts) do
    order[#order + 1] = word
end
table.sort(order, function(a, b)
    if counts[a] ~= counts[b] then
        return counts[a] > counts[b]
    end
    return a < b
end)
print(string.format("strings_words %d %d %d %s %s %d", total, lines, capitals, order[1], order[2], counts[order[3]]))
