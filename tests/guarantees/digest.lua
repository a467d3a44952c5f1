-- What the state is, as text without addresses: to compare two machines on which the same was done. Weak tables and the
-- log of finalizers are left out; they depend on when the collector ran.
local out, seen, count = {}, {}, 0
local function scalar(v)
    local t = type(v)
    if t == "string" then return #v > 40 and "string" .. #v .. v:sub(1, 20) or v end
    if t == "number" or t == "boolean" or t == "nil" then return tostring(v) end
    return t
end
local todo = {{"W", W}, {"Point", Point}}
while #todo > 0 do
    local name, t = unpack(table.remove(todo))
    local meta = getmetatable(t)
    if not (type(meta) == "table" and rawget(meta, "__mode")) and not seen[t] and t ~= W.log then
        count = count + 1
        seen[t] = count
        local keys = {}
        for k in next, t do
            if type(k) == "string" or type(k) == "number" or type(k) == "boolean" then keys[#keys + 1] = k end
        end
        table.sort(keys, function(a, b) return type(a) .. tostring(a) < type(b) .. tostring(b) end)
        out[#out + 1] = "#" .. count .. " " .. name
        for _, k in ipairs(keys) do
            local v = rawget(t, k)
            out[#out + 1] = scalar(k) .. "=" .. (type(v) == "table" and "table" .. (seen[v] or "") or scalar(v))
            if type(v) == "table" then todo[#todo + 1] = {scalar(k), v} end
            if type(v) == "thread" then out[#out + 1] = coroutine.status(v) end
        end
    end
end
print(table.concat(out, "\n"))
print(pcall(W.peek), pcall(W.in_env))
