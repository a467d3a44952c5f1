-- Generators: permutations, a tree walk, a pipeline.
local function permute(a, n)
    n = n or #a
    if n <= 1 then coroutine.yield(a) else
        for i = 1, n do a[n], a[i] = a[i], a[n] permute(a, n - 1) a[n], a[i] = a[i], a[n] end
    end
end
for p in coroutine.wrap(function() permute({1, 2, 3}) end) do io.write(table.concat(p), " ") end
print()
local function insert(t, k)
    if not t then return {key = k} end
    if k < t.key then t.left = insert(t.left, k) else t.right = insert(t.right, k) end
    return t
end
local tree
for i = 1, 20 do tree = insert(tree, i * 7 % 23) end
local function walk(t) if t then walk(t.left) coroutine.yield(t.key) walk(t.right) end end
W.walker = coroutine.wrap(function() walk(tree) end)
for k in W.walker do io.write(k, " ") if k > 15 then break end end
print(W.walker())
local function filter(p, g) return coroutine.wrap(function() for x in g do if p(x) then coroutine.yield(x) end end end) end
local function count(n) return coroutine.wrap(function() for i = 2, n do coroutine.yield(i) end end) end
local g, primes = count(30), {}
while true do
    local p = g()
    if not p then break end
    primes[#primes + 1] = p
    g = filter(function(x) return x % p ~= 0 end, g)
end
print(table.concat(primes, " "))
