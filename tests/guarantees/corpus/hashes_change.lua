-- Entries of an old table go, come and change; the table is rehashed.
for i = 1, 300, 2 do W.hash["key" .. i] = nil end
for i = 1, 100 do W.hash["new" .. i] = i end
W.hash.key2.name = "renamed"
W.hash.key4.next = nil
for i = 1, 50 do W.hash[i + 0.5] = W.hash end
local n, names = 0, 0
for k, v in pairs(W.hash) do
    n = n + 1
    if type(v) == "table" and v.name then names = names + #v.name end
end
print(n, names, W.hash.key2.name, W.hash.key3, next(W.hash) ~= nil)
