-- Five million array entries; one million string keys; deletion and iteration over them.
local N = 5000000
local t = {}
for i = 1, N do t[i] = i end
assert(#t == N, "length of the array: " .. #t)
local s = 0 for i = 1, N do s = s + t[i] end
assert(s == N * (N + 1) / 2, "sum by index")
s = 0 for i, v in ipairs(t) do s = s + v end assert(s == N * (N + 1) / 2, "sum by ipairs")
local n = 0 for k in pairs(t) do n = n + 1 end assert(n == N, "pairs visits every entry: " .. n)
t[N + 1] = "more" assert(#t == N + 1 and t[N + 1] == "more", "append after five million")
assert(table.remove(t) == "more" and #t == N, "remove the last")
assert(table.maxn(t) == N, "maxn")
for i = N, 1, -1 do t[i] = nil end assert(#t == 0 and next(t) == nil, "empty again")
t = nil collectgarbage()
-- inserted from the end
local r = {} for i = 300000, 1, -1 do r[i] = i end assert(#r == 300000, "inserted in reverse order") r = nil
local h, M = {}, 1000000
for i = 1, M do h["key" .. i] = i end
for i = 1, M, 1111 do assert(h["key" .. i] == i, "string key " .. i) end
n, s = 0, 0 for k, v in pairs(h) do n = n + 1 s = s + v end
assert(n == M and s == M * (M + 1) / 2, "pairs over a million string keys: " .. n)
for i = 1, M, 2 do h["key" .. i] = nil end
n = 0 for k in pairs(h) do n = n + 1 end assert(n == M / 2, "half of them removed: " .. n)
for k in pairs(h) do h[k] = nil end assert(next(h) == nil, "all removed while traversing")
h = nil collectgarbage()
-- objects as keys, floats, negative numbers
local o, keys = {}, {} for i = 1, 200000 do keys[i] = {} o[keys[i]] = i o[-i] = i o[i + 0.5] = i end
for i = 1, 200000, 333 do assert(o[keys[i]] == i and o[-i] == i and o[i + 0.5] == i, "mixed keys " .. i) end
n = 0 for k in pairs(o) do n = n + 1 end assert(n == 600000, "mixed keys are all visited: " .. n)
o, keys = nil collectgarbage()
-- keys that collide in simple hash functions
local c = {} for i = 0, 200000 do c[i * 2 ^ 20] = i end for i = 0, 200000, 777 do assert(c[i * 2 ^ 20] == i, "multiple of 2^20") end c = {} for i = 0, 100000 do c[2 ^ 52 + i * 2] = i end for i = 0, 100000, 777 do assert(c[2 ^ 52 + i * 2] == i, "large integer keys") end c = {} for i = 1, 20000 do c[("a"):rep(100) .. i .. ("b"):rep(100)] = i end for i = 1, 20000, 777 do assert(c[("a"):rep(100) .. i .. ("b"):rep(100)] == i, "long similar strings") end c = {} for i = 1, 50000 do c[i / 65536] = i end for i = 1, 50000, 777 do assert(c[i / 65536] == i, "fractions") end
-- a huge index does not allocate a huge array
local z = {} z[2 ^ 31] = 1 z[2 ^ 53] = 2 z[1e300] = 3 z[-2 ^ 53] = 4 assert(z[2 ^ 31] == 1 and z[2 ^ 53] == 2 and z[1e300] == 3 and z[-2 ^ 53] == 4 and #z == 0, "sparse huge keys")
print "ok"
