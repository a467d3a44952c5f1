-- Every function of the coroutine library, with old and new coroutines.
local co = coroutine.create(function(a, b)
    print("start", a, b, coroutine.status(W.self))
    local c = coroutine.yield(a + b)
    local d, e = coroutine.yield(c * 2)
    return d, e, "end"
end)
W.self = co
print(coroutine.status(co), coroutine.resume(co, 1, 2))
print(coroutine.status(co), coroutine.resume(co, 10))
print(coroutine.resume(co, "x", "y"))
print(coroutine.status(co), coroutine.resume(co))
print(coroutine.running())
print(type(coroutine.wrap(function() return coroutine.running() end)()))
print(coroutine.resume(W.loop, 4), coroutine.resume(W.loop, 5))
print(W.fibs(), W.fibs(), W.fibs(), coroutine.status(W.dead), coroutine.resume(W.dead))
print(coroutine.resume(W.deep, 5), coroutine.status(W.deep))
print(coroutine.resume(W.fresh, "a", "b"), W.fresh_got, coroutine.status(W.fresh))
print(pcall(coroutine.yield)) print(pcall(coroutine.create, 1)) print(pcall(coroutine.resume, 1))
