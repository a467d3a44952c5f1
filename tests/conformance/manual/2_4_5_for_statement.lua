-- Numerical and generic for.
local check = dofile "check.inc"

-- Numerical: bounds, steps, direction, types.
local function count(first, last, step)
    local out = {}
    if step == nil then
        for i = first, last do out[#out + 1] = tostring(i) if #out == 12 then break end end
    else
        for i = first, last, step do out[#out + 1] = tostring(i) if #out == 12 then break end end
    end
    return table.concat(out, " ")
end
local inf = 1 / 0
for _, case in ipairs {
    { 1, 3 }, { 3, 1 }, { 1, 1 }, { 1, 0 }, { 0, 0 }, { -1, 1 }, { 1.5, 4 }, { 1, 3.9 }, { 1, 3, 1 }, { 3, 1, -1 }, { 1, 3, -1 }, { 3, 1, 1 },
    { 1, 10, 3 }, { 10, 1, -3 }, { 1, 2, 0.25 }, { 0, 1, 0.1 }, { 1, 0, -0.1 }, { 1, 3, 0 }, { 3, 1, 0 }, { 1, 1, 0 }, { "1", "3" }, { "1", 3, "1" },
    { "0x1", 3 }, { " 1 ", 2 }, { 1, inf }, { inf, 1 }, { 1, -inf }, { -inf, 1 }, { -inf, inf, inf }, { inf, inf }, { 0 / 0, 1 }, { 1, 0 / 0 }, { 1, 2, 0 / 0 }, { 1, 3, inf },
    { 1, 3, -inf }, { 3, 1, -inf }, { 2 ^ 53, 2 ^ 53 + 4 }, { 2 ^ 53 - 2, 2 ^ 53 + 2 }, { -2 ^ 53, -2 ^ 53 + 2 }, { 1e300, 2e300, 5e299 }, { 1, 2, 1e-1 },
    { "x", 2 }, { 1, "x" }, { 1, 2, "x" }, { {}, 2 }, { 1, {} }, { 1, 2, {} }, { true, 2 }, { 1, true }, { 1, 2, true }, { print, 1 }, { "", 1 }, { 1, "" }, { -0, 0 }, { 0.1, 0.3, 0.1 },
} do
    local label = {}
    for i = 1, 3 do label[i] = type(case[i]) == "table" and "{}" or type(case[i]) == "function" and "f" or tostring(case[i]) end
    check.call("for " .. table.concat(label, ", "), count, case[1], case[2], case[3])
end
check.call("first is nil", count, nil, 1)
check.call("last is nil", count, 1, nil)
check.lines [[
for i = 1, 2, nil do end
for i = nil, 2 do end
for i = 1, nil do end
local n = 0 for i = 1, 3 do n = n + i end return n
for i = 1, 3 do end return i
local i = "outer" for i = 1, 3 do end return i
i = "global" for i = 1, 3 do i = i * 2 end return i
local s = "" for i = 1, 3 do local j = i i = i * 10 s = s .. i .. " " end return s
local n = 0 for i = 1, 3 do i = 10 n = n + 1 end return n
local last = 3 local n = 0 for i = 1, last do last = 10 n = n + 1 end return n
local step = 1 local n = 0 for i = 1, 5, step do step = 5 n = n + 1 end return n
local calls = 0 local function f(x) calls = calls + 1 return x end for i = f(1), f(5), f(2) do end return calls
local log = "" local function f(x) log = log .. x return x end for i = f(3), f(4), f(1) do end return log
local fs = {} for i = 1, 3 do fs[i] = function() return i end end return fs[1](), fs[2](), fs[3]()
local fs = {} for i = 1, 3 do fs[i] = {function() return i end, function(v) i = v end} end fs[1][2](10) return fs[1][1](), fs[2][1]()
local fs = {} for i = 1, 3 do local j = i * 2 fs[i] = function() j = j + 1 return j end end return fs[1](), fs[1](), fs[2]()
for i = 1, 10 do if i == 4 then return i end end
for i = 1, 10 do if i == 4 then break end x = i end return x
for i = 1, 3 do for i = 10, 11 do x = i end y = i end return x, y
for i = (1), (3) do x = i end return x
for i = 1, (function() return 3, 100 end)() do x = i end return x
for i = (function() return 1, 2 end)(), 2 do x = i end return x
for i = 1, 3 do local i = i + 100 x = i end return x
for i = 3, 1 do error "not reached" end return "no turn"
for i = 1, 0, 1 do error "not reached" end return "no turn"
for i = i or 1, 2 do x = i end return x
local t = {} for i = 1, 5 do t[i] = i * i end return unpack(t)
for i = 1, 3 do coroutine.wrap(function() x = i end)() end return x
return coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end return "end" end)()
local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) return co(), co(), co()
pcall(function() for i = 1, "x" do end end)
pcall(function() for i = "x", 1 do end end)
pcall(function() for i = 1, 2, "x" do end end)
pcall(function() for i = "x", "y", "z" do end end)
pcall(function() for i = 1, "y", "z" do end end)
]]

