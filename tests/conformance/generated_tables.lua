-- Deterministic random operations on tables, checked against association lists.
local seed = 99
local function rnd(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
local objects = {} for i = 1, 20 do objects[i] = i % 2 == 0 and {} or function() end end
local id = {} for i, o in ipairs(objects) do id[o] = i end
local function key()
  local r = rnd(8)
  if r <= 3 then return rnd(40) elseif r == 4 then return -rnd(20) elseif r == 5 then return "s" .. rnd(60) elseif r == 6 then return rnd(20) + 0.5 elseif r == 7 then return objects[rnd(20)] end
  return rnd(2) == 1
end
local function canon(k) return id[k] and "obj" .. id[k] or type(k) .. ":" .. tostring(k) end
local total = 0
for round = 1, 40 do
  local t, model, keys = {}, {}, {}
  for step = 1, 600 do
    local k, op = key(), rnd(10)
    local c = canon(k)
    if not keys[c] then keys[c] = { k } end
    if op <= 6 then t[k] = step model[c] = step elseif op <= 8 then t[k] = nil model[c] = nil elseif op == 9 then rawset(t, k, c) model[c] = c else assert(rawget(t, k) == model[c]) end
    if t[k] ~= model[c] then print("DIFFERS", round, step, c) end
    if step % 150 == 0 then collectgarbage() end
  end
  local n, h = 0, 0
  for k, v in pairs(t) do
    n = n + 1
    local c = canon(k)
    if model[c] ~= v then print("EXTRA", round, c, v, model[c]) end
    for i = 1, #c do h = (h + c:byte(i) * i * (type(v) == "number" and v or 7)) % 1000003 end
  end
  local m = 0 for c in pairs(model) do m = m + 1 end
  if n ~= m then print("COUNT", round, n, m) end
  -- removing while traversing
  local removed = 0 for k in pairs(t) do if rnd(2) == 1 or true then t[k] = nil removed = removed + 1 end end
  total = total + n
  print(round, n, m, h, removed, next(t))
end
print(total)
-- sequences: push, pop, insert, remove against a model kept as a string list
for round = 1, 20 do
  local t, s, len = {}, {}, 0
  for step = 1, 400 do
    local op = rnd(7)
    if op <= 3 or len == 0 then table.insert(t, step) len = len + 1 s[len] = step
    elseif op == 4 then local p = rnd(len) table.insert(t, p, step) for i = len, p, -1 do s[i + 1] = s[i] end s[p] = step len = len + 1
    elseif op == 5 then local p = rnd(len) local v = table.remove(t, p) if v ~= s[p] then print("REMOVE", v, s[p]) end for i = p, len do s[i] = s[i + 1] end len = len - 1
    elseif op == 6 then local v = table.remove(t) if v ~= s[len] then print("POP", v) end s[len] = nil len = len - 1
    else local p = rnd(len) t[p] = -step s[p] = -step end
    if #t ~= len then print("LENGTH", round, step, #t, len) end
  end
  local h = 0 for i = 1, len do if t[i] ~= s[i] then print("ITEM", i) end h = (h * 31 + t[i] + 1000) % 1000003 end
  local c = 0 for i, v in ipairs(t) do c = c + 1 end
  print(round, len, c, h, #table.concat(t, ","))
end
-- growth patterns and the transition between array and hash parts
for _, n in ipairs { 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 4097 } do
  local up, down, even, holes = {}, {}, {}, {}
  for i = 1, n do up[i] = i end for i = n, 1, -1 do down[i] = i end for i = 2, n, 2 do even[i] = i end for i = 1, n, 2 do even[i] = i end
  local s = 0 for i, v in ipairs(up) do s = s + v end local d = 0 for i, v in ipairs(down) do d = d + v end local e = 0 for i, v in ipairs(even) do e = e + v end
  for i = n, 1, -1 do up[i] = nil end for i = 1, n do down[i] = nil end
  print(n, #even, s == d and d == e and e == n * (n + 1) / 2, #up, next(up), next(down), table.maxn(even))
end
