-- Coroutines: creation, resuming, yielding, death.
local check = dofile "check.inc"

check.call("the manual's course of values", function()
    local log = {}
    local function foo(a) log[#log + 1] = "foo " .. a return coroutine.yield(2 * a) end
    local co = coroutine.create(function(a, b)
        log[#log + 1] = "body " .. a .. b
        local r = foo(a + 1)
        log[#log + 1] = "r " .. r
        local x, y = coroutine.yield(a + b, a - b)
        log[#log + 1] = "xy " .. x .. y
        return b, "end"
    end)
    check.values("first", coroutine.resume(co, 1, 10))
    check.values("second", coroutine.resume(co, "r"))
    check.values("third", coroutine.resume(co, "x", "y"))
    check.values("fourth", coroutine.resume(co, "x", "y"))
    return table.concat(log, ", ")
end)
check.lines [[
coroutine.resume(coroutine.create(function() end))
coroutine.resume(coroutine.create(function(...) return ... end), 1, nil, 3)
coroutine.resume(coroutine.create(function(...) return select("#", ...) end))
coroutine.resume(coroutine.create(function() return coroutine.yield() end))
coroutine.resume(coroutine.create(function() coroutine.yield(1, nil, 3) end))
coroutine.resume(coroutine.create(function() error "m" end))
coroutine.resume(coroutine.create(function() error("m", 0) end))
coroutine.resume(coroutine.create(function() error() end))
coroutine.resume(coroutine.create(function() error(5) end))
coroutine.resume(coroutine.create(function() error {} end))
coroutine.resume(coroutine.create(function() local x; x() end))
coroutine.resume(coroutine.create(function() return nosuch.x end))
coroutine.resume(coroutine.create(loadstring "return ..."), 5)
coroutine.resume(coroutine.create(loadstring("error 'm'", "=other")))
coroutine.wrap(function() return 1, 2 end)()
coroutine.wrap(function(...) return ... end)(1, nil, 3)
coroutine.wrap(function() coroutine.yield(1) return 2 end)()
coroutine.wrap(function() error "m" end)()
coroutine.wrap(function() error("m", 0) end)()
coroutine.wrap(function() error("m", 2) end)()
coroutine.wrap(function() error() end)()
coroutine.wrap(function() error {} end)()
coroutine.wrap(function() error(5) end)()
coroutine.wrap(function() return nosuch.x end)()
coroutine.yield()
coroutine.yield(1, 2)
pcall(coroutine.yield)
pcall(coroutine.yield, 5)
coroutine.create()
coroutine.create(5)
coroutine.create(nil)
coroutine.create {}
coroutine.create(print)
coroutine.create(setmetatable({}, {__call = function() end}))
coroutine.wrap()
coroutine.wrap(5)
coroutine.wrap(print)
coroutine.resume()
coroutine.resume(5)
coroutine.resume(nil)
coroutine.resume(function() end)
coroutine.status()
coroutine.status(5)
coroutine.status(nil)
coroutine.status(coroutine.wrap(function() end))
coroutine.running()
type(coroutine.create(function() end)), type(coroutine.wrap(function() end))
tostring(coroutine.create(function() end)):match "^thread: 0x" ~= nil
coroutine.create(function() end) == coroutine.create(function() end)
local co = coroutine.create(function() end) return co == co, ({[co] = 5})[co]
co()
local co = coroutine.create(function() end) co()
local co = coroutine.create(function() end) return #co
local co = coroutine.create(function() end) return co.x
local co = coroutine.create(function() end) return co + 1
]]
-- States.
check.call("states of a coroutine", function()
    local states = {}
    local co
    co = coroutine.create(function()
        states[#states + 1] = coroutine.status(co)
        coroutine.wrap(function() states[#states + 1] = coroutine.status(co) end)()
        coroutine.yield()
        states[#states + 1] = coroutine.status(co)
    end)
    states[#states + 1] = coroutine.status(co)
    coroutine.resume(co)
    states[#states + 1] = coroutine.status(co)
    coroutine.resume(co)
    states[#states + 1] = coroutine.status(co)
    return table.concat(states, " ")
end)
check.call("dead after an error", function()
    local co = coroutine.create(function() error "m" end)
    coroutine.resume(co)
    return coroutine.status(co), coroutine.resume(co)
end)
check.call("dead stays dead", function()
    local co = coroutine.create(function() end)
    coroutine.resume(co)
    local function all(...) return select("#", ...), ... end
    return all(coroutine.resume(co), coroutine.resume(co))
end)
check.call("a dead wrap", function()
    local f = coroutine.wrap(function() end)
    f()
    return pcall(f)
end)
check.call("resuming itself", function()
    local co
    co = coroutine.create(function() return coroutine.resume(co) end)
    return coroutine.resume(co)
end)
check.call("a wrap calling itself", function()
    local f
    f = coroutine.wrap(function() return pcall(f) end)
    return f()
end)
check.call("resuming a normal coroutine", function()
    local outer
    outer = coroutine.create(function() return coroutine.resume(coroutine.create(function() return coroutine.resume(outer) end)) end)
    return coroutine.resume(outer)
end)
check.call("running", function()
    local co, inside, nested
    co = coroutine.create(function()
        inside = coroutine.running() == co
        coroutine.wrap(function() nested = coroutine.running() ~= co end)()
    end)
    coroutine.resume(co)
    return inside, nested, coroutine.running()
end)
-- Values travel both ways.
check.call("values", function()
    local log = {}
    local co = coroutine.create(function(...)
        local got = { ... }
        local n = select("#", ...)
        while true do
            log[#log + 1] = n
            local pack = function(...) n = select("#", ...) return { ... } end
            got = pack(coroutine.yield(unpack(got, 1, n)))
        end
    end)
    local out = {}
    for _, args in ipairs { { n = 0 }, { 1, n = 1 }, { nil, nil, n = 2 }, { 1, nil, 3, nil, n = 4 } } do
        local function count(...) return select("#", ...) - 1 end
        out[#out + 1] = count(coroutine.resume(co, unpack(args, 1, args.n)))
    end
    return table.concat(log, " "), table.concat(out, " ")
end)
check.call("a generator", function()
    local function range(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
    local s = 0
    for i in range(100) do s = s + i end
    return s
end)
check.call("permutations", function()
    local out = {}
    local function permute(a, n)
        if n == 0 then coroutine.yield(table.concat(a)) return end
        for i = 1, n do
            a[n], a[i] = a[i], a[n]
            permute(a, n - 1)
            a[n], a[i] = a[i], a[n]
        end
    end
    for p in coroutine.wrap(function() permute({ "a", "b", "c" }, 3) end) do out[#out + 1] = p end
    return table.concat(out, " ")
end)
check.call("producer and consumer", function()
    local producer = coroutine.create(function() for _, v in ipairs { "a", "b", "c" } do coroutine.yield(v) end end)
    local filter = coroutine.create(function() while true do local _, v = coroutine.resume(producer) if not v then return end coroutine.yield(v:upper()) end end)
    local out = {}
    while true do
        local _, v = coroutine.resume(filter)
        if not v then break end
        out[#out + 1] = v
    end
    return table.concat(out)
end)
check.call("yield from a deep call", function()
    local function deep(n) if n == 0 then return coroutine.yield "bottom" end return (deep(n - 1)) end
    local co = coroutine.wrap(function() return deep(100) end)
    return co(), co "up"
end)
check.call("many coroutines", function()
    local all = {}
    for i = 1, 500 do all[i] = coroutine.wrap(function(x) while true do x = x + coroutine.yield(x + i) end end) all[i](i) end
    local s = 0
    for i = 1, 500 do s = s + all[i](1) end
    return s
end)
check.call("coroutines in coroutines", function()
    local function nest(n) if n == 0 then return "innermost" end return coroutine.wrap(function() return nest(n - 1) end)() end
    return nest(50)
end)
check.call("upvalues are shared with the creator", function()
    local n = 0
    local co = coroutine.wrap(function() while true do n = n + 1 coroutine.yield() end end)
    co() co()
    n = n + 10
    co()
    return n
end)
check.call("an error in a nested coroutine stops only it", function()
    local outer = coroutine.wrap(function()
        local inner = coroutine.create(function() error("inner", 0) end)
        local ok, message = coroutine.resume(inner)
        coroutine.yield(tostring(ok) .. " " .. message .. " " .. coroutine.status(inner))
        return "outer goes on"
    end)
    return outer(), outer()
end)
check.call("traceback of a suspended coroutine", function()
    local co = coroutine.create(function() local function f() coroutine.yield() end f() end)
    coroutine.resume(co)
    return debug.traceback(co), debug.traceback(co, "message"), debug.traceback(co, nil, 1)
end)
check.call("traceback of a dead coroutine", function()
    local co = coroutine.create(function() local function f() error "m" end f() end)
    coroutine.resume(co)
    return debug.traceback(co)
end)
check.call("pcall inside a coroutine without a yield in it", function()
    return coroutine.wrap(function()
        local ok, m = pcall(error, "caught", 0)
        coroutine.yield()
        return 0
    end)()
end)
check.call("pcall around, results after yields", function()
    local co = coroutine.wrap(function(a) local b = coroutine.yield(pcall(function() return a end)) return b end)
    return co(1), co(2)
end)