-- Generic: the iterator is called with the state and the control variable until it returns nil first.
check.lines [[
local s = "" for k, v in ipairs {"a", "b", "c"} do s = s .. k .. v end return s
local s = "" for k in ipairs {"a", "b", "c"} do s = s .. k end return s
local s = "" for k, v, w in ipairs {"a", "b"} do s = s .. k .. v .. tostring(w) end return s
local n = 0 for k, v in pairs {x = 1, y = 2, 3} do n = n + v end return n
local n = 0 for k, v in next, {1, 2, 3} do n = n + v end return n
local n = 0 for k, v in next, {1, 2, 3}, nil do n = n + v end return n
local n = 0 for k, v in next, {1, 2, 3}, 1 do n = n + v end return n
for x in function() end do error "not reached" end return "no turn"
for x in function() return nil, 1 end do error "not reached" end return "no turn"
local n = 0 for x in function() n = n + 1 if n < 4 then return n end end do last = x end return n, last
local n = 0 for x in function() n = n + 1 return n < 4 and n or nil end do last = x end return n, last
for x in function() return false end do return "false is a value", x end
local n = 0 for x in function(s, c) n = n + 1 if n > 3 then return nil end return false end do end return n
local log = {} for a, b in function(s, c) log[#log + 1] = s .. ":" .. tostring(c) if c < 3 then return c + 1, s end end, "state", 1 do end return table.concat(log, " ")
local log = {} for a in function(s, c) log[#log + 1] = tostring(c) if c < 3 then return c + 1 end end, nil, 0 do a = 10 end return table.concat(log, " ")
local function iter(t, i) i = i + 1 if t[i] then return i, t[i] end end local s = 0 for i, v in iter, {5, 6, 7}, 0 do s = s + i * v end return s
local function gen(n) return function(s, i) if i < s then return i + 1 end end, n, 0 end local s = 0 for i in gen(4) do s = s + i end return s
for a, b, c, d, e in function(s, c) if not c then return 1, 2, 3 end end do return a, b, c, d, e end
for a in function(s, c) if not c then return 1, 2, 3 end end do return a end
for a, b in (function() return next, {5} end)() do return a, b end
for a, b in ((function() return next, {5} end)()) do return a, b end
for a, b in (function() return next end)(), {6} do return a, b end
for a, b in next, {7}, nil, "extra", error do return a, b end
for w in ("one two"):gmatch "%a+" do x = w end return x
for k, v in setmetatable({}, {__call = function(self, s, c) if not c then return 1, type(self) end end}) do return k, v end
for k, v in setmetatable({}, {__call = function(self, s, c) return nil end}), 1, 2 do end return "callable"
for x in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do y = x end return y
local fs = {} for i, v in ipairs {"a", "b"} do fs[i] = function() return v end end return fs[1](), fs[2]()
local fs = {} for i, v in ipairs {"a", "b"} do fs[i] = function() v = v .. i return v end end return fs[1](), fs[1](), fs[2]()
for k, v in pairs {} do error "not reached" end return "no turn"
for k in pairs {1} do end return k
local t = {1, 2, 3, a = 4} for k in pairs(t) do t[k] = nil end return next(t)
local t = {a = 1, b = 2} for k in pairs(t) do t[k] = 5 end return t.a, t.b
for i, v in ipairs {1, 2, nil, 4} do x = i end return x
for i = 1, 2 do for k, v in ipairs {i, i} do x = k + v end end return x
for k, v in pairs {1, 2, 3} do if k == 2 then break end x = k end return x
for k in 5 do end
for k in nil do end
for k in {} do end
for k in "x" do end
for k in nosuch do end
for k in nosuch() do end
for k in next do end
for k in pairs(nil) do end
for k in ipairs() do end
for k, v in {1, 2, 3} do end
local f for k in f do end
local t = {} for k in t.iter do end
for k in function() error "in the iterator" end do end
for k in function() error("in the iterator", 0) end do end
for k in function() error("in the iterator", 2) end do end
for i = 1 do end
for i = 1, 2, 3, 4 do end
for i, j = 1, 2 do end
for 1 = 1, 2 do end
for i in do end
for i in pairs {} end
for in pairs {} do end
for i, in pairs {} do end
for i.j = 1, 2 do end
for i.j in pairs {} do end
for (i) = 1, 2 do end
for i = 1, 2 end
for i = 1, 2 do
for i == 1, 2 do end
for i = , 2 do end
for i = 1, do end
for i = 1, 2, do end
for i
for i do end
for ... in pairs {} do end
for local i = 1, 2 do end
for i = 1, 2 do break x = 1 end
for i = 1, 2 do return i end
for i = 1; 2 do end
for a, b, c, d, e, f, g, h in next, {} do end return "eight names"
for i = 1, 2 do local function f() end end return "function in a loop"
for _ = 1, 2 do _ = nil end return "assigned nil"
]]
-- The hidden variables of a loop are locals without usable names.
check.call("locals of a numerical loop", function()
    for i = 7, 7 do
        local names, n = {}, 1
        while debug.getlocal(1, n) do names[n] = debug.getlocal(1, n) n = n + 1 end
        return table.concat(names, " ")
    end
end)
check.call("locals of a generic loop", function()
    for k, v in next, { 1 } do
        local names, n = {}, 1
        while debug.getlocal(1, n) do names[n] = debug.getlocal(1, n) n = n + 1 end
        return table.concat(names, " ")
    end
end)
