-- Only here: lua5.1 has no such thing.
-- arenite.atomic: results, errors, what is undone.
print(arenite.atomic(function(...) W.array[1] = "kept" return select("#", ...), ... end, 1, nil))
print(arenite.atomic(function() W.array[1] = "undone" W.count() NEW = 1 W.hash.key1.name = "lost" error("why", 0) end))
print(W.array[1], W.peek(), NEW, W.hash.key1.name)
print(type(select(2, arenite.atomic(function() W.fibs() W.shared() coroutine.resume(W.loop, 5) error({code = 5, text = "t"}) end))))
print(W.fibs(), coroutine.resume(W.loop, 6), W.peek())
local ok, e = arenite.atomic(function() error({code = 5, nested = {1}}) end)
print(ok, e.code)
print(arenite.atomic(function() setmetatable(W.mixed, {__index = function() return 1 end}) setfenv(W.in_env, {}) error() end))
print(getmetatable(W.mixed), W.in_env(), pcall(arenite.atomic))
assert(W.array[1] == "kept" and W.peek() == 1 and W.hash.key1.name == "name1")
