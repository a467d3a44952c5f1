-- A fresh variable in each round, for every kind of loop.
local fs = {}
for i = 1, 3 do fs[#fs + 1] = function() i = i + 1 return i end end
for _, w in ipairs(W.words) do if #fs < 6 then fs[#fs + 1] = function() w = w .. "!" return w end end end
local n = 0
while n < 3 do n = n + 1 local m = n fs[#fs + 1] = function() m = m * 2 return m end end
repeat local last = n fs[#fs + 1] = function() last = last - 1 return last end n = n - 1 until last == 1
for round = 1, 2 do for i, f in ipairs(fs) do io.write(tostring(f()), " ") end print() end
local up = function() local a = 1 return function() local b = a return function() a = a + b return a, b end end end
local inner = up()()
print(inner()) print(inner())
