-- table.sort without comparator: numbers, strings and objects with __lt, mixtures that fail, and the order of strings.
local seed = 5
local function rnd(m) seed = (seed * 16807) % 2147483647 return seed % m end
local function show(t) local h = 1 for i = 1, #t do local s = tostring(t[i]) h = (h * 31 + #s) % 1000000007 for k = 1, math.min(#s, 60) do h = (h * 31 + s:byte(k)) % 1000000007 end end return h end
local mt mt = {__lt = function(a, b) mt.calls = mt.calls + 1 return (type(a)=="table" and a[1] or a) < (type(b)=="table" and b[1] or b) end, __tostring = function(o) return "o"..o[1] end}
local makers = {
  numbers = function(i, n) return rnd(n) end,
  fractions = function(i, n) return rnd(1000000) / 7 - 50000 end,
  few = function() return rnd(2) end,
  nans = function(i, n) if rnd(9) == 0 then return 0/0 end return rnd(n) end,
  special = function() return ({0, -0, 1/0, -1/0, 5, -5})[rnd(6)+1] end,
  same = function() return 7 end,
  ascending = function(i) return i end,
  descending = function(i) return -i end,
  letters = function() return string.char(97 + rnd(26)) end,
  lengths = function() return ("a"):rep(rnd(60)) end,
  nuls = function() return ("ab\0\0\0\0\0\0\0\0cd"):sub(1, rnd(13)) .. ("\0"):rep(rnd(3)) end,
  bytes = function() return string.char(rnd(256), rnd(2) * 255, rnd(256)) end,
  high = function() return string.char(127 + rnd(3)):rep(rnd(10)) end,
  prefixes = function() return "prefix__" .. string.char(97 + rnd(3)):rep(rnd(6)) end,
  long = function() return ("x"):rep(44) .. ("y"):rep(rnd(8)) .. rnd(5) end,
  objects = function(i, n) return setmetatable({rnd(n)}, mt) end,
}
local names = {} for k in pairs(makers) do names[#names+1] = k end table.sort(names)
for _, n in ipairs{2, 3, 4, 5, 6, 7, 10, 31, 100, 700, 3000} do for _, k in ipairs(names) do
  local t = {} for i = 1, n do t[i] = makers[k](i, n) end
  mt.calls = 0
  local ok, err = pcall(table.sort, t)
  print(n, k, ok, err, mt.calls, show(t))
end end
-- one element of another type stops it in the same place
for n = 2, 60 do for at = 1, n, 1 + math.floor(n / 7) do
  local t = {} for i = 1, n do t[i] = rnd(n) end t[at] = "x"
  local ok, err = pcall(table.sort, t) print(n, at, ok, err, show(t))
  t = {} for i = 1, n do t[i] = "k" .. rnd(n) end t[at] = 1
  ok, err = pcall(table.sort, t) print(n, at, ok, err, show(t))
  t = {} for i = 1, n do t[i] = "k" .. rnd(n) end t[at] = true
  ok, err = pcall(table.sort, t) print(n, at, ok, err, show(t))
end end
-- order of strings in comparisons
local words = {"", "\0", "\0\0", "a", "a\0", "a\0b", "ab", "abcdefgh", "abcdefgh\0", "abcdefghi", "abcdefg", "abcdefg\0", "\127", "\128", "\255", "abcdefgh\255", ("z"):rep(47), ("z"):rep(48), ("z"):rep(49), "abcdefgi"}
local bits = {}
for i, a in ipairs(words) do for j, b in ipairs(words) do
  local n = 0
  if a < b then n = n + 1 end if a <= b then n = n + 2 end if a > b then n = n + 4 end if a >= b then n = n + 8 end
  if not (a < b) then n = n + 16 end if not (a <= b) then n = n + 32 end
  local x, y = a < b, a <= b
  bits[#bits+1] = n .. (x and "t" or "f") .. (y and "t" or "f")
end end
print(table.concat(bits, " "))
