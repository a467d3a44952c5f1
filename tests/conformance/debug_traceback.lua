-- debug.traceback: what it makes of odd arguments, threads and negative levels.
print(pcall(debug.traceback, "hi", nil)) print(pcall(debug.traceback, "hi", 1, "x")) print(pcall(debug.traceback, {}, "x"))
print(pcall(debug.traceback, "hi", "z")) print(pcall(debug.traceback, "hi", {})) print(pcall(debug.traceback, "hi", -2))
print(pcall(debug.traceback, "hi", "1")) print(pcall(debug.traceback, 12, 0)) print(pcall(debug.traceback, nil, 1, 2)) print(pcall(debug.traceback, true))
print(debug.traceback(print) == print, debug.traceback(print, 4) == print)
local co = coroutine.create(function(n) local function f(n) if n > 0 then return f(n - 1) end coroutine.yield() end f(n) end)
print(debug.traceback(co)) print(debug.traceback(co, nil)) print(pcall(debug.traceback, co, "a", 0, "b"))
coroutine.resume(co, 3)
print(debug.traceback(co)) print(debug.traceback(co, "m", 2)) print(debug.traceback(co, "m", 6)) print(debug.traceback(co, "m", "0")) print(debug.traceback(co, {}) ~= nil) print(debug.traceback(co, 5)) print(debug.traceback(co, "", -1))
coroutine.wrap(function() print(debug.traceback(coroutine.running())) print(debug.traceback(coroutine.running(), "own", 0)) end)()
local function deep(n) if n == 0 then return (debug.traceback("deep", 2)) end return deep(n - 1) end
print(deep(5)) print(deep(30)) print(deep(300))
local outer outer = coroutine.create(function() coroutine.wrap(function() print(debug.traceback(outer, "normal")) end)() end) coroutine.resume(outer)
