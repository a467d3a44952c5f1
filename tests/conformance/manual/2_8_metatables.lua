-- Metatables: every event, for each type and order of operands.
local check = dofile "check.inc"

local function name(v)
    if type(v) == "table" then return rawget(v, "name") or "table" end
    return tostring(v)
end
-- Arithmetic events: the left operand's handler first, then the right one's.
local events = { { "add", "+" }, { "sub", "-" }, { "mul", "*" }, { "div", "/" }, { "mod", "%" }, { "pow", "^" }, { "concat", ".." } }
for _, e in ipairs(events) do
    local event, sign = "__" .. e[1], e[2]
    local f = loadstring("local a, b = ... return a " .. sign .. " b", "=line")
    local left = setmetatable({ name = "left" }, { [event] = function(a, b) return "left's " .. e[1] .. " " .. name(a) .. " " .. name(b) end })
    local right = setmetatable({ name = "right" }, { [event] = function(a, b) return "right's " .. e[1] .. " " .. name(a) .. " " .. name(b) end })
    local plain, other = { name = "plain" }, setmetatable({ name = "other" }, { __nothing = 1 })
    check.call(event .. " left right", f, left, right)
    check.call(event .. " right left", f, right, left)
    for _, v in ipairs { 1, "1", "x", true, plain, other } do
        check.call(event .. " left " .. name(v), f, left, v)
        check.call(event .. " " .. name(v) .. " left", f, v, left)
    end
    check.call(event .. " left nil", f, left, nil)
    check.call(event .. " nil left", f, nil, left)
    check.call(event .. " plain plain", f, plain, plain)
    check.call(event .. " plain 1", f, plain, 1)
    check.call(event .. " same object", f, left, left)
    check.call(event .. " results are cut to one", f, setmetatable({}, { [event] = function() return 1, 2, 3 end }), 1)
    check.call(event .. " no result is nil", f, setmetatable({}, { [event] = function() end }), 1)
    check.call(event .. " false as result", f, setmetatable({}, { [event] = function() return false end }), 1)
    check.call(event .. " errors pass", f, setmetatable({}, { [event] = function() error("inside " .. event, 0) end }), 1)
    check.call(event .. " a handler that is callable", f, setmetatable({}, { [event] = setmetatable({}, { __call = function(self, a, b) return "called", name(b) end }) }), 1)
    check.call(event .. " a handler that is no function", f, setmetatable({}, { [event] = 5 }), 1)
    check.call(event .. " a handler that is false", f, setmetatable({}, { [event] = false }), 1)
    check.call(event .. " a handler found by __index is not used", f, setmetatable({}, setmetatable({}, { __index = { [event] = function() return "inherited" end } })), 1)
    check.call(event .. " may yield nothing but values", f, setmetatable({}, { [event] = print and function(a, b) return b end }), "given back")
    check.call(event .. " with constants", loadstring("local a = ... return a " .. sign .. " 2, 2 " .. sign .. " a, a " .. sign .. " 'x', 'x' " .. sign .. " a"), left)
    check.call(event .. " chained", loadstring("local a = ... return a " .. sign .. " a " .. sign .. " a"), setmetatable({ name = "c" }, { [event] = function(a, b) return a end }) and left)
end
-- Unary events.
local function unary(label, event, f)
    check.call(label .. " table", f, setmetatable({}, { [event] = function(a, b) return "handler", rawequal(a, b), b == nil end }))
    check.call(label .. " two arguments", f, setmetatable({}, { [event] = function(...) return select("#", ...) end }))
    check.call(label .. " second argument", f, setmetatable({}, { [event] = function(a, b) return type(b) end }))
    check.call(label .. " none", f, setmetatable({}, {}))
    check.call(label .. " results", f, setmetatable({}, { [event] = function() return 1, 2 end }))
    check.call(label .. " no result", f, setmetatable({}, { [event] = function() end }))
    check.call(label .. " not a function", f, setmetatable({}, { [event] = 5 }))
    local u = newproxy(true)
    getmetatable(u)[event] = function() return "userdata" end
    check.call(label .. " userdata", f, u)
    check.call(label .. " userdata without", f, newproxy(true))
