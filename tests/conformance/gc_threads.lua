-- Threads that run between two steps of the collector: what they took up since they were marked stays alive.
local N = 300
local co = {}
for i = 1, N do co[i] = coroutine.wrap(function() local keep = {} local n = 0
  while true do n = n + 1 local t = {n, tostring(n) .. "x"} keep = {t, keep[1]} for _, v in ipairs(keep) do assert(v[2] == v[1] .. "x") end coroutine.yield(keep) end end) end
local big = {} for i = 1, 20000 do big[i] = {i} end
for r = 1, 400 do for i = 1, N do local k = co[i]() assert(k[1][1] == r) end end
print "ok"
