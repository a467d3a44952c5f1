-- Automatic memory management, and its control through collectgarbage.
local check = dofile "check.inc"

check.lines [[
type(collectgarbage "count"), collectgarbage "count" > 0
collectgarbage()
collectgarbage "collect"
collectgarbage "stop", collectgarbage "restart"
type(collectgarbage "step"), type(collectgarbage("step", 0)), type(collectgarbage("step", 1e6))
collectgarbage("step", 1e9)
collectgarbage("setpause", 200), collectgarbage("setpause", 150), collectgarbage("setpause", 200)
collectgarbage("setstepmul", 200), collectgarbage("setstepmul", 300), collectgarbage("setstepmul", 200)
collectgarbage("setpause", "x")
collectgarbage "nosuch"
collectgarbage ""
collectgarbage(1)
collectgarbage {}
collectgarbage(nil)
collectgarbage("collect", "x")
type(gcinfo()), select("#", gcinfo())
math.abs(gcinfo() - collectgarbage "count") < 10
]]
check.call("garbage is reclaimed", function()
    collectgarbage()
    local before = collectgarbage "count"
    do
        local t = {}
        for i = 1, 20000 do t[i] = { i } end
    end
    local grown = collectgarbage "count"
    collectgarbage()
    collectgarbage()
    local after = collectgarbage "count"
    return grown - before > 300, after < grown, after - before < 200
end)
check.call("cycles are reclaimed", function()
    local weak = setmetatable({}, { __mode = "v" })
    do
        local a, b = {}, {}
        a.b, b.a, a.self = b, a, a
        weak[1], weak[2] = a, b
        weak[3] = function() return a, b, weak end
        weak[4] = coroutine.create(function() return a end)
    end
    collectgarbage()
    collectgarbage()
    return weak[1], weak[2], weak[3], weak[4]
end)
check.call("what is reachable stays", function()
    local kept = { {}, { {} }, function() end, coroutine.create(function() end), "text" }
    local weak = setmetatable({ kept[1], kept[2], kept[2][1], kept[3], kept[4] }, { __mode = "v" })
    collectgarbage()
    collectgarbage()
    return weak[1] == kept[1], weak[2] == kept[2], weak[3] == kept[2][1], weak[4] == kept[3], weak[5] == kept[4]
end)
check.call("a suspended coroutine keeps its locals", function()
    local weak = setmetatable({}, { __mode = "v" })
    local co = coroutine.wrap(function() local object = {} weak[1] = object coroutine.yield() return object end)
    co()
    collectgarbage()
    local alive = weak[1] ~= nil
    return alive, co() == weak[1]
end)
check.call("strings and numbers made in a loop", function()
    local s = 0
    for i = 1, 20000 do s = s + #("number " .. i) end
    return s
end)
check.call("stopped, then restarted", function()
    collectgarbage "stop"
    local weak = setmetatable({ {} }, { __mode = "v" })
    for i = 1, 1000 do local t = { i } end
    local there = weak[1] ~= nil
    collectgarbage "restart"
    collectgarbage()
    return there, weak[1]
end)
check.call("an explicit cycle works while stopped", function()
    collectgarbage "stop"
    local weak = setmetatable({ {} }, { __mode = "v" })
    collectgarbage()
    collectgarbage "restart"
    return weak[1]
end)
check.call("steps end a cycle", function()
    local weak = setmetatable({ {} }, { __mode = "v" })
    local n = 0
    repeat
        n = n + 1
        local finished = collectgarbage("step", 10)
    until finished and not weak[1] or n > 10000
    return weak[1], n <= 10000
end)
