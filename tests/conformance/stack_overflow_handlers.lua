-- A message handler of xpcall finds room on a stack that has overflowed, each time again.
local function short(m) return (tostring(m):gsub("C stack overflow", "stack overflow")) end
local function handle(m)
    local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
    return short(m) .. " handled, " .. deep(100) .. ", " .. type(debug.traceback())
end
local function plain() return 1 + plain() end
local function variadic(...) return 1 + variadic(...) end
local function wide() local a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z return 1 + wide() end
local concat = setmetatable({}, { __concat = function(a, b) return a .. b end })
local index = setmetatable({}, { __index = function(t, k) return t[k] end })
local kinds = { plain, variadic, wide, function() return concat .. {} end, function() return index.x end }
for round = 1, 3 do
    for i, f in ipairs(kinds) do print(round, i, xpcall(f, handle)) end
    for i, f in ipairs(kinds) do local ok, m = pcall(f) print(round, i, ok, short(m)) end
end
-- in a coroutine, and again after it has yielded
local co = coroutine.wrap(function() for _ = 1, 3 do for _, f in ipairs(kinds) do coroutine.yield(xpcall(f, handle)) end end end)
for _ = 1, 3 * #kinds do print(co()) end
-- a handler that overflows itself, and one that catches an error on the way
print(xpcall(plain, function() return plain() end))
print(xpcall(plain, function(m) return tostring(pcall(error, "inner", 0)) .. short(m) end))
print(xpcall(plain, handle))
-- xpcall inside a deep stack
local function nest(n) if n == 0 then return xpcall(variadic, handle) end local a, b = nest(n - 1) return a, b end
for n = 0, 4000, 1000 do print(n, nest(n)) end
