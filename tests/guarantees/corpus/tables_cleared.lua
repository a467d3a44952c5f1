-- Clearing while traversing is allowed; so is assigning to fields that are there.
for k in pairs(W.mixed) do W.mixed[k] = nil end
print(next(W.mixed))
for i, t in ipairs(W.small) do
    for k in next, t do t[k] = (k == "id") and i or nil end
end
print(W.small[1][1], W.small[7].id, sorted(W.small[9]))
W.mixed.back = true
print(sorted(W.mixed))
