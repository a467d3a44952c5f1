-- A queue, a memoized function, a matrix product, string keys counted.
local q = {first = 1, last = 0}
local function push(v) q.last = q.last + 1 q[q.last] = v end
local function pop() local v = q[q.first] q[q.first] = nil q.first = q.first + 1 return v end
for i = 1, 40 do push(i * i) if i % 3 == 0 then pop() end end
print(q.first, q.last, pop())
local memo = setmetatable({}, {__mode = "k"})
local function fib(n) if n < 2 then return n end if memo[n] then return memo[n] end local v = fib(n - 1) + fib(n - 2) memo[n] = v return v end
print(fib(40))
local function mul(a, b)
    local c = {}
    for i = 1, #a do c[i] = {} for j = 1, #b[1] do local s = 0 for k = 1, #b do s = s + a[i][k] * b[k][j] end c[i][j] = s end end
    return c
end
local m = mul({{1, 2}, {3, 4}}, {{5, 6}, {7, 8}})
print(m[1][1], m[1][2], m[2][1], m[2][2])
local counts = {}
for w in W.text:gmatch("%a+") do counts[w] = (counts[w] or 0) + 1 end
print(sorted(counts))
W.counts = counts
