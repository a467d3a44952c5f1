-- Environments of functions and threads.
local check = dofile "check.inc"

check.lines [[
getfenv() == _G, getfenv(0) == _G, getfenv(1) == _G, getfenv(print) == _G
getfenv(2) == _G
getfenv(100)
getfenv(-1)
getfenv(1.5) == _G
getfenv "1" == _G
getfenv "x"
getfenv {}
getfenv(nil) == _G
getfenv(true)
setfenv()
setfenv(1)
setfenv(1, 5)
setfenv(1, nil)
setfenv({}, {})
setfenv("x", {})
setfenv(print, {})
setfenv(string.rep, {})
setfenv(100, {})
setfenv(-1, {})
setfenv(nil, {})
local f = function() return x end return setfenv(f, {x = "own"}) == f, f()
local e = {x = "own"} local f = function() return x end setfenv(f, e) e.x = "changed" return f(), getfenv(f) == e
local f = function() x = 5 end local e = {} setfenv(f, e) f() return e.x, _G.x
local f = function() return print end setfenv(f, {}) return f()
local f = function() return nosuch.x end setfenv(f, {}) return f()
local function f() setfenv(1, {y = 1}) return y end return f(), y
local function f() setfenv(2, {getfenv = getfenv, y = "callers"}) end local function g() f() return y end local r = g() return r, y
local function f() local e = {} setfenv(1, e) z = 7 return e.z end return f(), z
local e = {} local function f() return getfenv(1) == e, getfenv() == e end setfenv(f, setmetatable(e, {__index = _G})) return f()
local outer = function() return function() return v end end setfenv(outer, {v = "inherited"}) return outer()()
local inner local outer = function() inner = function() return v end return setfenv(1, {v = "late"}) end outer() v = "global" local r = inner() v = nil return r
local outer = function() setfenv(1, {v = "new"}) return function() return v end end return outer()()
local f = setfenv(function() return loadstring "return v" end, {loadstring = loadstring, v = "not used"}) v = "global" local r = f()() v = nil return r
local f = loadstring "return v" setfenv(f, {v = "chunk"}) return f()
local f = setfenv(loadstring "a = 1 b = 2 local c = 3", {}) f() local e = getfenv(f) return e.a, e.b, e.c
local f = setfenv(function() return pcall(function() return v end) end, {pcall = pcall, v = "through pcall"}) return f()
local f = setfenv(function() return v end, setmetatable({}, {__index = function(_, k) return "computed " .. k end})) return f()
local f = setfenv(function() v = 1 end, setmetatable({}, {__newindex = function(_, k) error("assigned " .. k, 0) end})) f()
local f = setfenv(function() v = 1 end, setmetatable({}, {__newindex = function(_, k) error("assigned " .. k, 2) end})) f()
local f = setfenv(function() return undefined end, setmetatable({}, {__index = function(_, k) error("undefined " .. k, 2) end})) f()
local f, g = function() return v end, function() return v end setfenv(f, {v = 1}) setfenv(g, {v = 2}) return f(), g()
local function make() return function() return v end end local f, g = make(), make() setfenv(f, {v = 1}) return f(), g()
local f = setfenv(function() return function() return v end end, {v = 1}) local g, h = f(), f() setfenv(g, {v = 2}) return g(), h()
getfenv(setfenv(function() end, {5}))[1]
getfenv(coroutine.wrap(function() end)) == _G
setfenv(coroutine.wrap(function() end), {})
pcall(setfenv, 1, {})
pcall(setfenv, 0, 5)
pcall(getfenv, 0)
select("#", setfenv(function() end, {})), setfenv(0, _G)
select("#", setfenv(0, _G))
debug.getfenv(print) == _G, debug.getfenv(function() end) == _G, debug.getfenv(5), debug.getfenv {}
debug.getfenv(coroutine.create(function() end)) == _G
type(debug.getfenv(io.stdout)), type(debug.getfenv(newproxy()))
debug.setfenv(5, {})
debug.setfenv({}, {})
debug.setfenv(function() end)
debug.setfenv(function() end, 5)
local f = function() return v end return debug.setfenv(f, {v = "debug"}) == f, f()
local u = newproxy() local e = {} return debug.setfenv(u, e) == u, debug.getfenv(u) == e
local e = {} local co = coroutine.create(function() return getfenv(0) == e end) debug.setfenv(co, e) return coroutine.resume(co)
debug.getfenv()
debug.setfenv()
]]
-- A C function keeps the environment it was made in; a loaded chunk gets that of the thread.
check.call("the thread's environment", function()
    local env = setmetatable({ v = "thread" }, { __index = _G })
    local co = coroutine.create(function()
        setfenv(0, env)
        return getfenv(0) == env, loadstring "return v" (), getfenv(1) == _G, getfenv(print) == _G, v
    end)
    local function rest(...) return getfenv(0) == _G, ... end
    return rest(coroutine.resume(co))
end)
check.call("a new coroutine takes over its creator's environment", function()
    local env = setmetatable({}, { __index = _G })
    return coroutine.resume(coroutine.create(function()
        setfenv(0, env)
        local inner = coroutine.create(function() return getfenv(0) == env, getfenv(1) == _G end)
        return coroutine.resume(inner)
    end))
end)
check.call("load and loadfile", function()
    return coroutine.resume(coroutine.create(function()
        setfenv(0, setmetatable({ v = "thread" }, { __index = _G }))
        local done = false
        local f = load(function() if not done then done = true return "return v" end end)
        return f(), v, loadstring "w = 5" (), w, rawget(getfenv(0), "w")
    end))
end)
check.call("the main thread's environment changed and restored", function()
    local env = setmetatable({ marker = "yes" }, { __index = _G })
    setfenv(0, env)
    local f = loadstring "return marker"
    setfenv(0, _G)
    return f(), loadstring "return marker" ()
end)
check.call("a module-like pattern", function()
    local M = {}
    local chunk = loadstring "local _G = _G function f() return helper() end function helper() return 'helped' end"
    setfenv(chunk, setmetatable(M, { __index = _G }))()
    return M.f(), rawget(_G, "helper"), rawget(M, "helper") ~= nil
end)
check.call("tail calls and levels", function()
    local function f() return getfenv(2) end
    return pcall(function() return f() end)
end)
check.call("no environment for a tail call", function()
    local function f() return (getfenv(2)) end
    local function g() return f() end
    return pcall(function() local r = g() return r end)
end)
