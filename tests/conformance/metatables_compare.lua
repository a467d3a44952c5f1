-- __eq, __lt, __le: the 5.1 rules.
local function E(fn, ...) print(select(2, pcall(fn, ...))) end
local calls = {}
local function mk(v, mt) return setmetatable({ v = v }, mt) end
local mt = { __eq = function(a, b) calls[#calls + 1] = "eq" return a.v == b.v end, __lt = function(a, b) calls[#calls + 1] = "lt" return a.v < b.v end, __le = function(a, b) calls[#calls + 1] = "le" return a.v <= b.v end }
local a, b, c = mk(1, mt), mk(2, mt), mk(1, mt)
local function flush() local s = table.concat(calls, " ") calls = {} return s end
print(a == b, a == c, a ~= b, a ~= c, a == a, flush()) print(a < b, a <= b, a > b, a >= b, flush()) print(b < a, b <= a, b > a, b >= a, flush()) print(a < c, a <= c, a > c, a >= c, flush()) print(not (a < b), not (a <= b), flush()) if a < b and a <= c and b > a and not (a == b) then print "branches" end print(flush())
-- no __le: not (b < a)
local mtlt = { __lt = function(a, b) calls[#calls + 1] = a.v .. "<" .. b.v return a.v < b.v end } local x, y = mk(1, mtlt), mk(2, mtlt) print(x <= y, flush()) print(y <= x, flush()) print(x >= y, flush()) print(x <= x, flush())
local mtle = { __le = function() return true end } E(function() return mk(1, mtle) < mk(2, mtle) end) print(mk(1, mtle) <= mk(2, mtle))
-- same function required on both sides, also from different metatables
local f = function() return true end local m1, m2, m3 = { __eq = f, __lt = f }, { __eq = f, __lt = f }, { __eq = function() return true end, __lt = function() return true end } print(mk(1, m1) == mk(2, m2), mk(1, m1) == mk(2, m3), mk(1, m1) == {}, {} == mk(1, m1), mk(1, m1) ~= mk(2, m2)) print(mk(1, m1) < mk(2, m2)) E(function() return mk(1, m1) < mk(2, m3) end) E(function() return mk(1, m1) < {} end) E(function() return {} < mk(1, m1) end) E(function() return mk(1, m1) <= {} end)
-- different types never call __eq; never with numbers or strings for __lt
print(a == 1, 1 == a, a == "x", a == nil, a ~= nil, a == print, flush()) E(function() return a < 1 end) E(function() return 1 < a end) E(function() return a < "x" end) E(function() return "x" <= a end) E(function() return a < nil end) E(function() return a < print end) print(flush())
-- results are converted to booleans
local mtv = { __eq = function() return 1 end, __lt = function() return nil end, __le = function() return "yes" end } local p, q = mk(1, mtv), mk(2, mtv) print(p == q, p ~= q, p < q, p > q, p <= q, p >= q) local mtn = { __eq = function() end, __lt = function() end } p, q = mk(1, mtn), mk(2, mtn) print(p == q, p ~= q, p < q, p <= q, p == p)
-- type boolean in stored results, conditions, loops
local r = a < b print(r, type(r)) local i = 0 local lim = mk(3, mt) while mk(i, mt) < lim do i = i + 1 end print(i) repeat i = i - 1 until mk(i, mt) <= mk(0, mt) print(i)
-- rawequal and table keys bypass __eq
local t = { [a] = "a" } print(t[c], t[a], rawequal(a, c), a == c) flush()
-- sort with __lt
local list = {} for _, v in ipairs { 5, 2, 8, 1, 9, 3 } do list[#list + 1] = mk(v, mt) end table.sort(list) local out = {} for _, o in ipairs(list) do out[#out + 1] = o.v end print(table.concat(out, " ")) table.sort(list, function(l, m) return l > m end) out = {} for _, o in ipairs(list) do out[#out + 1] = o.v end print(table.concat(out, " ")) flush()
-- errors inside and messages
local bad = { __eq = function() error "eq error" end, __lt = function() error("lt error", 0) end, __le = 5 } E(function() return mk(1, bad) == mk(1, bad) end) E(function() return mk(1, bad) < mk(1, bad) end) E(function() return mk(1, bad) <= mk(1, bad) end) E(function() return {} < {} end) E(function() return {} <= {} end) E(function() return {} > 1 end) E(function() return function() end < 1 end)
-- set operations built with metamethods (from the book)
local Set = {} Set.mt = { __le = function(a, b) for k in pairs(a) do if not b[k] then return false end end return true end } Set.mt.__lt = function(a, b) return a <= b and not (b <= a) end Set.mt.__eq = function(a, b) return a <= b and b <= a end Set.mt.__add = function(a, b) local r = Set.new {} for k in pairs(a) do r[k] = true end for k in pairs(b) do r[k] = true end return r end Set.mt.__mul = function(a, b) local r = Set.new {} for k in pairs(a) do r[k] = b[k] end return r end Set.mt.__tostring = function(s) local l = {} for k in pairs(s) do l[#l + 1] = k end table.sort(l) return "{" .. table.concat(l, ",") .. "}" end function Set.new(l) local s = setmetatable({}, Set.mt) for _, k in ipairs(l) do s[k] = true end return s end
local s1, s2 = Set.new { 2, 4 }, Set.new { 4, 10, 2 } print(s1 <= s2, s1 < s2, s1 >= s1, s1 > s1, s1 == s2 * s1, tostring(s1 + s2), tostring(s1 * s2))
