-- Assignment: lists, adjustment, order, metamethods.
local check = dofile "check.inc"

check.lines [[
x = 1 return x
x, y = 1, 2 return x, y
x, y = 1 return x, y
x, y = 1, 2, 3 return x, y
x, y, z = 1, 2 return x, y, z
x, y = nil, 1 return x, y
x, y = (function() return 1, 2 end)() return x, y
x, y, z = (function() return 1, 2 end)() return x, y, z
x, y, z = 0, (function() return 1, 2 end)() return x, y, z
x, y, z = (function() return 1, 2 end)(), 0 return x, y, z
x, y, z = ((function() return 1, 2 end)()) return x, y, z
x, y = (function() end)() return x, y
x, y = ((function() end)()) return x, y
x = (function() return 1, 2 end)() return x
x, y, z = loadstring "return ..." (1, 2, 3) return x, y, z
(function(...) x, y, z = ... end)(1, 2) return x, y, z
(function(...) x, y, z = ..., 9 end)(1, 2) return x, y, z
(function(...) x, y, z = (...) end)(1, 2) return x, y, z
local a, b, c = 1, 2 a, b, c = c, a, b return a, b, c
x, y = 1, 2 x, y = y, x return x, y
local x, y = 1, 2 x, y = y, x return x, y
local a, b, c = 1, 2, 3 a, b, c = b, c, a return a, b, c
local t = {1, 2} t[1], t[2] = t[2], t[1] return t[1], t[2]
local t = {x = 1, y = 2} t.x, t.y = t.y, t.x return t.x, t.y
local i, a = 3, {} i, a[i] = i + 1, 20 return i, a[3], a[4]
i, a = 3, {} i, a[i] = i + 1, 20 return i, a[3], a[4]
local i, a = 1, {} a[i], i = "v", 2 return a[1], a[2], i
local a = {1, 2, 3} local i = 1 i, a[i], a[i + 1] = 2, "x", "y" return i, a[1], a[2], a[3]
local a = {} local b = a a.x, a = 1, nil return b.x, a
local a = {} local b = a a, a.x = nil, 1 return b.x, a
local a = {} b = a a.x, a.y, a = 1, 2, 5 return b.x, b.y, a
local t = {} t.a, t.b, t.c = 1, 2 return t.a, t.b, t.c
local t = {} t[1], t[2], t[3] = 1, (function() return 2, 3 end)() return t[1], t[2], t[3]
x, x = 1, 2 return x
local x x, x = 1, 2 return x
local t = {} t.x, t.x = 1, 2 return t.x
local t = {} t[1], t[1], t[1] = 1, 2, 3 return t[1]
local a, b = 1, 2 local c, d = b, a return c, d
local a = 1 local a, b = a, a return a, b
x = y return x
x = nil return x
x, y = y return x, y
_G.x, _G["y"] = 7, 8 return x, y
local t = {{}} t[1].x, t[1].y = 1, 2 return t[1].x, t[1].y
local f = function() return {} end f().x = 1
local t = {} (function() return t end)().x = 5 return t.x
local t = {} local function f() return t end f().a, f().b = 1, 2 return t.a, t.b
local t = {m = function(s) return s end} t:m().x = 1 return t.x
("x").y = 1
local s = "x" s.y = 1
x.y.z = 1
x = {} x.y.z = 1
local x x.y = 1
x = 5 x[1] = 2
x[1] = 2
(x) = 1
(x).y = 1
f() = 1
x + 1 = 2
1 = x
nil = 1
"x" = 1
{} = 1
x, f() = 1, 2
x, (y) = 1, 2
x, 1 = 2
x =
= 1
x, = 1
,x = 1
x y = 1
x = 1,
x = 1, 2,
x
x.y
x, y
x.y.z
... = 1
x == 1
x += 1
x = y = 1
x++
x = = 1
local x.y = 1
local (x) = 1
local x, y z = 1
a.b:c = 1
a:b().c = 1
a.b["c"].d = 1
local function = 1
]]

-- Every expression is evaluated before the assignment; events fire once per target.
check.lines [[
local log = {} local function f(n) log[#log + 1] = n return n end local a, b, c = f(1), f(2), f(3) return table.concat(log, " ")
local log = {} local t = setmetatable({}, {__newindex = function(_, k, v) log[#log + 1] = k .. "=" .. tostring(v) end}) t.a = 1 t.b, t.c = 2 table.sort(log) return table.concat(log, " ")
local log = {} local t = setmetatable({}, {__newindex = function(t, k, v) log[#log + 1] = k rawset(t, k, v) end}) t.a = 1 t.a = 2 t.a = nil t.a = 3 return table.concat(log, " ")
local log = {} local t = setmetatable({}, {__index = function(_, k) log[#log + 1] = k return k end}) local x, y = t.a, t.b return x, y, table.concat(log, " ")
local n = 0 local t = setmetatable({}, {__index = function() n = n + 1 return n end}) local a, b, c = t.x, t.x, t.x return a, b, c
local t = setmetatable({}, {__newindex = function() error "refused" end}) t.x = 1
local t = setmetatable({}, {__newindex = function() error("refused", 2) end}) t.x = 1
setfenv(1, setmetatable({}, {__newindex = function(_, k, v) error("global " .. k .. " is " .. tostring(v), 0) end})) newglobal = 5
local t = {} t[1], t[2] = error and 1, 2 return t[1], t[2]
local ok = pcall(loadstring "x1 = 1 x2, x3 = 2, nil + 1") return ok, x1, x2
local a = {} local i = 1 i, a[i], i = 5, i, i + 1 return i == 5 or i == 2, a[1]
local t = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, v) rawset(t, k .. k, v) end}) t.a, t.b = 1, 2 return t.a, t.aa, t.b, t.bb
local function swap(t, i, j) t[i], t[j] = t[j], t[i] end local t = {"a", "b", "c"} swap(t, 1, 3) return unpack(t)
local a, b = 0, 1 for i = 1, 10 do a, b = b, a + b end return a, b
local t = {1, 2, 3, 4, 5} local i, j = 1, 5 while i < j do t[i], t[j] = t[j], t[i] i, j = i + 1, j - 1 end return unpack(t)
]]

-- Long lists.
for _, n in ipairs { 10, 50, 100, 150 } do
    local names, values = {}, {}
    for i = 1, n do
        names[i] = "t[" .. i .. "]"
        values[i] = tostring(i)
    end
    check.evaluate("t = {} " .. table.concat(names, ",") .. " = " .. table.concat(values, ",") .. " return #t")
end
local long = {}
for i = 1, 260 do long[i] = "v" .. i end
check.call("260 local names", loadstring, "local " .. table.concat(long, ","), "=line")
-- How many targets fit depends on the C levels in use, so the number is left out.
check.call("260 targets", function()
    local chunk, message = loadstring(table.concat(long, ",") .. " = 1", "=line")
    return chunk, (message:gsub("%d+ variables", "N variables"))
end)
