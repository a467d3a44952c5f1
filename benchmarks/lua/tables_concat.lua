-- kind: table library
-- table.concat, unpack, #, and lists built by appending: rows, slices, reversals, batches.
local scale = tonumber((...)) or 1
local unpack = unpack or table.unpack
local concat, insert = table.concat, table.insert

local function slice(list, from, to)
    return {unpack(list, from, to)}
end

local function reverse(list)
    local out = {}
    for i = #list, 1, -1 do
        out[#out + 1] = list[i]
    end
    return out
end

local function append(list, ...)
    for _, v in ipairs({...}) do
        insert(list, v)
    end
    return list
end

local function batches(list, width)
    local out = {}
    for i = 1, #list, width do
        insert(out, slice(list, i, math.min(i + width - 1, #list)))
    end
    return out
end

local function flatten(lists)
    local out = {}
    for _, list in ipairs(lists) do
        for _, v in ipairs(list) do
            out[#out + 1] = v
        end
    end
    return out
end

local length, sum = 0, 0
for round = 1, math.ceil(70000 * scale) do
    local row = {}
    for i = 1, 40 do
        row[#row + 1] = (round * i) % 97
    end
    append(row, round % 10, 1, 2)
    local parts = batches(row, 8)
    local lines = {}
    for i, part in ipairs(parts) do
        lines[i] = concat(part, ",")
    end
    length = length + #concat(lines, "\n")
    local again = flatten(parts)
    local a, b, c = unpack(reverse(again), 1, 3)
    sum = (sum + a * 3 + b * 5 + c + #again + math.max(unpack(row, 1, 10))) % 1000003
end
print(string.format("tables_concat %d %d", length, sum))
