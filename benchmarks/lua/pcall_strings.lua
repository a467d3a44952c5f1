-- kind: pcall
-- Errors that are strings: error(message, 0), messages with positions, failed assertions, errors of the engine itself.
local scale = tonumber((...)) or 1

local function check(n)
    if n % 3 == 0 then
        error("multiple of three", 0)
    end
    return n
end

local function parse(text)
    local n = tonumber(text)
    if not n then
        error("not a number: " .. text)
    end
    return n
end

local function require_field(t, name)
    return assert(t[name], "missing field")
end

local function broken(t)
    return t.inner.value
end

local inputs = {"12", "x7", "3.5", "", "0x10", "seven"}
local record = {name = "record"}
local good, bad, length = 0, 0, 0
for i = 1, math.ceil(900000 * scale) do
    for k = 0, 3 do
        local ok, v = pcall(check, i + k)
        if ok then
            good = good + v % 5
        else
            bad = bad + 1
            length = length + #v
        end
    end
    local ok, v = pcall(parse, inputs[i % 6 + 1])
    if ok then
        good = good + v
    elseif string.find(v, "not a number", 1, true) then
        bad = bad + 1
    end
    local present, value = pcall(require_field, record, i % 2 == 0 and "name" or "size")
    if present then
        good = good + #value
    elseif value:find("missing", 1, true) then
        bad = bad + 1
    end
    if i % 4 == 0 then
        local fine, message = pcall(broken, record)
        if not fine and message:match("attempt to index") then
            bad = bad + 1
        end
    end
end
print(string.format("pcall_strings %.1f %d %d", good, bad, length))
