-- What a fact's expression gives, as a text: numbers with all their digits, strings with every byte, tables sorted.
local function show(v)
    if type(v) == 'number' then return string.format('%.17g', v) end
    if type(v) == 'string' then
        if #v > 80 then return 'string of ' .. #v .. ' ' .. redis.sha1hex(v) end
        return "'" .. v:gsub('[^%w%p ]', function(c) return string.format('<%02x>', c:byte()) end) .. "'"
    end
    if type(v) ~= 'table' then return tostring(v) end
    local fields = {}
    for key, value in pairs(v) do fields[#fields + 1] = show(key) .. '=' .. show(value) end
    table.sort(fields)
    return '{#' .. #v .. ' ' .. table.concat(fields, ' ') .. '}'
end
local function list(...)
    local n, shown = select('#', ...), {}
    for i = 1, n do shown[i] = i < 40 and show((select(i, ...))) or i == n and n .. ' values' or nil end
    return table.concat(shown, ' ')
end
local function rep(x, n) local t = {} for i = 1, n do t[i] = x end return unpack(t) end
local pack, unpack_all, one, limit = cmsgpack.pack, cmsgpack.unpack, cmsgpack.unpack_one, cmsgpack.unpack_limit
