-- kind: strings and maps
-- A JSON writer and a JSON reader in plain Lua: find with anchored patterns, sub, byte, concat, nested tables.
local scale = tonumber((...)) or 1
local byte, sub, find, format, concat = string.byte, string.sub, string.find, string.format, table.concat

local function write(value, out)
    local kind = type(value)
    if kind == "table" then
        if value[1] ~= nil then
            out[#out + 1] = "["
            for i, v in ipairs(value) do
                if i > 1 then
                    out[#out + 1] = ","
                end
                write(v, out)
            end
            out[#out + 1] = "]"
        else
            local keys = {}
            for k in pairs(value) do
                keys[#keys + 1] = k
            end
            table.sort(keys)
            out[#out + 1] = "{"
            for i, k in ipairs(keys) do
                if i > 1 then
                    out[#out + 1] = ", "
                end
                out[#out + 1] = '"' .. k .. '": '
                write(value[k], out)
            end
            out[#out + 1] = "}"
        end
    elseif kind == "string" then
        out[#out + 1] = '"' .. value:gsub('[%c"\\]', function(c) return format("\\u%04x", byte(c)) end) .. '"'
    else
        out[#out + 1] = tostring(value)
    end
end

local text
local function skip(at)
    return find(text, "[^ \n\t]", at) or #text + 1
end

local read
local function read_string(at)
    local close = find(text, '"', at + 1, true)
    local raw = sub(text, at + 1, close - 1)
    if find(raw, "\\", 1, true) then
        raw = raw:gsub("\\u(%x%x%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
    end
    return raw, close + 1
end
local function read_array(at)
    local list = {}
    at = skip(at + 1)
    while byte(text, at) ~= 93 do
        list[#list + 1], at = read(at)
        at = skip(at)
        if byte(text, at) == 44 then
            at = skip(at + 1)
        end
    end
    return list, at + 1
end
local function read_object(at)
    local map = {}
    at = skip(at + 1)
    while byte(text, at) ~= 125 do
        local key
        key, at = read_string(at)
        at = skip(skip(at) + 1)
        map[key], at = read(at)
        at = skip(at)
        if byte(text, at) == 44 then
            at = skip(at + 1)
        end
    end
    return map, at + 1
end
function read(at)
    local c = byte(text, at)
    if c == 123 then
        return read_object(at)
    elseif c == 91 then
        return read_array(at)
    elseif c == 34 then
        return read_string(at)
    elseif c == 116 then
        return true, at + 4
    elseif c == 102 then
        return false, at + 5
    end
    local _, last = find(text, "^-?%d+%.?%d*", at)
    return tonumber(sub(text, at, last)), last + 1
end

local function sample(i)
    return {
        id = i, name = "item " .. i, price = i % 40 + 0.25, active = i % 2 == 0, note = "say \"hi\"",
        tags = {"red", "t" .. i % 12, "large"}, size = {w = i % 9, h = -3}, history = {1, 2, i % 100, {4, 5}},
    }
end

local bytes, checksum = 0, 0
for i = 1, math.ceil(44000 * scale) do
    local out = {}
    write(sample(i), out)
    text = concat(out)
    bytes = bytes + #text
    local back = read(1)
    checksum = checksum + back.id + #back.name + back.price + #back.tags[2] + back.size.w + back.history[4][2]
        + #back.note + (back.active and 1 or 0)
end
print(string.format("strings_json %d %.2f", bytes, checksum))
