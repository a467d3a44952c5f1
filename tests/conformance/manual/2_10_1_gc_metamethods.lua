-- Finalizers of userdata.
local check = dofile "check.inc"

local function finalized(handler)
    local u = newproxy(true)
    getmetatable(u).__gc = handler
    return u
end
local function collect() collectgarbage() collectgarbage() end

check.call("runs once", function()
    local n = 0
    do local u = finalized(function() n = n + 1 end) u = nil end
    collect()
    collect()
    return n
end)
check.call("its argument", function()
    local kind, count, is
    local mt
    do local u = finalized(function(...) kind = type((...)) count = select("#", ...) is = getmetatable((...)) == mt end) mt = getmetatable(u) u = nil end
    collect()
    return kind, count, is
end)
check.call("in reverse order of creation", function()
    local log = {}
    do for i = 1, 5 do local u = finalized(function() log[#log + 1] = i end) end end
    collect()
    return table.concat(log, " ")
end)
check.call("kept userdata are not finalized", function()
    local n = 0
    local u = finalized(function() n = n + 1 end)
    collect()
    return n, type(u)
end)
check.call("resurrected, and not finalized again", function()
    local n = 0
    do local u = finalized(function(self) n = n + 1 saved = self end) u = nil end
    collect()
    local kind = type(saved)
    saved = nil
    collect()
    return kind, n
end)
check.call("a handler set late counts, if it was there when the metatable was made", function()
    local n = 0
    do
        local u = newproxy(true)
        getmetatable(u).__gc = function() n = "old" end
        getmetatable(u).__gc = function() n = "new" end
        u = nil
    end
    collect()
    return n
end)
check.call("a removed handler does not run", function()
    local n = 0
    do
        local u = finalized(function() n = n + 1 end)
        getmetatable(u).__gc = nil
        u = nil
    end
    collect()
    return n
end)
check.call("one metatable for several", function()
    local n = 0
    do
        local u = finalized(function() n = n + 1 end)
        local v, w = newproxy(u), newproxy(u)
        u, v, w = nil, nil, nil
    end
    collect()
    return n
end)
check.call("tables have none", function()
    local n = 0
    do setmetatable({}, { __gc = function() n = n + 1 end }) end
    collect()
    return n
end)
check.call("a finalizer may allocate, call and index", function()
    local result
    do
        local u = finalized(function(self)
            local t = {}
            for i = 1, 100 do t[i] = { tostring(i) } end
            result = #t .. table.concat({ "a", "b" }) .. string.rep("x", 3)
        end)
        u = nil
    end
    collect()
    return result
end)
check.call("a finalizer that makes another finalized object", function()
    local log = {}
    do
        local u = finalized(function()
            log[#log + 1] = "first"
            finalized(function() log[#log + 1] = "second" end)
        end)
        u = nil
    end
    collect()
    collect()
    return table.concat(log, " ")
end)
check.call("an error in a finalizer is the caller's of collectgarbage", function()
    do local u = finalized(function() error("in a finalizer", 0) end) u = nil end
    local ok, message = pcall(collectgarbage)
    collect()
    return ok, message
end)
check.call("a handler that is no function", function()
    do local u = finalized(5) u = nil end
    return pcall(collectgarbage)
end)
collect()
check.call("what a finalized object refers to is alive", function()
    local result
    do
        local object = { value = "alive" }
        local u = finalized(function() result = object.value end)
        u, object = nil, nil
    end
    collect()
    return result
end)
check.call("a finalizer that collects", function()
    local n = 0
    do local u = finalized(function() collectgarbage() n = n + 1 end) u = nil end
    collect()
    return n
end)
check.call("a userdata as key and value", function()
    local log = {}
    do
        local u = finalized(function() log[#log + 1] = "u" end)
        local t = { [u] = u }
        u, t = nil, nil
    end
    collect()
    return table.concat(log)
end)
check.call("held by a coroutine that is dropped", function()
    local n = 0
    do
        local co = coroutine.wrap(function() local u = finalized(function() n = n + 1 end) coroutine.yield() return u end)
        co()
        co = nil
    end
    collect()
    return n
end)
-- Those left run when the program ends, in reverse order of creation, errors or not.
for i = 1, 3 do
    _G["left" .. i] = finalized(function() print("finalized at the end", i) end)
end
_G.failing = finalized(function() error "ignored at the end" end)
_G.last = finalized(function() print "first of those at the end" end)
