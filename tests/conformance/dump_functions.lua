-- string.dump: what comes back from load and loadstring does the same.
local function again(f, name) return assert(loadstring(string.dump(f), name)) end
print(again(function() return 1, "two", nil, true, false, 2 ^ 53, -1.5, 1 / 0, 0 / 0 ~= 0 / 0, ("x"):rep(3) end)())
print(again(function(a, b, ...) return select("#", ...), a, b, ... end)(1, 2, 3, nil, 5))
print(again(function(...) local n = arg.n return n, arg[1] end)("a", "b"))
print(again(loadstring "local t = {1, 2, 3, x = 4, [5] = 6} local s = 0 for k, v in pairs(t) do s = s + v end return s, #t")())
local function outer(n)
    local function fib(k) if k < 2 then return k end return fib(k - 1) + fib(k - 2) end
    local count = 0
    local t = {}
    for i = 1, n do t[i] = function() count = count + i return fib(i), count end end
    return t
end
for _, f in ipairs(again(outer)(10)) do print(f()) end
-- long and binary strings, many constants, deep nesting
local long = ("0123456789"):rep(20) .. "\0\1\2\255\r\n"
print(again(assert(loadstring("return " .. string.format("%q", long))))() == long)
local parts = {} for i = 1, 600 do parts[i] = "x" .. i .. " = 'value " .. i .. "' " end
setfenv(again(loadstring(table.concat(parts))), _G)() print(x1, x600)
local nest = "return 'bottom'" for i = 1, 40 do nest = "return (function() " .. nest .. " end)()" end
print(again(loadstring(nest))())
-- upvalues are fresh, and nil; functions with the same dump share none
local kept = "kept"
local function get() return kept end
local function bump() kept = (kept or "nil") .. "+" return kept end
local g, b1, b2 = again(get), again(bump), again(bump)
print(g(), b1(), b1(), b2(), kept, get())
print(debug.getupvalue(g, 1)) print(debug.getupvalue(b1, 1)) print(debug.setupvalue(g, 1, "set"), g())
print(debug.setupvalue(b1, 1, "set"), b1(), b2())
-- the environment is the globals, whatever the original had
local e = setfenv(function() return where end, { where = "env" })
where = "globals" print(e(), again(e)(), setfenv(again(e), { where = "another" })())
-- debug information comes along, and the chunk name is the original's
local i = debug.getinfo(again(outer, "=ignored"), "SLu")
print(i.short_src, i.linedefined, i.lastlinedefined, i.what, i.nups)
local lines = {} for l in pairs(i.activelines) do lines[#lines + 1] = l end table.sort(lines) print(table.concat(lines, " "))
print(pcall(again(function() local x = nil return x.y end))) print(pcall(again(function() undefinedglobal() end)))
print(pcall(again(loadstring("local t = {} t.a.b = 1", "=named"))))
local names = again(function(p, q) local r = p do local s = q end return debug.getlocal(1, 1) end) print(names(5))
print(string.dump(outer) == string.dump(outer), string.dump(again(outer)) == string.dump(outer))
-- functions that have run (their code holds caches) dump as new ones do
local function cached(t) return t.x, t.y, x1 end
local before = string.dump(cached) for _ = 1, 100 do cached { x = 1, y = 2 } end print(string.dump(cached) == before)
-- pieces through load
local bytes, at = string.dump(outer), 0
local f = assert(load(function() at = at + 1 local c = bytes:sub(at, at) return c ~= "" and c or nil end, "=pieces"))
print(#f(3), f(3)[3]())
-- coroutines, methods, recursion in dumped code
local gen = again(function() return coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) end)()
print(gen(), gen(), gen())
-- errors
print(pcall(string.dump)) print(pcall(string.dump, print)) print(pcall(string.dump, 1)) print(pcall(string.dump, {}))
print(loadstring "\27Lua") print(loadstring("\27Lua of another make", "=name")) print(loadstring("\27Lua of another make", "@file"))
print(loadstring("\27Lua of another make", "text")) print(loadstring "\27Lua of another make") print(type(load(function() end)))
for _, n in ipairs { 1, 5, 20, 50, #bytes - 1 } do
    local h, m = loadstring(bytes:sub(1, n), "=cut")
    print(n > 20 or m, h, type(m))
end
-- the header is laid out as lundump.c's: a program may read the sizes of lua_Number there and whether it is an integer
local signature, header = bytes:sub(1, 4), { bytes:byte(5, 12) }
print(signature == "\27Lua", header[1], header[3], header[4], header[5], header[7], header[8])
print(loadstring(signature .. bytes:sub(5, 5) .. "?" .. bytes:sub(7), "=other format"))
