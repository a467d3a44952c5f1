-- The debug functions but for hooks.
local check = dofile "check.inc"

local names = {}
for name, value in pairs(debug) do names[#names + 1] = name .. ":" .. type(value) end
table.sort(names)
for _, name in ipairs(names) do check.values("member", name) end
for _, name in ipairs { "getfenv", "getinfo", "getlocal", "getmetatable", "getupvalue", "setfenv", "setlocal", "setmetatable", "setupvalue" } do
    for _, arguments in ipairs { "", "nil", "{}", "'x'", "true", "1", "100", "-1", "print", "print, 1", "print, 'x'", "{}, {}", "{}, 1", "1, {}", "1, 'x'", "1, 1, 1", "100, 1", "100, 1, 1", "print, 1, 1", "1.5" } do
        check.call(("debug.%s(%s)"):format(name, arguments), function()
            local function kinds(...)
                local out = {}
                for i = 1, select("#", ...) do out[i] = type((select(i, ...))) end
                return table.concat(out, " ")
            end
            return kinds(loadstring(("return debug.%s(%s)"):format(name, arguments), "=line")())
        end)
    end
end
-- getinfo
local function fields(t)
    if type(t) ~= "table" then return tostring(t) end
    local out = {}
    for k, v in pairs(t) do out[#out + 1] = k .. "=" .. (type(v) == "table" and "table" or type(v) == "function" and "function" or tostring(v)) end
    table.sort(out)
    return table.concat(out, " ")
end
local function sample(a, b, ...)
    local c = a
    return names, c
end
for _, what in ipairs { "n", "S", "l", "u", "f", "L", "nS", "nSlufL", "", "Slu" } do
    check.values("getinfo of a function, " .. what, fields(debug.getinfo(sample, what)))
    check.values("getinfo of a C function, " .. what, fields(debug.getinfo(print, what)))
    check.values("getinfo of a level, " .. what, fields(debug.getinfo(1, what)))
    check.values("getinfo of level 0, " .. what, fields(debug.getinfo(0, what)))
end
check.lines [[
debug.getinfo(100)
debug.getinfo(-1)
debug.getinfo()
debug.getinfo "x"
debug.getinfo {}
debug.getinfo(print, "x")
debug.getinfo(print, ">S")
debug.getinfo(1, {})
debug.getinfo(print, nil).what
debug.getinfo(1, "S").what, debug.getinfo(1, "S").short_src, debug.getinfo(1, "S").source
debug.getinfo(1, "l").currentline
debug.getinfo(print).what, debug.getinfo(print).currentline, debug.getinfo(print).linedefined, debug.getinfo(print).nups, debug.getinfo(print).short_src
debug.getinfo(1, "f").func == debug.getinfo(1).func
local function f() return debug.getinfo(1, "n").name, debug.getinfo(1, "n").namewhat end local a, b = f() return a, b
function gf() local i = debug.getinfo(1, "n") return i.name, i.namewhat end local a, b = gf() return a, b
t = {m = function() local i = debug.getinfo(1, "n") return i.name, i.namewhat end} local a, b = t.m() return a, b
local a, b = t:m() return a, b
local f = t.m local function g() local a, b = f() return a, b end local a, b = g() return a, b
local i = debug.getinfo(1, "n") return i.name, i.namewhat
pcall(function() local i = debug.getinfo(1, "n") return i.name, i.namewhat end)
local u = setmetatable({}, {__add = function() local i = debug.getinfo(1, "n") return tostring(i.name) .. i.namewhat end}) local r = u + 1 return r
local u = setmetatable({}, {__index = function() local i = debug.getinfo(1, "n") return tostring(i.name) .. i.namewhat end}) local r = u.x return r
local function f() return debug.getinfo(2, "S").what end return (f())
local function g() return debug.getinfo(2).what end local function f() return g() end local r = f() return r
local function g() return debug.getinfo(2).short_src end local function f() return g() end local r = f() return r
local co = coroutine.create(function() local x = 1 coroutine.yield() end) coroutine.resume(co) return debug.getinfo(co, 1, "l").currentline, debug.getinfo(co, 0, "S").what, debug.getinfo(co, 5)
local co = coroutine.create(function() end) return debug.getinfo(co, 0), debug.getinfo(co, 1)
]]
-- getlocal and setlocal
check.lines [[
local a, b = 1, 2 return debug.getlocal(1, 1)
local a, b = 1, 2 return debug.getlocal(1, 2)
local a, b = 1, 2 return debug.getlocal(1, 100)
debug.getlocal(1, 0)
debug.getlocal(1, -1)
debug.getlocal(100, 1)
debug.getlocal(-1, 1)
local function f(p, q, ...) local l = 3 local r = {} for i = 1, 10 do local n, v = debug.getlocal(1, i) if not n or n:sub(1, 1) == "(" then break end r[i] = n .. "=" .. type(v) end return table.concat(r, " ") end return (f(1, 2, 3))
local function f(p) local n, v = debug.getlocal(2, 1) return n, v end local outer = "o" local n, v = f(5) return n, v
local a = 1 local n = debug.setlocal(1, 1, "changed") return n, a
local a = 1 return debug.setlocal(1, 100, 5), a
debug.setlocal(100, 1, 5)
debug.setlocal(1, 1)
local a, b = 1, 2 local function f() return debug.setlocal(2, 2, "by f") end local n = f() return n, a, b
local a = 1 do local hidden = 2 end local n = debug.getlocal(1, 2) return n == nil or n:sub(1, 1) == "("
local a = 1 local a = 2 local n1, v1 = debug.getlocal(1, 1) local n2, v2 = debug.getlocal(1, 2) return n1, v1, n2, v2
for i = 5, 5 do local names = {} for j = 1, 4 do names[j] = debug.getlocal(1, j) end return table.concat(names, " ") end
local co = coroutine.create(function(p) local l = 5 coroutine.yield() return l end) coroutine.resume(co, "arg") local n, v = debug.getlocal(co, 1, 1) local m, w = debug.getlocal(co, 1, 2) return n, v, m, w
local co = coroutine.create(function(p) local l = 5 coroutine.yield() return p, l end) coroutine.resume(co, "arg") local n = debug.setlocal(co, 1, 2, "set") return n, coroutine.resume(co)
debug.getlocal(0, 1)
debug.getlocal(coroutine.create(function() end), 0, 1)
]]
-- getupvalue and setupvalue
check.lines [[
local x, y = 1, 2 local f = function() return x, y end return debug.getupvalue(f, 1)
local x, y = 1, 2 local f = function() return x, y end return debug.getupvalue(f, 2)
local x, y = 1, 2 local f = function() return x, y end return debug.getupvalue(f, 3)
local x, y = 1, 2 local f = function() return y, x end return debug.getupvalue(f, 1)
debug.getupvalue(function() end, 1)
debug.getupvalue(print, 1)
debug.getupvalue(string.gmatch("x", "x"), 1)
debug.getupvalue(5, 1)
debug.getupvalue(print)
debug.getupvalue(function() end, 0)
debug.getupvalue(function() end, -1)
local x = 1 local f = function() x = x + 0 return x end return debug.setupvalue(f, 1, "new"), f(), x
local x = 1 local f = function() return x end local n = debug.setupvalue(f, 1, "new") return n, f()
local x = 1 x = 2 local f, g = function() return x end, function(v) x = v end debug.setupvalue(f, 1, "shared") return f(), x
local x = 1 local f = function() return x end return debug.setupvalue(f, 2, "none"), f()
debug.setupvalue(print, 1, 5)
debug.setupvalue(function() end, 1)
debug.setupvalue(5, 1, 5)
local x = 1 local f = loadstring(string.dump(function() return x end)) return debug.getupvalue(f, 1)
local x = 1 local f = loadstring(string.dump(function() return x end)) return debug.setupvalue(f, 1, "given"), f()
local function f() return f end return debug.getupvalue(f, 1), select("#", debug.getupvalue(f, 1))
]]
-- metatables, registry, traceback
check.lines [[
debug.getmetatable {}, debug.getmetatable(5), debug.getmetatable "x" == getmetatable "x"
debug.getmetatable()
debug.setmetatable()
debug.setmetatable {}
debug.setmetatable({}, 5)
local m = {} return debug.getmetatable(debug.setmetatable({}, m)) == m, debug.setmetatable({}, nil)
debug.setmetatable(5, {__index = {x = "number's x"}}), (5).x, debug.setmetatable(5, nil)
type(debug.getregistry()), debug.getregistry()._LOADED == package.loaded
debug.getregistry(1) == debug.getregistry()
debug.traceback "message"
debug.traceback("message", 0)
debug.traceback("message", 1)
debug.traceback("message", 2)
debug.traceback("message", 100)
debug.traceback(nil)
debug.traceback(nil, 1)
debug.traceback(5)
debug.traceback(true)
debug.traceback {} ~= nil, type(debug.traceback {})
debug.traceback(print) == print
debug.traceback("x", "1")
debug.traceback("x", {})
local function f() return (debug.traceback "in f") end local function g() return (f()) end return (g())
local function f() return debug.traceback "tail" end return f()
local t = {} function t:method() return (debug.traceback "in a method") end return (t:method())
function global_function() return (debug.traceback "in a global") end return (global_function())
return pcall(function() return (debug.traceback "in pcall") end)
select(2, xpcall(function() error("m", 0) end, debug.traceback))
select(2, xpcall(function() local x x() end, debug.traceback))
coroutine.wrap(function() return (debug.traceback "in a coroutine") end)()
local co = coroutine.create(function() local function f() coroutine.yield() end f() end) coroutine.resume(co) return debug.traceback(co)
local co = coroutine.create(function() local function f() coroutine.yield() end f() end) coroutine.resume(co) return debug.traceback(co, "m", 1)
local co = coroutine.create(function() local x x() end) coroutine.resume(co) return debug.traceback(co, "after an error")
debug.traceback(coroutine.create(function() end))
debug.traceback(coroutine.create(function() end), "not started")
local function deep(n) if n == 0 then return (debug.traceback "deep") end local r = deep(n - 1) return r end return deep(30)
]]
-- debug.debug reads lines from the standard input, which is empty here.
check.values("debug.debug at the end of the input", pcall(debug.debug))
