-- Looks at all of the state and works with it; what it prints is the same whenever the state is what setup.lua made.
local sum = 0
for i, v in ipairs(W.array) do sum = sum + v * i end
print("array", #W.array, sum)
local names, numbers = 0, 0
for k, t in pairs(W.hash) do
    numbers = numbers + t[1]
    names = names + #t.name + (t.next and t.next[1] or 0)
end
print("hash", numbers, names, W.hash.key300.next.next.name)
print("mixed", sorted(W.mixed), W.mixed.y.z[2][1])
sum = 0
for i, t in ipairs(W.small) do sum = sum + t[1] * t[2] + t.id end
print("small", sum)
sum = 0
for i = 1, 100 do if W.holes[i] then sum = sum + W.holes[i] end end
print("holes", sum)
print("closures", W.peek())
print("count", W.count(), W.count(10), W.peek())
for i, m in ipairs(W.makers) do io.write(m.get(), " ", m.add(2), " ") end
print()
print("points", tostring(W.points[1] + W.points[2]), W.points[1] == W.points[3], W.points[1]:move(5).x)
print("coroutines", coroutine.status(W.fresh), coroutine.status(W.loop), coroutine.status(W.deep), coroutine.status(W.dead))
print(coroutine.resume(W.fresh, 1, nil, 3))
print(coroutine.resume(W.loop, 21))
print(coroutine.resume(W.deep, 1000))
print(W.fibs(), W.fibs(), W.shared(), W.peek())
collectgarbage()
local keys, values, both = 0, 0, 0
for k, v in pairs(W.weak_keys) do keys = keys + k[1] * v[2] end
for k, v in pairs(W.weak_values) do values = values + v[1] end
for k, v in pairs(W.weak_both) do both = both + k[1] end
print("weak", keys, values, both)
for i, u in ipairs(W.proxies) do io.write(u.name, #u, type(u), " ") end
print(#W.log, W.same_proxy.x, getmetatable(W.plain_proxy))
print("text", #W.text, (W.text:gsub("%d+", "<%0>")):sub(1, 60), table.concat(W.words, ","))
print("env", W.in_env(), W.in_env(7), W.env.secret, secret)
sum = 0
local node = W.list
while node do sum = sum * 3 % 1000003 + node.value node = node.next end
print("list", sum, W.ring.self.self == W.ring)
print("libraries", string.format("%d %s", 1, "x"), math.max(1, 2), #table.concat({1, 2}), type(os.time()), ("x"):rep(2))
local globals = {}
for k in pairs(_G) do
    if k:find("^%u") and k ~= "TMP" then globals[#globals + 1] = k end
end
print(table.concat(globals, " "))
