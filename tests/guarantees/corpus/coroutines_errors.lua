-- Errors inside coroutines, in wrap, of resuming oneself and the dead.
local co = coroutine.create(function() local x = coroutine.yield(1) error("oops " .. x) end)
print(coroutine.resume(co)) print(coroutine.resume(co, "now")) print(coroutine.resume(co, 1), coroutine.status(co))
local w = coroutine.wrap(function() coroutine.yield("ok") error({1}) end)
print(w()) print(select(2, pcall(w))[1]) print(pcall(w))
local self
self = coroutine.create(function() return coroutine.resume(self) end)
print(coroutine.resume(self))
local outer = coroutine.create(function()
    local me = coroutine.running()
    local inner = coroutine.create(function() return coroutine.status(me), coroutine.resume(me) end)
    return coroutine.resume(inner)
end)
print(coroutine.resume(outer))
local level = coroutine.wrap(function() error("no position", 0) end)
print(pcall(level))
W.kept_dead = co
print(coroutine.resume(coroutine.create(function() return pcall(error, "caught inside") end)))
