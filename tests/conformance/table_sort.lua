-- table.sort with and without comparators.
local function E(fn, ...) print((select(2, pcall(fn, ...)))) end
local function show(t) local o = {} for i = 1, #t do o[i] = tostring(t[i]) end return "{" .. table.concat(o, ",") .. "}" end
local function sorted(t, f) table.sort(t, f) return show(t) end
print(sorted {}, sorted { 1 }, sorted { 2, 1 }, sorted { 1, 2 }, sorted { 3, 1, 2 }, sorted { 2, 3, 1 }, sorted { 1, 1, 1 }, sorted { 5, 4, 3, 2, 1 }, sorted { 1, 2, 3, 4, 5 }, sorted { "b", "a", "c" }, sorted { "B", "a", "_", "1", "" }, sorted { 3.5, -1, 0, 1e10, -1e10, 2.25, 1 / 0, -1 / 0 })
print(sorted({ 1, 2, 3 }, function(a, b) return a > b end), sorted({ "aaa", "b", "cc" }, function(a, b) return #a < #b end), sorted({ 3, 1, 2 }, nil), sorted({ "10", "9", "8" }, function(a, b) return tonumber(a) < tonumber(b) end), select("#", table.sort {}))
-- permutations of up to 7 elements
local function permute(n, f) local a = {} for i = 1, n do a[i] = i end local function go(k) if k == 0 then f(a) return end for i = 1, k do a[i], a[k] = a[k], a[i] go(k - 1) a[i], a[k] = a[k], a[i] end end go(n) end
for n = 1, 7 do local count, bad = 0, 0 permute(n, function(a) local c = {} for i = 1, n do c[i] = a[i] end table.sort(c) for i = 1, n do if c[i] ~= i then bad = bad + 1 break end end local d = {} for i = 1, n do d[i] = a[i] end table.sort(d, function(x, y) return x > y end) for i = 1, n do if d[i] ~= n - i + 1 then bad = bad + 1 break end end count = count + 1 end) print(n, count, bad) end
-- larger inputs from a deterministic generator
local seed = 42 local function rnd(m) seed = (seed * 16807) % 2147483647 return seed % m end
for _, size in ipairs { 10, 50, 100, 1000, 10000 } do for _, range in ipairs { 2, 10, size, 1e9 } do local t, sum = {}, 0 for i = 1, size do t[i] = rnd(range) sum = sum + t[i] end table.sort(t) local ok, s2 = true, t[1] for i = 2, size do ok = ok and t[i - 1] <= t[i] s2 = s2 + t[i] end local calls = 0 table.sort(t, function(a, b) calls = calls + 1 return a > b end) for i = 2, size do ok = ok and t[i - 1] >= t[i] end print(size, range, ok, s2 == sum, calls > 0) end end
for _, shape in ipairs { "sorted", "reversed", "organ", "sawtooth", "constant" } do local t = {} for i = 1, 5000 do t[i] = shape == "sorted" and i or shape == "reversed" and 5001 - i or shape == "organ" and (i <= 2500 and i or 5001 - i) or shape == "sawtooth" and i % 17 or 7 end table.sort(t) local ok = true for i = 2, #t do ok = ok and t[i - 1] <= t[i] end print(shape, ok, #t) end
-- strings, records, multiple keys
local words = {} for w in ("the quick brown fox jumps over the lazy dog and runs far away from the angry bear"):gmatch "%a+" do words[#words + 1] = w end print(sorted(words)) print(sorted(words, function(a, b) if #a ~= #b then return #a < #b end return a > b end)) local recs = {} for i = 1, 30 do recs[i] = { k = i % 4, v = 31 - i } end table.sort(recs, function(a, b) if a.k ~= b.k then return a.k < b.k end return a.v < b.v end) local o = {} for i, r in ipairs(recs) do o[i] = r.k .. ":" .. r.v end print(table.concat(o, " "))
-- objects with __lt, booleans through a comparator
local mt = { __lt = function(a, b) return a[1] < b[1] end } local objs = {} for i, v in ipairs { 5, 3, 9, 1 } do objs[i] = setmetatable({ v }, mt) end table.sort(objs) print(objs[1][1], objs[2][1], objs[3][1], objs[4][1]) print(sorted({ true, false, true, false }, function(a, b) return not a and b end))
-- comparator results are truth values; extra arguments and results are ignored
print(sorted({ 3, 1, 2 }, function(a, b) return a < b and 0 or nil end), sorted({ 3, 1, 2 }, function(a, b, c) return a < b, c end), sorted({ 3, 1, 2 }, function(a, b) if a < b then return "yes" end end))
-- errors
E(table.sort) E(table.sort, nil) E(table.sort, 1) E(table.sort, {}, 1) E(table.sort, {}, {}) E(table.sort, { 1, 2 }, "x") E(table.sort, { 1, "x" }) E(table.sort, { {}, {} }) E(table.sort, { 1, {}, 2 }) E(table.sort, { true, false }) E(table.sort, { print, print }) E(table.sort, { 3, 2, 1 }, function() error("in comparator", 0) end) E(table.sort, { 3, 2, 1 }, function() error "positioned" end) E(table.sort, { 3, 2, 1 }, function(a, b) return a.x < b.x end) E(function() table.sort({ 1, "x" }) end) E(function() table.sort { 1, {} } end) E(function() table.sort() end)
do local t = { 5, 4, 3, 2, 1 } local n = 0 pcall(table.sort, t, function(a, b) n = n + 1 if n == 3 then error "stop" end return a < b end) table.sort(t) print(show(t)) end
-- sort inside a comparator, in a coroutine
print(sorted({ { 2, 1 }, { 1, 3 }, { 0, 0 } }, function(a, b) table.sort(a) table.sort(b) return a[1] < b[1] end) ~= nil, coroutine.wrap(function() return sorted { 2, 3, 1 } end)())
