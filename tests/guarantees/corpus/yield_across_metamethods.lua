-- Only here: lua5.1 has no such thing.
-- Yields inside every metamethod that can be called.
local meta = {}
local function y(name, result) return function(...) coroutine.yield(name) return result end end
for name, result in pairs({__add = 1, __sub = 2, __mul = 3, __div = 4, __mod = 5, __pow = 6, __unm = 7, __concat = "c",
    __index = 9, __call = 10, __eq = true, __lt = true, __le = false, __tostring = "str"}) do meta[name] = y(name, result) end
meta.__newindex = function(t, k, v) coroutine.yield("__newindex") rawset(t, k, v) end
local a, b = setmetatable({}, meta), setmetatable({}, meta)
local co = coroutine.wrap(function()
    local r = {a + b, a - 1, 2 * a, a / b, a % b, a ^ b, -a, a .. b, "x" .. "y" .. a, a.field, a(1), a == b, a < b, a <= b,
        not (a ~= b), tostring(a)}
    a.new = 5
    if a < b then r[#r + 1] = "less" end
    for i = 1, #r do r[i] = tostring(r[i]) end
    return table.concat(r, " ")
end)
local names = {}
while true do
    local v = co()
    if v:sub(1, 2) ~= "__" then print(v) break end
    names[#names + 1] = v
end
print(table.concat(names, " "), rawget(a, "new"))
local u = newproxy(true)
getmetatable(u).__len = y("__len", 77)
print(coroutine.wrap(function() return #u end)())
