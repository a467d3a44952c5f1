-- Only here: lua5.1 has no such thing.
-- Yields inside sort, gsub, foreach, load, iterators and table.concat's neighbours.
local co = coroutine.wrap(function()
    local t = {5, 2, 8, 1, 9, 3}
    table.sort(t, function(a, b) coroutine.yield("sort") return a < b end)
    local s = string.gsub("abc", "%a", function(c) return coroutine.yield("gsub " .. c) end)
    table.foreach({1, 2}, function(k, v) coroutine.yield("foreach") end)
    table.foreachi({1, 2}, function(k, v) coroutine.yield("foreachi") end)
    local parts = {"return ", "1 + ", "41"}
    local f = load(function() coroutine.yield("load") return table.remove(parts, 1) end)
    for i in function(_, i) coroutine.yield("iterator") i = (i or 0) + 1 if i < 3 then return i end end do s = s .. i end
    return table.concat(t, ","), s, f()
end)
local trace, v, a, b = {}
repeat
    v, a, b = co("Z")
    trace[#trace + 1] = tostring(v)
until a
print(table.concat(trace, " "))
print(v, a, b)
W.in_sort = coroutine.create(function() table.sort(W.words, function(x, y) coroutine.yield() return x < y end) end)
for i = 1, 5 do coroutine.resume(W.in_sort) end
print(coroutine.status(W.in_sort))
