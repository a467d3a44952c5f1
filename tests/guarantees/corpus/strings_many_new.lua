-- Interning: new strings equal to old ones, keys made again, long keys.
local n = 0
for i = 1, 150 do if W.hash["k" .. "ey" .. i] then n = n + 1 end end
print(n)
for i = 1, 60 do W["field_" .. i % 20] = "value_" .. i end
print(W.field_3, W["field_" .. 19])
local t = {}
for i = 1, 100 do t[("%03d"):format(i % 30)] = i end
print(sorted(t):sub(1, 40))
local a, b = ("q"):rep(47), ("q"):rep(48)
local u = {[a] = 47, [b] = 48}
print(u[("q"):rep(47)], u[("q"):rep(48)], a < b, a == b:sub(1, 47))
