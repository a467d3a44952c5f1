-- table.sort whose comparator changes the table: elements that are still to be written may by then belong to the hash part.
local function keys(n, what) local out = {} for i = 1, n do out[i] = "h" .. i .. "=" .. what end return table.concat(out, ",") end
local function fresh(array, hash, more)
  local values = {} for i = 1, array do values[i] = (i * 7 + 3) % 41 end
  local t = loadstring("return {" .. table.concat(values, ",") .. (array > 0 and "," or "") .. keys(hash, "nil") .. "}")()
  for i = array + 1, array + more do t[i] = (i * 11 + 5) % 43 end
  return t
end
local changes = {
  keep_16 = function(t, n) for i = n, 17, -1 do t[i] = nil end for i = 1, 64 do t["c" .. i] = i end end,
  shorten = function(t, n) for i = n, math.floor(n / 2), -1 do t[i] = nil end end,
  empty = function(t, n) for i = 1, n do t[i] = nil end end,
  fill_hash = function(t) for i = 1, 64 do t["c" .. i] = i end end,
  shorten_and_fill = function(t, n) for i = n, math.floor(n / 2), -1 do t[i] = nil end for i = 1, 64 do t["c" .. i] = i end end,
  empty_and_fill = function(t, n) for i = 1, n do t[i] = nil end for i = 1, 64 do t["c" .. i] = i end end,
  shorten_and_fill_some = function(t, n) for i = n, math.floor(n / 3), -1 do t[i] = nil end for i = 1, 20 do t["c" .. i] = i end end,
  lengthen = function(t, n) for i = n + 1, 3 * n do t[i] = i % 7 end end,
  insert = function(t, n) for i = n + 9, 10, -1 do t[i] = t[i - 9] end for i = 1, 9 do t[i] = i end end,
  collect = function(t, n) for i = n, n - 5, -1 do t[i] = nil end for i = 1, 40 do t[{}] = i end collectgarbage() end,
}
local names = {} for name in pairs(changes) do names[#names + 1] = name end table.sort(names)
local orders = {
  { "less", function(a, b) return (a or 0) < (b or 0) end },
  { "always", function() return true end },
  { "never", function() return false end },
  { "turns", function(_, _, n) return n % 2 == 0 end },
}
local function sum(t) -- of what is where, in any order of keys
  local s, n = 0, 0
  for k, v in pairs(t) do n = n + 1 s = s + (type(k) == "number" and k or type(k) == "string" and #k or 1) * (v + 1) end
  return s .. "/" .. n
end
for _, name in ipairs(names) do
  for _, size in ipairs { { 16, 64, 24 }, { 16, 0, 1 }, { 0, 0, 17 }, { 5, 3, 4 }, { 64, 1, 0 }, { 33, 32, 31 } } do
    for _, order in ipairs(orders) do
      local out = {}
      for at = 1, 9 do
        local t = fresh(unpack(size))
        local n, calls = size[1] + size[3], 0
        local ok, e = pcall(table.sort, t, function(a, b)
          calls = calls + 1
          if calls == at or calls == 2 * at + 7 then changes[name](t, n) end
          if calls > 400 then error("stop", 0) end
          return order[2](a, b, calls)
        end)
        out[#out + 1] = (ok and "ok" or e) .. " " .. calls .. " " .. sum(t)
      end
      print(name, table.concat(size, "+"), order[1], table.concat(out, " | "))
    end
  end
end
-- the elements are no numbers, and __lt makes the changes
for _, size in ipairs { 17, 40, 64, 65 } do
  local t, calls = {}, 0
  local mt = {} mt.__lt = function(a, b)
    calls = calls + 1
    if calls % 5 == 0 then for i = size, size - calls % 17, -1 do if i > 0 then t[i] = nil end end for i = 1, 3 do t["k" .. calls .. i] = a end end
    return a[1] < b[1]
  end
  for i = 1, size do t[i] = setmetatable({ i * 13 % 37 }, mt) end
  local ok, e = pcall(table.sort, t) print(size, ok, e, calls)
  local s = 0 for i = 1, size do s = s * 3 % 65521 + (t[i] and t[i][1] or 0) end print(s)
end
