-- Hooks: call, return, line and count.
local check = dofile "check.inc"

check.lines [[
debug.gethook()
select("#", debug.gethook())
debug.sethook()
debug.sethook(nil)
debug.sethook(5)
debug.sethook(5, "c")
debug.sethook(function() end)
debug.sethook(function() end, 5)
debug.sethook(function() end, {})
debug.gethook()
local h = function() end debug.sethook(h, "c") local a, b, c = debug.gethook() debug.sethook() return a == h, b, c
local h = function() end debug.sethook(h, "crl", 10) local a, b, c = debug.gethook() debug.sethook() return a == h, b, c
local h = function() end debug.sethook(h, "lcr") local a, b, c = debug.gethook() debug.sethook() return a == h, b, c
local h = function() end debug.sethook(h, "", 100) local a, b, c = debug.gethook() debug.sethook() return a == h, b, c
local h = function() end debug.sethook(h, "") local a, b, c = debug.gethook() debug.sethook() return a == h, b, c
local h = function() end debug.sethook(h, "xyz") local a, b, c = debug.gethook() debug.sethook() return a == h, b, c
]]
local function trace(mask, count, f, ...)
    local log = {}
    debug.sethook(function(event, line)
        log[#log + 1] = event .. (line and ":" .. line or "")
    end, mask, count)
    local ok, message = pcall(f, ...)
    debug.sethook()
    -- The hook is taken away by a call, which is seen as well.
    return table.concat(log, " "), ok, message
end
check.values("lines", trace("l", 0, loadstring("local x = 1\nlocal y = 2\n\nreturn x + y", "=lines")))
check.values("lines of a loop", trace("l", 0, loadstring("for i = 1, 3 do\n  local x = i\nend", "=lines")))
check.values("lines of a loop on one line", trace("l", 0, loadstring("for i = 1, 3 do local x = i end", "=lines")))
check.values("lines of while", trace("l", 0, loadstring("local i = 0\nwhile i < 2 do\n  i = i + 1\nend\nreturn i", "=lines")))
check.values("lines of if", trace("l", 0, loadstring("if nil then\n  local a\nelse\n  local b\nend", "=lines")))
check.values("lines of a call", trace("l", 0, loadstring("local function f()\n  return 1\nend\nf()\nf()", "=lines")))
check.values("lines and an error", trace("l", 0, loadstring("local a = 1\nerror('m', 0)\nreturn a", "=lines")))
check.values("calls", trace("c", 0, loadstring("local function f() return 1 end f() f()", "=calls")))
check.values("returns", trace("r", 0, loadstring("local function f() return 1 end f() f()", "=calls")))
check.values("calls and returns", trace("cr", 0, loadstring("local function f() tostring(1) end f()", "=calls")))
check.values("tail calls", trace("cr", 0, loadstring("local function g() return 1 end local function f() return g() end f()", "=calls")))
check.values("everything", trace("crl", 0, loadstring("local function f()\n  return 1\nend\nlocal x = f()\nreturn x", "=calls")))
check.call("a count hook fires", function()
    local n = 0
    debug.sethook(function(event) if event == "count" then n = n + 1 end end, "", 100)
    for i = 1, 10000 do end
    debug.sethook()
    return n > 50
end)
check.call("an error in a hook", function()
    local ok, message = pcall(function()
        debug.sethook(function() debug.sethook() error("from the hook", 0) end, "l")
        local x = 1
        return x
    end)
    debug.sethook()
    return ok, message
end)
check.call("a hook ends a long loop", function()
    debug.sethook(function() error("too long", 0) end, "", 1000)
    local ok, message = pcall(function() while true do end end)
    debug.sethook()
    return ok, message
end)
check.call("getinfo in a hook", function()
    local info
    debug.sethook(function() info = info or debug.getinfo(2, "nSl") end, "l")
    local x = 1
    debug.sethook()
    return info.what, info.currentline > 0
end)
check.call("getlocal in a hook", function()
    local seen
    local function f()
        local secret = 42
        local other = 1
        return other
    end
    debug.sethook(function()
        local name, value = debug.getlocal(2, 1)
        if name == "secret" then seen = value end
    end, "l")
    f()
    debug.sethook()
    return seen
end)
check.call("hooks are per coroutine", function()
    local n = 0
    debug.sethook(function() n = n + 1 end, "l")
    local before = n
    coroutine.wrap(function()
        n = -100
        local x = 1
        local y = 2
    end)()
    local seen = n
    debug.sethook()
    return seen < 0
end)
check.call("a hook of a coroutine", function()
    local n = 0
    local co = coroutine.create(function()
        local x = 1
        coroutine.yield()
        local y = 2
    end)
    debug.sethook(co, function(event) n = n + 1 end, "l")
    local h, mask = debug.gethook(co)
    coroutine.resume(co)
    local first = n
    coroutine.resume(co)
    debug.sethook(co)
    return type(h), mask, first, n, debug.gethook()
end)
check.call("no hooks inside a hook", function()
    local depth, most = 0, 0
    debug.sethook(function()
        depth = depth + 1
        most = math.max(most, depth)
        local function f() local x = 1 return x end
        f()
        depth = depth - 1
    end, "crl")
    local function g() return 1 end
    g()
    debug.sethook()
    return most
end)
