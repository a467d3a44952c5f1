-- Only here: lua5.1 has no such thing.
-- Nested blocks, kept and undone in every order, with pcall in between.
local function trace() return (W.stage or "-") .. " " .. W.peek() end
print(arenite.atomic(function()
    W.stage = "outer" W.count()
    print(arenite.atomic(function()
        W.stage = "inner" W.count()
        print(arenite.atomic(function() W.stage = "innermost" W.count() error("3", 0) end), trace())
        return trace()
    end))
    print(pcall(arenite.atomic, function() W.stage = "lost" error("2", 0) end), trace())
    print(arenite.atomic(function() pcall(error, "swallowed") W.stage = "kept" end), trace())
end), trace())
print(arenite.atomic(function()
    arenite.atomic(function() for i = 1, 50 do W.array[i] = i end end)
    print(W.array[50])
    error("all of it")
end), W.array[50])
for i = 1, 5 do arenite.atomic(function() W.small[i].id = "x" if i % 2 == 0 then error(i) end end) end
print(W.small[1].id, W.small[2].id, W.small[5].id)
local co = coroutine.wrap(function() return arenite.atomic(function() coroutine.wrap(function() W.stage = "co" coroutine.yield() end)() error("e", 0) end) end)
print(co()) print(trace())
print(coroutine.wrap(function() return arenite.atomic(coroutine.yield, 1) end)())
assert(W.array[50] == 150)