end
unary("unm", "__unm", function(a) return -a end)
unary("len (not of tables)", "__len", function(a) return #a end)
-- Comparison: eq only for two tables or two userdata with the same handler, order for two operands of one type with the same handler.
local function log_eq() local calls = 0 return function() calls = calls + 1 return true end, function() return calls end end
local eq, calls = log_eq()
local mt, mt2 = { __eq = eq }, { __eq = eq }
local mt3 = { __eq = function() return true end }
local a, b, c, d = setmetatable({}, mt), setmetatable({}, mt), setmetatable({}, mt2), setmetatable({}, mt3)
check.values("eq same metatable", a == b, a ~= b, calls())
check.values("eq same object", a == a, a ~= a, calls())
check.values("eq same handler in two metatables", a == c, c == a, calls())
check.values("eq different handlers", a == d, d == a, a ~= d)
check.values("eq one without", a == {}, {} == a, setmetatable({}, {}) == a)
check.values("eq other types", a == 1, a == "x", 1 == a, a == nil, a == print, a == io.stdout)
check.values("eq rawequal", rawequal(a, b), rawequal(a, a))
local function userdata(meta) local u = newproxy(true) for k, v in pairs(meta) do getmetatable(u)[k] = v end return u end
check.values("eq userdata", userdata(mt) == userdata(mt), userdata(mt) == a, newproxy() == newproxy())
for _, result in ipairs { 1, "x", true } do
    local m = { __eq = function() return result end }
    check.values("eq result " .. tostring(result), setmetatable({}, m) == setmetatable({}, m), setmetatable({}, m) ~= setmetatable({}, m))
end
for _, result in ipairs { "nil", "false" } do
    local m = { __eq = loadstring("return " .. result) }
    check.values("eq result " .. result, setmetatable({}, m) == setmetatable({}, m), setmetatable({}, m) ~= setmetatable({}, m))
end
check.call("eq error", function() local m = { __eq = function() error("in eq", 0) end } return setmetatable({}, m) == setmetatable({}, m) end)
check.call("eq not a function", function() local m = { __eq = 5 } return setmetatable({}, m) == setmetatable({}, m) end)
check.call("eq order of arguments", function() local m = { __eq = function(x, y) return x.n == 1 and y.n == 2 end } local x, y = setmetatable({ n = 1 }, m), setmetatable({ n = 2 }, m) return x == y, y == x, x ~= y end)
for _, sign in ipairs { "<", "<=", ">", ">=" } do
    local f = loadstring("local a, b = ... return a " .. sign .. " b", "=line")
    local function lt(x, y) return x.n < y.n end
    local function le(x, y) return x.n <= y.n end
    for _, meta in ipairs { { "lt", { __lt = lt } }, { "le", { __le = le } }, { "lt and le", { __lt = lt, __le = le } }, { "neither", {} } } do
        local one, two = setmetatable({ n = 1 }, meta[2]), setmetatable({ n = 2 }, meta[2])
        check.call(sign .. " 1 2 with " .. meta[1], f, one, two)
        check.call(sign .. " 2 1 with " .. meta[1], f, two, one)
        check.call(sign .. " 1 1 with " .. meta[1], f, one, one)
        check.call(sign .. " table with plain table, " .. meta[1], f, one, {})
        check.call(sign .. " plain table with table, " .. meta[1], f, {}, one)
        check.call(sign .. " table with number, " .. meta[1], f, one, 1)
        check.call(sign .. " number with table, " .. meta[1], f, 1, one)
        check.call(sign .. " table with string, " .. meta[1], f, one, "x")
        check.call(sign .. " same handler, other metatable, " .. meta[1], f, one, setmetatable({ n = 5 }, { __lt = meta[2].__lt, __le = meta[2].__le }))
        check.call(sign .. " other handler, " .. meta[1], f, one, setmetatable({ n = 5 }, { __lt = function() return true end, __le = function() return true end }))
    end
    for _, result in ipairs { "nil", "false", "0", "''", "1, 2", "" } do
        local m = { __lt = loadstring("return " .. result), __le = loadstring("return " .. result) }
        check.call(sign .. " result " .. result, f, setmetatable({}, m), setmetatable({}, m))
    end
    local logged
    local m = { __lt = function(x, y) logged = "lt " .. x.n .. y.n return true end, __le = function(x, y) logged = "le " .. x.n .. y.n return true end }
    check.call(sign .. " order of arguments", function() local r = f(setmetatable({ n = "a" }, m), setmetatable({ n = "b" }, m)) return r, logged end)
    m.__le = nil
    check.call(sign .. " without le", function() local r = f(setmetatable({ n = "a" }, m), setmetatable({ n = "b" }, m)) return r, logged end)
    check.call(sign .. " userdata", f, userdata { __lt = function() return true end, __le = function() return false end }, userdata { __lt = m.__lt })
    check.call(sign .. " error", f, setmetatable({}, { __lt = error }), setmetatable({}, { __lt = error }))
end
-- index and newindex: tables, functions, chains, raw access, other types.
check.lines [[
setmetatable({}, {__index = {x = 1}}).x, setmetatable({x = 2}, {__index = {x = 1}}).x, setmetatable({}, {__index = {}}).x
setmetatable({}, {__index = function(t, k) return k .. "!" end}).x, setmetatable({}, {__index = function(t, k) return k + 1 end})[5]
setmetatable({}, {__index = function() return 1, 2 end}).x
setmetatable({}, {__index = function() end}).x
setmetatable({x = false}, {__index = function() return "asked" end}).x
setmetatable({}, {__index = function(t, k) return rawget(t, k) == nil, k end}).x
setmetatable({}, {__index = setmetatable({}, {__index = {x = "two steps"}})}).x
setmetatable({}, {__index = setmetatable({}, {__index = function(t, k) return rawget(t, k) == nil, k end})}).x
local t = setmetatable({}, {__index = function(t, k) return t end}) return t.a.b.c == t
local t = {} t.__index = t setmetatable(t, t) t.x = 1 return t.x, pcall(function() return t.y end)
setmetatable({}, {__index = "abc"}).len == string.len, setmetatable({}, {__index = "abc"}).nosuch
setmetatable({}, {__index = 5}).x
setmetatable({}, {__index = true}).x
setmetatable({}, {__index = rawequal}).x
setmetatable({}, {__index = error}).x
setmetatable({}, {__index = setmetatable({}, {__call = function(self, t, k) return "callable as a table" end})}).x
setmetatable({}, {__index = function() error("inside", 0) end}).x
setmetatable({}, {__index = function(t, k) error("no " .. k, 2) end}).field
setmetatable({}, {__index = {y = 1}}).x
setmetatable({}, {__index = function(t, k) return k end})[nil]
setmetatable({}, {__index = function(t, k) return k ~= k end})[0/0]
rawget(setmetatable({}, {__index = {x = 1}}), "x")
local t = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, v * 2) end}) t.x = 1 t.x = 5 return t.x
local s = {} local t = setmetatable({}, {__newindex = s}) t.x = 1 return rawget(t, "x"), s.x
local s = {} local t = setmetatable({}, {__newindex = setmetatable({}, {__newindex = s})}) t.x = 1 return rawget(t, "x"), s.x
local t = setmetatable({x = 1}, {__newindex = error}) t.x = 2 return t.x
local t = setmetatable({x = 1}, {__newindex = function(t, k, v) rawset(t, k, "via handler") end}) t.x = nil t.x = 2 return t.x
local t = setmetatable({}, {__newindex = function() error("read-only", 0) end}) t.x = 1
local t = setmetatable({}, {__newindex = 5}) t.x = 1
local t = setmetatable({}, {__newindex = "x"}) t.x = 1
local t = setmetatable({}, {__newindex = function(t, k, v) rawset(t, tostring(k), v) end}) t[nil] = 1 return t["nil"]
local t = setmetatable({}, {__newindex = function(t, k, v) rawset(t, "nan", v) end}) t[0/0] = 1 return t.nan
local t = setmetatable({}, {__newindex = function() return 1, 2 end}) t.x = 1 return t.x
local t = setmetatable({}, {__newindex = {}}) rawset(t, "x", 1) return t.x
local t = setmetatable({}, {__index = {x = 1}, __newindex = {}}) t.x = 2 return t.x
local t = setmetatable({}, {__index = {x = 1}}) t.x = 2 return t.x, getmetatable(t).__index.x
local n = 0 local t = setmetatable({}, {__index = function() n = n + 1 return n end}) local r = t.a + t.b * t.a return r, n
local t = setmetatable({}, {__index = function(t, k) local v = k * 2 rawset(t, k, v) return v end}) return t[1], t[2], rawget(t, 1)
local log = {} local t = setmetatable({}, {__newindex = function(_, k, v) log[#log + 1] = k .. tostring(v) end}) t.a, t.b, t.a = 1, nil, 3 return #log
local u = newproxy(true) getmetatable(u).__index = function(u, k) return k end return u.x, u[1]
local u = newproxy(true) getmetatable(u).__index = {m = function(self) return type(self) end} return u:m()
local u = newproxy(true) local s = {} getmetatable(u).__newindex = s u.x = 1 return s.x
local u = newproxy(true) getmetatable(u).__newindex = function(u, k, v) r = k .. v end u.x = 1 return r
local u = newproxy(true) return u.x
local u = newproxy(true) u.x = 1
("x").len == string.len, ("x").nosuch, ("x")[1]
getmetatable("").__index == string, getmetatable("x") == getmetatable("y")
debug.setmetatable(5, {__index = function(n, k) return n .. k end}) local r = (5).x debug.setmetatable(5, nil) return r
debug.setmetatable(nil, {__index = function(n, k) return k end}) local r = nosuch.x debug.setmetatable(nil, nil) return r
debug.setmetatable(true, {__index = {x = "bool"}}) local a, b = true.x
debug.setmetatable(true, {__index = {x = "bool"}}) local a, b = (true).x, (false).x debug.setmetatable(true, nil) return a, b
debug.setmetatable(print, {__index = {x = "fn"}, __add = function() return "sum" end}) local a, b, c = print.x, (function() end).x, print + 1 debug.setmetatable(print, nil) return a, b, c
local co = coroutine.create(function() end) debug.setmetatable(co, {__index = {x = "thread"}}) local r = co.x debug.setmetatable(co, nil) return r
debug.setmetatable(5, {__call = function(n, x) return n + x end}) local r = (5)(6) debug.setmetatable(5, nil) return r
debug.setmetatable(nil, {__call = function(n, x) return "called nil", x end}) local r = nosuch(6) debug.setmetatable(nil, nil) return r
debug.setmetatable(nil, {__add = function(a, b) return "nil + " .. tostring(b) end}) local r = nil + 1 debug.setmetatable(nil, nil) return r
debug.setmetatable(nil, {__lt = function() return true end}) local r = nil < nil debug.setmetatable(nil, nil) return r
debug.setmetatable(true, {__lt = function(a, b) return b end}) local r = false < true debug.setmetatable(true, nil) return r
debug.setmetatable(nil, {__concat = function(a, b) return "joined" end}) local r = nil .. "x" debug.setmetatable(nil, nil) return r
debug.setmetatable(5, {__add = error}) local r = 1 + 2 + "3" debug.setmetatable(5, nil) return r
]]
-- call
check.lines [[
setmetatable({}, {__call = function(self, ...) return select("#", ...), ... end})(1, nil)
setmetatable({}, {__call = function(...) return select("#", ...) end})()
setmetatable({n = 5}, {__call = function(self) return self.n end})()
setmetatable({}, {__call = function() return 1, 2, 3 end})()
setmetatable({}, {__call = function() end})()
setmetatable({}, {__call = print and tostring})() ~= nil
setmetatable({}, {__call = 5})()
setmetatable({}, {__call = setmetatable({}, {__call = function() return "nested" end})})()
setmetatable({}, {})()
({})()
local t = setmetatable({}, {__call = function(self, a) return a end}) return t "s", t {1}[1], (t(2))
local t = {m = setmetatable({}, {__call = function(self, owner, x) return type(owner), x end})} return t:m(5)
local t = setmetatable({}, {__call = function(self, n) if n == 0 then return "tail" end return self(n - 1) end}) return t(1000)
local t = setmetatable({}, {__call = function(self, n) if n == 0 then return 0 end return 1 + self(n - 1) end}) return t(100)
local t = setmetatable({}, {__call = function() error("in call", 0) end}) t()
local t = setmetatable({}, {__call = function() error("in call", 2) end}) t()
pcall(setmetatable({}, {__call = function(self, x) return x end}), 1)
local u = newproxy(true) getmetatable(u).__call = function(self, x) return type(self), x end return u(1)
for k in setmetatable({}, {__call = function(self, s, c) if not c then return 1 end end}) do return k end
table.foreach({1}, setmetatable({}, {__call = function() end}))
("x"):gsub("x", setmetatable({}, {__index = function(_, k) return "indexed" end}))
]]
-- Metatables as objects: getting, setting, sharing, protecting, changing.
check.lines [[
getmetatable({}), getmetatable(1), getmetatable(nil), getmetatable(true), getmetatable(print), getmetatable(newproxy())
local m = {} return getmetatable(setmetatable({}, m)) == m
local t = {} return setmetatable(t, {}) == t
setmetatable({}, nil), getmetatable(setmetatable({}, nil))
setmetatable({})
setmetatable({}, 1)
setmetatable({}, "x")
setmetatable({}, true)
setmetatable({}, false)
setmetatable(1, {})
setmetatable("x", {})
setmetatable(print, {})
setmetatable(nil, {})
setmetatable(newproxy(), {})
setmetatable(coroutine.create(function() end), {})
setmetatable()
getmetatable()
getmetatable(setmetatable({}, {__metatable = "locked"}))
getmetatable(setmetatable({}, {__metatable = false}))
getmetatable(setmetatable({}, {__metatable = 5}))
setmetatable(setmetatable({}, {__metatable = "locked"}), {})
setmetatable(setmetatable({}, {__metatable = false}), {})
setmetatable(setmetatable({}, {__metatable = false}), nil)
debug.getmetatable(setmetatable({}, {__metatable = "locked"})).__metatable
debug.setmetatable(setmetatable({}, {__metatable = "locked"}), nil) ~= nil
local m = {} local a, b = setmetatable({}, m), setmetatable({}, m) m.__index = {x = 1} return a.x, b.x
local m = {} local t = setmetatable({}, m) local r = t.x m.__index = function() return "late" end return r, t.x
local m = {__index = {x = 1}} local t = setmetatable({}, m) local r = t.x m.__index = nil return r, t.x
local m = {} local t = setmetatable({}, m) local a = pcall(function() return t + 1 end) rawset(m, "__add", function() return "raw" end) return a, t + 1
local t = {} setmetatable(t, t) t.__index = function(_, k) return k end return t.x
local t = setmetatable({}, {__index = {x = 1}}) setmetatable(t, {__index = {x = 2}}) return t.x
local t = setmetatable({}, {__index = {x = 1}}) setmetatable(t, nil) return t.x
tostring(setmetatable({}, {__tostring = function(t) return "as text" end}))
tostring(setmetatable({}, {__tostring = function(t) return 5 end})), type(tostring(setmetatable({}, {__tostring = function(t) return 5 end})))
tostring(setmetatable({}, {__tostring = function(t) return nil end}))
tostring(setmetatable({}, {__tostring = 5}))
tostring(setmetatable({}, {__name = "ignored"})):match "^table: " ~= nil
#setmetatable({1, 2}, {__pairs = error})
pairs(setmetatable({1}, {__pairs = error})) == next
local n = 0 for _ in pairs(setmetatable({1, 2}, {__pairs = error, __index = {3, 4}})) do n = n + 1 end return n
local n = 0 for _ in ipairs(setmetatable({}, {__index = function(_, i) if i < 4 then return i end end})) do n = n + 1 end return n
]]
for _, depth in ipairs { 10, 50, 99, 100, 101, 150 } do
    local t = { x = "bottom" }
    for i = 1, depth do t = setmetatable({}, { __index = t }) end
    check.call("index chain of " .. depth, function() return t.x, t.nosuch end)
    local s = {}
    local w = s
    for i = 1, depth do w = setmetatable({}, { __newindex = w }) end
    check.call("newindex chain of " .. depth, function() w.x = 1 return s.x, rawget(w, "x") end)
end
check.call("index loop", function() local x, y = {}, {} setmetatable(x, { __index = y }) setmetatable(y, { __index = x }) return x.z end)
check.call("newindex loop", function() local x, y = {}, {} setmetatable(x, { __newindex = y }) setmetatable(y, { __newindex = x }) x.z = 1 end)
