-- Weak tables, old and new, while their contents die.
for i = 1, 20, 2 do W.strong[i] = nil end
local kept = {}
for i = 1, 30 do
    local k = {i}
    W.weak_keys[k] = i
    W.weak_values["n" .. i] = k
    if i % 10 == 0 then kept[#kept + 1] = k end
end
local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
W.weak_both[kept[1]] = 1
W.weak_values.text = "strings stay" .. 1
W.weak_values[1] = 5
print(#kept, W.weak_both[kept[1]], W.weak_values.n10 == kept[1], W.weak_values[1], W.weak_values.text)
local e = setmetatable({}, {__mode = "k"})
e[kept] = kept
print(count(e), getmetatable(e).__mode)
getmetatable(e).__mode = "v"
e.x = {}
kept.y = e.x
print(count(e), W.weak_keys[W.strong[2]][2])
