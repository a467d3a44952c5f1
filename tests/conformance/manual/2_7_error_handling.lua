-- error, pcall, xpcall, and what a message says.
local check = dofile "check.inc"

check.lines [[
error()
error(nil)
error "message"
error("message", 0)
error("message", 1)
error("message", 2)
error("message", 3)
error("message", 100)
error("message", -1)
error("message", "1")
error("message", {})
error(5)
error(5, 0)
error(1.5)
error(true)
error(false)
error {}
error {code = 5}
error(print)
error ""
pcall(error)
pcall(error, nil)
pcall(error, "m")
pcall(error, "m", 0)
pcall(error, "m", 1)
pcall(error, "m", 2)
pcall(error, {5})
pcall()
pcall(nil)
pcall(5)
pcall "x"
pcall {}
pcall(print, nil) == true
pcall(function() end)
pcall(function() return 1, nil, 3 end)
pcall(function(...) return ... end, 1, nil, 3)
pcall(function() error() end)
pcall(function() error "m" end)
pcall(function() error("m", 0) end)
pcall(function() error("m", 2) end)
pcall(function() error(5) end)
pcall(function() error {} end)
pcall(function() local x x() end)
pcall(function() return nosuch.x end)
pcall(function() nosuch.x = 1 end)
pcall(function() return 1 + {} end)
pcall(function() return {} .. "x" end)
pcall(function() return {} < 1 end)
pcall(function() return #5 end)
pcall(function() for i = 1, "x" do end end)
pcall(setmetatable({}, {__call = function(self, x) return x end}), 7)
pcall(setmetatable({}, {__call = 5}))
pcall(pcall)
pcall(pcall, error)
pcall(pcall, error, "m")
pcall(pcall, pcall, error, "m")
pcall(string.rep)
pcall(string.rep, "x", {})
pcall(setmetatable, 1)
pcall(loadstring, nil)
pcall(loadstring("error 'from a chunk'", "=chunk"))
pcall(coroutine.wrap(function() error("in a coroutine", 0) end))
pcall(coroutine.wrap(function() error "in a coroutine" end))
(pcall(error))
select("#", pcall(error)), select("#", pcall(function() end))
local ok, e = pcall(error, setmetatable({}, {__tostring = function() return "object" end})) return ok, tostring(e)
local e = {} local ok, got = pcall(error, e) return ok, e == got
local ok, got = pcall(error, "x") return ok, got, type(got)
local function f(n) if n == 0 then error("deep", 0) end f(n - 1) end return pcall(f, 100)
local function f(n) if n == 0 then error "deep" end return f(n - 1) end return pcall(f, 100)
local ok, a = pcall(function() local ok, b = pcall(error, "inner") error("outer " .. b, 0) end) return ok, a
local ok, a = pcall(function() local ok, b = pcall(error, "inner", 0) error(b, 0) end) return ok, a
xpcall()
xpcall(print)
xpcall(print, nil)
xpcall(nil, print)
xpcall(function() return 1, 2 end, error)
xpcall(function() error "m" end, function(m) return "handled " .. m end)
xpcall(function() error("m", 0) end, function(m) return "handled " .. m end)
xpcall(function() error {5} end, function(m) return m[1] end)
xpcall(function() error() end, function(m) return type(m), m == nil end)
xpcall(function() error "m" end, function(m) return 1, 2, 3 end)
xpcall(function() error "m" end, function(m) end)
xpcall(function() error "m" end, function(m) error "again" end)
xpcall(function() error "m" end, error)
xpcall(function() error "m" end, 5)
xpcall(function() error "m" end, nil)
xpcall(function() error "m" end, "handler")
xpcall(function() error "m" end, {})
xpcall(function(...) return select("#", ...) end, print)
xpcall(function(...) return select("#", ...) end, print, 1, 2)
xpcall(nil, function(m) return "no function: " .. m end)
xpcall(5, function(m) return "no function: " .. m end)
xpcall(setmetatable({}, {__call = function() return "callable" end}), print)
xpcall(setmetatable({}, {__call = function() error("callable", 0) end}), function(m) return m end)
xpcall(function() local x = nil; x() end, function(m) return m end)
xpcall(function() return nosuch.x end, function(m) return "got: " .. m end)
xpcall(function() error "m" end, function(m) return type(debug.traceback(m)) end)
xpcall(function() return xpcall(function() error("in", 0) end, function(m) return m .. "1" end) end, function(m) return m .. "2" end)
xpcall(function() error(xpcall(error, function(m) return m end)) end, function(m) return m end)
xpcall(error, function(m) return type(m) end)
xpcall(string.rep, function(m) return m end)
xpcall(function() string.rep() end, function(m) return m end)
xpcall(coroutine.wrap(function() error("co", 0) end), function(m) return m end)
]]
-- The handler runs where the error is, so it can see the stack; its first argument is the error.
check.call("level of the handler", function()
    local names = {}
    local function fails() local marker = "local of fails" error "m" end
    xpcall(fails, function()
        local level = 2
        while true do
            local info = debug.getinfo(level, "nS")
            if not info then break end
            if info.what == "Lua" then names[#names + 1] = info.name or "?" end
            level = level + 1
        end
    end)
    return table.concat(names, " ")
end)
check.call("locals of the erring function", function()
    local function fails() local marker = "seen" error "m" end
    local _, value = xpcall(fails, function()
        for level = 2, 5 do
            local n, name, v = 1, debug.getlocal(level, 1)
            if name == "marker" then return v end
        end
    end)
    return value
end)
check.call("arguments of the handler", function()
    local count
    xpcall(function() error("m") end, function(...) count = select("#", ...) end)
    return count
end)
-- Positions: the level tells whose position is put before the message.
function thrower(level) error("thrown", level) end
function caller(level) thrower(level) end
function outer(level) caller(level) end
for level = 0, 5 do check.call("level " .. level, outer, level) end
for level = 0, 3 do
    check.evaluate("error({}, " .. level .. ")")
    check.evaluate("error(12, " .. level .. ")")
    check.evaluate("error(nil, " .. level .. ")")
    check.evaluate("local function f() error('in f', " .. level .. ") end f()")
    check.evaluate("local function f() error('in f', " .. level .. ") end local function g() f() end g()")
end
check.evaluate "\n\nerror 'line three'"
check.evaluate "\n\nlocal x = nil\n\nx()"
check.evaluate "local t = {\nx = nosuch\n.y}"
check.evaluate "local x = 1 +\nnil"
check.evaluate "return 1\n+\n{}"
check.evaluate "nosuch\n(1)"
check.evaluate "tostring(\nnosuch.x)"
check.evaluate "local s = 'a' ..\n{} ..\n'b'"
check.evaluate "error(\n'multi'\n)"
-- assert raises its message as it is.
check.lines [[
assert(true), assert(1), assert "", assert(0)
assert(1, "unused"), assert(1, 2, 3)
assert(nil)
assert(false)
assert()
assert(nil, "message")
assert(false, "message")
assert(nil, nil)
assert(nil, 5)
assert(nil, {})
assert(nil, true)
pcall(assert, nil, "m")
pcall(assert, false)
pcall(assert)
select("#", assert(1, nil, nil))
assert(pcall(function() return 1, 2 end))
assert(loadstring "x =")
assert(io.open "/no/such/file")
]]
