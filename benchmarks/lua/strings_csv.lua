-- kind: strings and maps
-- Lines of comma-separated values: written, split by find and sub, quoted fields, totals for each key, joined again.
local scale = tonumber((...)) or 1
local find, sub = string.find, string.sub

local function split(line, separator)
    local fields, from = {}, 1
    while true do
        local at = find(line, separator, from, true)
        if not at then
            fields[#fields + 1] = sub(line, from)
            return fields
        end
        fields[#fields + 1] = sub(line, from, at - 1)
        from = at + 1
    end
end

local function split_quoted(line)
    local fields, at = {}, 1
    local length = #line
    while at <= length + 1 do
        if sub(line, at, at) == '"' then
            local parts = {}
            local from = at + 1
            while true do
                local quote = find(line, '"', from, true)
                parts[#parts + 1] = sub(line, from, quote - 1)
                if sub(line, quote + 1, quote + 1) ~= '"' then
                    at = quote + 2
                    break
                end
                parts[#parts + 1] = '"'
                from = quote + 2
            end
            fields[#fields + 1] = table.concat(parts)
        else
            local comma = find(line, ",", at, true) or length + 1
            fields[#fields + 1] = sub(line, at, comma - 1)
            at = comma + 1
        end
    end
    return fields
end

local cities = {"Oslo", "Lima", "Quito", "Porto", "Turin", "Izmir"}
local lines = {}
for i = 1, math.ceil(1500 * math.min(1, scale * 2)) do
    lines[i] = i .. "," .. cities[i % 6 + 1] .. "," .. (i * 31 % 500) / 4 .. ",2024-" .. i % 12 + 1 .. "-" .. i % 28 + 1
end
local text = table.concat(lines, "\n")

local totals, fields, dates, quoted, joined = {}, 0, 0, 0, 0
for round = 1, math.ceil(400 * scale) do
    for line in text:gmatch("[^\n]+") do
        local row = split(line, ",")
        fields = fields + #row
        local city = row[2]
        totals[city] = (totals[city] or 0) + tonumber(row[3])
        local year, month, day = row[4]:match("^(%d+)-(%d+)-(%d+)$")
        dates = (dates + year * 372 + month * 31 + day) % 1000003
        if fields % 5 == 0 then
            local q = split_quoted('"' .. city .. ', ""capital""",' .. row[1] .. ',,"x' .. round .. '"')
            quoted = quoted + #q + #q[1] + #q[4]
        end
        joined = joined + #table.concat(row, ";")
    end
end
local sum = 0
for _, city in ipairs(cities) do
    sum = sum + (totals[city] or 0)
end
print(string.format("strings_csv %d %.2f %d %d %d", fields, sum, dates, quoted, joined))
