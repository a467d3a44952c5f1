-- Errors in and bad answers of the comparison function.
local t = {}
for i = 1, 60 do t[i] = (i * 37) % 61 end
local calls = 0
try(table.sort, t, function(a, b)
    calls = calls + 1
    if calls == 40 then error("stop", 0) end
    return a < b
end)
table.sort(t)
print(t[1], t[30], t[60])
try(table.sort, {3, 1, "x"})
try(table.sort, {1, 2, 3, 4, 5}, function() return true end)
table.sort(W.words, function(a, b) return #a < #b or #a == #b and a < b end)
print(table.concat(W.words, " "))
W.points[4] = Point.new(0, 0)
Point.__lt = function(a, b) return a.x + a.y < b.x + b.y end
table.sort(W.points)
for _, p in ipairs(W.points) do io.write(tostring(p), " ") end print()
