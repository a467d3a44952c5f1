-- An old array grows, shrinks and is written all over.
for i = 601, 900 do W.array[i] = -i end
for i = 1, 900, 7 do W.array[i] = nil W.array[i] = i end
W.array[100] = nil
local sum = 0
for i = 1, 900 do sum = sum + (W.array[i] or 0) end
print(sum, W.array[600], W.array[601], W.array[100])
for i = 900, 301, -1 do W.array[i] = nil end
local t = {}
for i = 1, 100 do t[i] = W.array end
print(#t, W.array[300], W.array[301])
