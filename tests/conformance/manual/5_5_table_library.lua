-- The table functions.
local check = dofile "check.inc"

local names = {}
for name, value in pairs(table) do names[#names + 1] = name .. ":" .. type(value) end
table.sort(names)
for _, name in ipairs(names) do check.values("member", name) end
for _, name in ipairs { "concat", "foreach", "foreachi", "getn", "insert", "maxn", "remove", "setn", "sort" } do
    for _, arguments in ipairs { "", "nil", "5", "'x'", "true", "print", "io.stdout", "{}, {}", "{}, 'x'", "{}, nil", "{}, 1, {}", "{}, 1, 2, {}", "{}, 1.5", "{1}, print", "{1}, 1, 1, 1, 1" } do
        check.call(("table.%s(%s)"):format(name, arguments), function()
            local v = loadstring(("return table.%s(%s)"):format(name, arguments), "=line")()
            return v
        end)
    end
end
check.lines [[
table.concat {}, table.concat {1}, table.concat {1, 2, 3}, table.concat {"a", 1, 2.5}
table.concat({1, 2, 3}, ", "), table.concat({1, 2, 3}, ""), table.concat({1}, ", "), table.concat({}, ", ")
table.concat({1, 2, 3}, ", ", 2), table.concat({1, 2, 3}, ", ", 2, 3), table.concat({1, 2, 3}, ", ", 2, 2), table.concat({1, 2, 3}, ", ", 3, 2), table.concat({1, 2, 3}, ", ", 4)
table.concat({1, 2, 3}, ", ", 1, 4)
table.concat({1, 2, 3}, ", ", 0)
table.concat({1, 2, 3}, ", ", -1, 1)
table.concat({[0] = "z", "a"}, ", ", 0)
table.concat({1, 2, 3}, 0), table.concat({1, 2, 3}, 1.5)
table.concat({1, 2, 3}, nil, 2), table.concat({1, 2, 3}, ", ", nil, 2), table.concat({1, 2, 3}, ", ", nil, nil)
table.concat({1, 2, 3}, ", ", "2", "3"), table.concat({1, 2, 3}, ", ", 1.9, 2.9)
table.concat {1, nil, 3}
table.concat {1, {}, 3}
table.concat {true}
table.concat {print}
table.concat({1, 2}, {})
table.concat({1, 2}, true)
table.concat({1, 2}, ", ", {})
table.concat({"a\0b", "c"}, "\0"), #table.concat({"a\0b", "c"}, "\0")
table.concat(setmetatable({}, {__index = {"x"}}))
table.concat(setmetatable({}, {__index = {"x"}}), "", 1, 1)
table.concat({setmetatable({}, {__tostring = function() return "x" end})})
#table.concat(setmetatable({("x"):rep(1000)}, nil), "y")
local t = {} for i = 1, 1000 do t[i] = i end return #table.concat(t), #table.concat(t, ",")
local t = {1, 2, 3} table.insert(t, 4) return unpack(t)
local t = {1, 2, 3} table.insert(t, 1, 0) return unpack(t)
local t = {1, 2, 3} table.insert(t, 2, "x") return unpack(t)
local t = {1, 2, 3} table.insert(t, 4, "x") return unpack(t)
local t = {1, 2, 3} table.insert(t, 6, "x") return #t >= 3, t[6], t[4], t[5]
local t = {1, 2, 3} table.insert(t, 0, "x") return t[0], t[1], t[2], t[3], t[4]
local t = {1, 2, 3} table.insert(t, -1, "x") return t[-1], t[0], t[1], t[4]
local t = {} table.insert(t, "a") table.insert(t, "b") table.insert(t, 1, "c") return unpack(t)
local t = {} table.insert(t, nil) return #t
local t = {1, 2} table.insert(t, 1, nil) return t[1], t[2], t[3]
local t = {1, 2, 3} table.insert(t, "2", "x") return unpack(t)
local t = {1, 2, 3} table.insert(t, 1.9, "x") return unpack(t)
table.insert({1}, 1)
table.insert({1})
table.insert({1}, 1, 2, 3)
table.insert({1}, "x", 2)
table.insert({1}, nil, 2)
select("#", table.insert({}, 1))
local t = setmetatable({}, {__newindex = error}) table.insert(t, 1) return t[1]
local t = {1, 2, 3} return table.remove(t), unpack(t)
local t = {1, 2, 3} return table.remove(t, 1), unpack(t)
local t = {1, 2, 3} return table.remove(t, 2), unpack(t)
local t = {1, 2, 3} return table.remove(t, 3), unpack(t)
local t = {1, 2, 3} return table.remove(t, 4), unpack(t)
local t = {1, 2, 3} return table.remove(t, 5), unpack(t)
local t = {1, 2, 3} return table.remove(t, 0), unpack(t)
local t = {1, 2, 3} return table.remove(t, -1), unpack(t)
local t = {1, 2, 3} return table.remove(t, "1"), unpack(t)
local t = {1, 2, 3} return table.remove(t, 1.9), unpack(t)
local t = {} return table.remove(t), table.remove(t, 1), #t
select("#", table.remove {}), select("#", table.remove {1}), select("#", table.remove({}, 1))
local t = {} for i = 1, 5 do table.insert(t, i) end local s = 0 while #t > 0 do s = s * 10 + table.remove(t) end return s
local t = {} for i = 1, 5 do table.insert(t, 1, i) end local s = 0 while #t > 0 do s = s * 10 + table.remove(t, 1) end return s
local t = {n = 5, 1, 2} table.remove(t) return #t, t.n
table.remove({1}, {})
table.maxn {}, table.maxn {1, 2, 3}, table.maxn {[10] = 1}, table.maxn {1, [5.5] = 2}, table.maxn {[-1] = 1}, table.maxn {x = 1}, table.maxn {1, nil, 3}, table.maxn {[1e100] = 1}
table.maxn {[1/0] = 1}
table.getn {}, table.getn {1, 2}, table.getn {n = 5}
table.setn({}, 5)
table.foreach({}, print), table.foreachi({}, print)
table.foreach({5}, function(k, v) return k + v end)
table.foreach({x = 5}, function(k, v) return k, v end)
table.foreach({1, 2, 3}, function(k, v) if k == 2 then return "stopped" end end)
table.foreach({1, 2, 3}, function(k, v) return false end)
table.foreachi({5, 6, 7}, function(i, v) if i == 2 then return v, "second" end end)
table.foreachi({5, 6, nil, 7}, function(i, v) last = i end) return last
local n = 0 table.foreach({1, 2, x = 3}, function() n = n + 1 end) return n
table.foreach({1}, function() error("inside", 0) end)
table.foreach({1}, 5)
table.foreach({1})
table.foreachi({1}, nil)
]]
-- sort
local function sorted(t, less)
    local ok, message = pcall(table.sort, t, less)
    if not ok then return message end
    local out = {}
    for i = 1, #t do out[i] = tostring(t[i]) end
    return table.concat(out, " ")
end
check.values("empty", sorted {})
check.values("one", sorted { 1 })
check.values("numbers", sorted { 3, 1, 2 }, sorted { 1, 2, 3 }, sorted { 3, 2, 1 }, sorted { 1, 1, 1 }, sorted { 2, 1, 2, 1 }, sorted { -1, 0.5, -2, 1e10 })
check.values("strings", sorted { "b", "a", "C", "", "aa", "a\0" })
check.values("descending", sorted({ 3, 1, 2 }, function(a, b) return a > b end))
check.values("by length", sorted({ "ccc", "a", "bb" }, function(a, b) return #a < #b end))
check.values("mixed", sorted { 1, "x" })
check.values("mixed three", sorted { 2, "x", 1 })
check.values("tables", sorted { {}, {} })
check.values("nil inside", sorted { 1, nil, 3 })
check.values("booleans", sorted { true, false })
check.values("bad order", sorted({ 1, 2, 3, 4, 5 }, function() return true end))
check.values("always false", sorted({ 3, 1, 2 }, function() return false end))
check.values("error in order", sorted({ 2, 1 }, function() error("in order", 0) end))
check.values("not a function", sorted({ 2, 1 }, 5))
check.values("not a function, nothing to do", sorted({}, 5))
check.values("callable table", sorted({ 2, 1 }, setmetatable({}, { __call = function() return true end })))
check.values("results are truth values", sorted({ 3, 1, 2 }, function(a, b) return a < b and 0 or nil end))
check.values("arguments", (function() local n table.sort({ 2, 1 }, function(...) n = select("#", ...) return (...) < select(2, ...) end) return n end)())
check.values("no result", select("#", table.sort {}))
check.values("__lt", (function()
    local mt = { __lt = function(a, b) return a.v < b.v end }
    local t = {}
    for i, v in ipairs { 3, 1, 2 } do t[i] = setmetatable({ v = v }, mt) end
    table.sort(t)
    return t[1].v, t[2].v, t[3].v
end)())
check.values("raw access", (function() local t = setmetatable({ 2, 1 }, { __index = error, __newindex = error }) table.sort(t) return t[1], t[2] end)())
for n = 1, 60, 3 do
    local seed = n
    local t, log = {}, 0
    for i = 1, n do
        seed = (seed * 1103515245 + 12345) % 2147483648
        t[i] = seed % 100
    end
    check.values("pseudo-random " .. n, sorted(t))
    -- The number of comparisons shows that it is the same algorithm.
    for i = 1, n do seed = (seed * 1103515245 + 12345) % 2147483648 t[i] = seed % 1000 end
    table.sort(t, function(a, b) log = log + 1 return a < b end)
    check.values("comparisons for " .. n, log)
end
for n = 0, 12 do
    for position = 1, n + 1, 2 do
        local t = {}
        for i = 1, n do t[i] = i end
        table.insert(t, position, "new")
        check.values("insert at " .. position .. " of " .. n, table.concat(t, " "))
        check.values("remove at " .. position .. " of " .. n, tostring(table.remove(t, position)), table.concat(t, " "))
    end
end
