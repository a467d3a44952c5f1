-- next, pairs, ipairs, and iterators of one's own; changing what is iterated.
local t = {10, 20, 30, nil, 50, a = 1}
for i, v in ipairs(t) do io.write(i, "=", v, " ") end print()
local n = 0
for k, v in pairs(t) do n = n + v end print(n)
print(next({}), next({5}), pcall(next, {}, "none"), pcall(next))
local function range(a, b, step) return function(s, i) i = i + s if i <= b then return i, i * i end end, step or 1, a - (step or 1) end
for i, sq in range(1, 9, 2) do io.write(i, ":", sq, " ") end print()
for w, i in (function() local i = 0 return function() i = i + 1 return W.words[i], i end end)() do if i > 4 then break end io.write(w, " ") end print()
for k, v in pairs(W.holes) do if v then W.holes[k] = v + 1 else W.holes[k] = nil end end
n = 0
for _, v in pairs(W.holes) do n = n + v end print(n)
print(pcall(function() for x in 5 do end end))
print(pcall(ipairs), pcall(pairs, nil))
for i, v in ipairs(setmetatable({}, {__index = function(_, i) return i < 4 and i or nil end})) do io.write(v, " ") end print()
