-- Old coroutines advance in nested calls, inside sort and gsub callbacks, and die.
local t = {}
for i = 1, 6 do t[i] = W.fibs() end
print(table.concat(t, " "))
table.sort(W.small, function(a, b) W.shared() return a.id > b.id end)
print(W.small[1].id, W.small[40].id)
print((W.text:sub(1, 40):gsub("%a+", function() return tostring(W.shared() % 10) end)))
print(coroutine.resume(W.deep, 3)) print(coroutine.resume(W.deep, 4)) print(coroutine.status(W.deep))
local inner = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(W.fibs()) end end)
print(inner(), inner(), inner())
W.chain = coroutine.create(function() coroutine.yield(coroutine.resume(W.loop, 50)) end)
print(coroutine.resume(W.chain)) print(coroutine.status(W.chain))
