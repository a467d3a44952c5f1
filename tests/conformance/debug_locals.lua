-- debug.getlocal and setlocal: levels, threads, temporaries, hidden variables, captured variables.
local function dump(tag, level, co)
    local i = 1
    while true do
        local name, value
        if co then name, value = debug.getlocal(co, level, i) else name, value = debug.getlocal(level, i) end
        if not name then break end
        print(tag, i, name, type(value) == "function" and "function" or type(value) == "table" and "table" or value)
        i = i + 1
    end
end

local function plain(a, b)
    local c = a + b
    do local hidden = 1 end
    local d
    dump("plain", 2)
    return d
end
local r = plain(1, 2)
local function vararg(a, ...)
    local x, y = ...
    dump("vararg", 2)
    return x
end
r = vararg(1, 2, 3)
local function oldarg(...) local x = 1 dump("oldarg", 2) print(arg.n) end
oldarg(7, 8)
local function noarg(...) local x = ... dump("noarg", 2) end
noarg(7, 8)
local function loops()
    for i = 1, 1 do dump("numeric", 2) end
    for i = 3, 1, -2 do local x = i dump("step", 2) end
    for k, v in pairs { 5 } do dump("generic", 2) end
    for k in next, { x = 1 } do local y = k dump("next", 2) end
end
loops()
local function captured(p)
    local v, w = 1, 2
    local function get() return v, w, p end
    v = 10 p = p .. "!"
    dump("captured", 2)
    print(debug.setlocal(1, 1, "new p"), debug.setlocal(1, 2, "new v"))
    print(v, p, get())
    return get
end
r = captured "p"

local function set(...)
    local a, b = 1, 2
    print(debug.setlocal(1, 2, "A"), a)
    print(debug.setlocal(1, 3, nil), b)
    print(debug.setlocal(1, 99, 1), debug.setlocal(1, 0, 1), debug.setlocal(1, -1, 1))
    for i = 1, 5 do
        if i == 2 then debug.setlocal(1, 4, 4) end
        io.write(i, " ")
    end
    print()
end
set()

-- shadowing, scopes that ended and not yet begun
do
    local function shadow()
        local x = 1
        local x = 2
        do local x = 3 dump("shadow", 2) end
        local y = dump("before y", 2)
        local x = 4
        dump("after", 2)
    end
    shadow()
end

-- the caller's variables and its temporaries
local function peek(n) local name, value = debug.getlocal(2, n) return name, value end
local function use(a)
    local b = 2
    local name, value = peek(1) print(name, value)
    name, value = peek(2) print(name, value)
    name, value = peek(3) print(name, value)
    print(a + (select(2, debug.getlocal(1, 1))))
    return b
end
use(1)
local function tmp() return debug.getlocal(1, 1) end
print(tmp())
local function add() print(debug.getlocal(2, 3)) print(debug.getlocal(2, 4)) print(debug.setlocal(2, 3, 10)) return 20 end
local function sum(a, b) return (a + 1) + add() end
print(sum(0, 0))
print(debug.getlocal(0, 1)) print(debug.getlocal(0, 2)) print(debug.getlocal(0, 3)) print(debug.getlocal(0, 0))
print(debug.getlocal(-1, 1)) print(debug.setlocal(-1, 1, 1))

-- errors
print(pcall(debug.getlocal)) print(pcall(debug.getlocal, 1)) print(pcall(debug.getlocal, 100, 1)) print(pcall(debug.getlocal, "x", 1))
print(pcall(debug.getlocal, {}, 1)) print(pcall(debug.setlocal)) print(pcall(debug.setlocal, 1)) print(pcall(debug.setlocal, 1, 1))
print(pcall(debug.setlocal, 1, "x", 2)) print(pcall(debug.setlocal, 100, 1, 2)) print(pcall(debug.getlocal, print, 1))

-- threads
local co = coroutine.create(function(x, ...)
    local a, kept = 1, 2
    local f = function() return kept end
    kept = 3
    coroutine.yield("args", "of yield")
    coroutine.yield(x, a, kept, f())
    error "end"
end)
print(pcall(debug.getlocal, co, 0, 1))
coroutine.resume(co, 10, 20)
dump("yield", 0, co) dump("body", 1, co)
print(debug.setlocal(co, 1, 1, "X"), debug.setlocal(co, 1, 3, "A"), debug.setlocal(co, 1, 4, "K"), debug.setlocal(co, 1, 50, 1))
print(coroutine.resume(co))
print(pcall(debug.getlocal, co, 2, 1)) print(pcall(debug.setlocal, co, 0, 1)) print(pcall(debug.setlocal, co, 1, 1))
coroutine.resume(co)
print(debug.getlocal(co, 1, 1)) print(debug.getlocal(co, 1, 3)) print(debug.getlocal(co, 1, 4))

-- many values of a thread changed while memory is collected
local threads = {}
for i = 1, 50 do
    threads[i] = coroutine.wrap(function(self) local v local function get() return v end local w coroutine.yield(coroutine.running()) return v, w, get() end)
end
for i, f in ipairs(threads) do
    local th = f(f)
    print(i, debug.setlocal(th, 1, 4, { tostring(i) .. "w" }), debug.getlocal(th, 1, 2))
    if i % 10 == 0 then collectgarbage() end
end
for i, f in ipairs(threads) do local v, w, g = f() print(v, w[1], g) end
-- tail calls and errors on top of them
local function tail() local a = 1 dump("tail", 2) print(pcall(debug.getlocal, 3, 1)) end
local function tailer() local hidden = 2 return tail() end
tailer()
xpcall(function() local inside = 1 local e = nil + inside end, function(m) local y = 1 print(m) dump("handler", 2) dump("erring", 4) end)
