-- Keys of every type, in old and new tables.
local t = {}
local f, th = function() end, coroutine.create(function() end)
for i, k in ipairs({1, 1.5, "s", true, false, f, th, t, W, W.plain_proxy, -0.0 + 7, 2^60, -1e300, print}) do t[k] = i end
print(t[1], t[1.5], t.s, t[true], t[false], t[f], t[th], t[t], t[W], t[W.plain_proxy], t[7], t[2^60], t[-1e300], t[print])
W.mixed[f] = "f" W.mixed[th] = "th" W.mixed[W.mixed] = "self" W.mixed[W.loop] = "loop"
local n = 0
for _ in pairs(W.mixed) do n = n + 1 end
print(n, W.mixed[W.mixed], W.mixed[W.loop])
W.mixed[f], W.mixed[th] = nil
print(W.mixed[f], W.mixed[th])
for i = 1, 30 do W.mixed[{}] = i end
n = 0
for _ in pairs(W.mixed) do n = n + 1 end
print(n)
