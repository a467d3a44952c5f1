-- Closures that share variables, old ones and new ones.
print(W.count(5), W.peek())
W.reset(100)
print(W.count(), W.peek())
for i, m in ipairs(W.makers) do m.add(i) end
local sum = 0
for _, m in ipairs(W.makers) do sum = sum + m.get() end
print(sum)
local function pair()
    local x = 0
    return function(v) x = x + v return x end, function() return x end
end
local add, get = pair()
local add2, get2 = pair()
add(3) add(4) add2(10)
print(get(), get2())
local list = {}
for i = 1, 5 do
    local j = i * 10
    list[i] = function() i = i + 1 j = j + i return i, j end
end
for k = 1, 3 do print(list[k]()) print(list[k]()) end
W.kept = list
