-- Tables: keys of all types, constructors, length, next, nil assignment during traversal.
local function E(fn, ...) print(select(2, pcall(fn, ...))) end
local function sorted(t) local k = {} for key, v in pairs(t) do k[#k + 1] = type(key) .. ":" .. tostring(key) .. "=" .. tostring(v) end table.sort(k) return "{" .. table.concat(k, ",") .. "}" end
print(sorted { 1, 2, 3 }, sorted { a = 1, b = 2 }, sorted { ["x y"] = 1, [1.5] = 2, [true] = 3, [false] = 4, [-1] = 5, [0] = 6 }, sorted {})
print(sorted { 1, 2, x = 3, 4, ["y"] = 5, [10] = 6; 7 }, sorted { 1, 2, 3, }, sorted { 1; 2; 3; }, sorted { a = 1, }, sorted { a = 1; }, sorted { [1] = "a", "b" }, sorted { "b", [1] = "a" }, sorted { [2] = "x", "a", "b" })
local function three() return 1, 2, 3 end local function none() end
print(sorted { three() }, sorted { three(), three() }, sorted { (three()) }, sorted { x = three() }, sorted { [5] = three() }, sorted { three(), nil }, sorted { none() }, sorted { none(), none(), 1 }, sorted { three(), x = 1 }, sorted { x = 1, three() })
local t = { a = { b = { c = { d = "deep" } } } } print(t.a.b.c.d, t["a"]["b"].c["d"], t.a.x, #t)
-- key kinds
local k1, k2, f = {}, {}, function() end local co = coroutine.create(f)
t = { [k1] = "t1", [f] = "fn", [co] = "co", [print] = "print", [true] = "T", [false] = "F", [1] = "one", ["1"] = "sone", [1.5] = "float", [-1] = "neg", [2 ^ 53] = "big", [1 / 0] = "inf", [-1 / 0] = "-inf", [""] = "empty", ["a\0b"] = "nul", ["a\0c"] = "nul2" }
print(t[k1], t[k2], t[f], t[co], t[print], t[true], t[false], t[1], t["1"], t[1.5], t[-1], t[2 ^ 53], t[1 / 0], t[-1 / 0], t[""], t["a\0b"], t["a\0c"], t["a"], t[nil], t[0 / 0])
local n = 0 for _ in pairs(t) do n = n + 1 end print(n)
t[1.0] = "uno" print(t[1]) t[2 ^ 0] = "eins" print(t[1]) t[0.1 + 0.2] = "x" print(t[0.3], t[0.1 + 0.2]) t[1e300 * 1e10] = "inf2" print(t[math.huge])
t = {} t[0] = "zero" t[-0] = "negzero" print(t[0]) t[tonumber "-0"] = "runtime" print(t[0], #t)
t = {} t[3] = 3 t[2] = 2 t[1] = 1 print(#t, t[1], t[2], t[3]) t[4] = 4 print(#t) t[4] = nil print(#t) t[3] = nil t[2] = nil t[1] = nil print(#t, next(t))
t = {} for i = 1, 100 do t[i] = i end print(#t) for i = 100, 51, -1 do t[i] = nil end print(#t) t[51] = 51 print(#t)
t = {} for i = 100, 1, -1 do t[i] = i end print(#t, t[50]) t = {} for i = 1, 1000 do t[#t + 1] = i end print(#t, t[#t])
t = { n = 0 } for i = 1, 10 do t[i] = true end t.n = #t print(t.n, #{ nil }, #{ n = 1 }, #"", #{ 1, 2, 3 }, #{ [1] = 1, [2] = 2 })
E(function() t[nil] = 1 end) E(function() t[0 / 0] = 1 end) E(function() return { [nil] = 1 } end) E(function() return { [0 / 0] = 1 } end) print(t[nil], rawget(t, nil), rawget(t, 0 / 0))
-- next
print(next {}) print(next { 10 }) print(next({ 10 }, 1)) print(next({ a = 1 })) print(next({ a = 1 }, "a")) print(next({ 1, 2, 3 }, 2)) print(type(next), next({}, nil))
E(next) E(next, 5) E(next, {}, 1) E(next, { 1 }, 2) E(next, {}, "x") E(next, { 1 }, 1.5) print((next { [1.5] = "f" }))
local arr = { 1, 2, 3, 4, 5 } local order = {} for k in next, arr do order[#order + 1] = k end print(table.concat(order, " "))
-- clearing and overwriting fields during traversal is allowed
t = {} for i = 1, 50 do t[i] = i t["k" .. i] = i end
local visited = 0 for k, v in pairs(t) do visited = visited + 1 t[k] = nil end print(visited, next(t))
for i = 1, 50 do t[i] = i t["k" .. i] = i end visited = 0 local s = 0 for k, v in pairs(t) do visited = visited + 1 s = s + v t[k] = v * 2 end print(visited, s) s = 0 for _, v in pairs(t) do s = s + v end print(s)
for i = 1, 50 do t["k" .. i] = nil end visited = 0 for k, v in pairs(t) do visited = visited + 1 if k % 2 == 0 then t[k] = nil end end print(visited) visited = 0 for _ in pairs(t) do visited = visited + 1 end print(visited)
-- collecting garbage in the middle of a traversal that clears fields
t = {} for i = 1, 200 do t["key" .. i] = { i } end visited = 0 for k, v in pairs(t) do t[k] = nil visited = visited + 1 if visited % 20 == 0 then collectgarbage() end end print(visited, next(t))
t = {} for i = 1, 100 do t[{}] = i end visited = 0 for k in pairs(t) do t[k] = nil k = nil visited = visited + 1 if visited % 25 == 0 then collectgarbage() end end print(visited, next(t))
-- array part is visited in order, then the rest
t = { "a", "b", "c", x = 1 } local o = {} for k, v in pairs(t) do o[#o + 1] = tostring(k) end print(table.concat(o, ","))
-- ipairs stops at the first nil and ignores metamethods
for i, v in ipairs(setmetatable({ 1, 2 }, { __index = function(_, k) return k < 5 and k or nil end })) do io.write(i, " ") end print()
for i, v in ipairs { 1, 2, 3, nil, 5 } do io.write(i, " ") end print() t = { 1, 2, 3 } for i, v in ipairs(t) do if i < 6 then t[i + 3] = v end io.write(i, " ") end print() print(ipairs(t) == ipairs {}, select(2, ipairs(t)) == t, select(3, ipairs(t)), select(3, pairs(t)), (pairs(t)) == next)
-- rawget/rawset/rawequal
local mt = setmetatable({}, { __index = function() return "mm" end, __newindex = function() error "no" end, __eq = function() return true end }) print(mt.x, rawget(mt, "x"), rawset(mt, "x", 1) == mt, mt.x, rawequal(mt, setmetatable({}, getmetatable(mt))), mt == setmetatable({}, getmetatable(mt)), rawequal(1, 1), rawequal("a", "a"), rawequal("1", 1), rawequal(nil, false), rawequal(mt, mt))
E(rawget) E(rawget, {}) E(rawget, 1, 2) E(rawset, {}) E(rawset, {}, 1) E(rawset, 1, 2, 3) E(rawequal) E(rawequal, 1) E(rawset, {}, nil, 1)
-- constructors: nested, large, mixed, with function values and comments
t = { f = function(a) return a end, --[[comment]] [1 + 1] = "two", ["a" .. "b"] = "ab", [#"xyz"] = "three", g = { h = { 1, 2, { "i" } } }; "first" } print(t.f(5), t[2], t.ab, t[3], t.g.h[3][1], t[1])
for _, count in ipairs { 0, 1, 49, 50, 51, 99, 100, 101, 300, 1000 } do
  local parts = {} for i = 1, count do parts[i] = tostring(i * 2) end
  local list = table.concat(parts, ",") local c = assert(loadstring("return {" .. list .. "}"))() local ok = #c == count for i = 1, count do ok = ok and c[i] == i * 2 end
  local c2 = assert(loadstring("local function f() return 'x', 'y', 'z' end return {" .. list .. (count > 0 and "," or "") .. "f()}"))() local c3 = assert(loadstring("return {" .. list .. (count > 0 and "," or "") .. "...}"))("p", "q", nil)
  print(count, ok, #c2, c2[count + 1], c2[count + 3], c3[count + 1], c3[count + 2], c3[count + 3])
end
local parts = {} for i = 1, 300 do parts[i] = "k" .. i .. "=" .. i end t = assert(loadstring("return {" .. table.concat(parts, ";") .. "}"))() s = 0 for k, v in pairs(t) do assert(k == "k" .. v) s = s + v end print(s)
for i = 1, 300 do parts[i] = "[" .. i .. "]='v" .. i .. "'" end t = assert(loadstring("return {" .. table.concat(parts, ",") .. "}"))() print(#t, t[150], t[300])
-- evaluation order inside a constructor
local log = {} local function e(x) log[#log + 1] = x return x end t = { [e "k1"] = e "v1", e "v2", [e "k3"] = e "v3", x = e "v4", e "v5" } print(table.concat(log, " "))
-- long string keys and many entries
local long = string.rep("long key ", 10) t = { [long] = 1 } t[long .. "x"] = 2 print(t[string.rep("long key ", 5) .. string.rep("long key ", 5)], t[long .. "x"], t[long .. "y"]) for i = 1, 500 do t[long .. i] = i end s = 0 for i = 1, 500 do s = s + t[long .. i] end print(s, #long)
t = {} for i = 1, 1e5 do t[i] = i end for i = 1, 1e5 do t["s" .. i] = i end s = 0 for i = 1, 1e5 do s = s + t[i] - t["s" .. i] end n = 0 for _ in pairs(t) do n = n + 1 end print(#t, s, n)
for i = 1, 1e5 do t["s" .. i] = nil end n = 0 for _ in pairs(t) do n = n + 1 end print(n, t.s5, t[5])
-- sparse and negative keys
t = {} for i = -50, 50 do t[i * 1000] = i end s = 0 n = 0 for k, v in pairs(t) do assert(k == v * 1000) n = n + 1 end print(n, t[-50000], t[0], t[50000]) t = {} for i = 1, 100 do t[i / 4] = i end n = 0 for _ in pairs(t) do n = n + 1 end print(n, t[0.25], t[1], t[25], #t)
t = {} for i = 0, 60 do t[2 ^ i] = i end s = true for i = 0, 60 do s = s and t[2 ^ i] == i end print(s, #t >= 2) t = {} t[1e15] = 1 t[-1e15] = 2 t[2 ^ 31] = 3 t[-2 ^ 31] = 4 t[2 ^ 32 + 1] = 5 print(t[1], t[1e15], t[-1e15], t[2147483648], t[-2147483648], t[4294967297])
-- tables as objects, cycles, identity
t = {} t.self = t t[t] = t print(t.self.self.self == t, t[t][t] == t, {} == {}, t == t) local a, b = {}, {} a.b, b.a = b, a print(a.b.a.b == b)
