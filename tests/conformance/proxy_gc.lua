-- newproxy and __gc.
local function gc() collectgarbage() collectgarbage() end
print(type(newproxy()), getmetatable(newproxy()), getmetatable(newproxy(false)), type(getmetatable(newproxy(true)))) print(pcall(newproxy, {})) print(pcall(newproxy, 1)) print(pcall(newproxy, "x")) print(pcall(newproxy, print))
local p = newproxy(true) local q = newproxy(p) print(getmetatable(p) == getmetatable(q), p == q, p == p, rawequal(p, p)) print(pcall(newproxy, newproxy()))
local mt = getmetatable(p) mt.__index = function(u, k) return "idx:" .. tostring(k) end mt.__newindex = function(u, k, v) print("set", k, v) end mt.__len = function() return 42 end mt.__call = function(u, ...) return select("#", ...), ... end mt.__tostring = function() return "a proxy" end mt.__add = function(a, b) return "add" end mt.__unm = function() return "unm" end mt.__concat = function(a, b) return "concat" end mt.__eq = function() return true end mt.__lt = function() return true end mt.__le = function() return false end
print(p.x, p[1], #p, p(1, 2), tostring(p), p + 1, 1 + p, -p, p .. "s", "s" .. p, 1 .. p, p == q, p < q, p <= q, p > q) p.field = "value" p[1] = 2
print(pcall(function() return newproxy().x end)) print(pcall(function() newproxy().x = 1 end)) print(pcall(function() return #newproxy() end)) print(pcall(function() return newproxy() + 1 end)) print(pcall(function() newproxy()() end)) print(pcall(function() return newproxy() < newproxy() end)) print(pcall(function() return newproxy() .. "x" end)) print(({ [p] = "key" })[p], ({ [p] = "key" })[q]) print(pcall(setmetatable, p, {})) print(pcall(rawget, p, 1))
mt.__metatable = "hidden" print(getmetatable(p), getmetatable(q)) mt.__metatable = nil
-- __gc: called once, in reverse order of creation, with the object
local log = {} local function finalised(n) local u = newproxy(true) getmetatable(u).__gc = function(x) log[#log + 1] = n .. type(x) end return u end
do local a, b, c = finalised "a", finalised "b", finalised "c" end gc() print(table.concat(log, " ")) log = {} gc() print(#log)
-- reachable objects are not finalised
local keep = finalised "keep" gc() print(#log) keep = nil gc() print(table.concat(log, " ")) log = {}
-- resurrection: the object may be stored, and is not finalised again
local saved local r = newproxy(true) getmetatable(r).__gc = function(x) log[#log + 1] = "gc" saved = x end getmetatable(r).__index = function() return "alive" end r = nil gc() print(#log, type(saved), saved.anything) saved = nil gc() print(#log) log = {}
-- errors in __gc with explicit collection propagate in 5.1
local e = newproxy(true) getmetatable(e).__gc = function() error("gc error", 0) end e = nil print(pcall(collectgarbage)) gc() local e2 = newproxy(true) getmetatable(e2).__gc = "not a function" e2 = nil print(pcall(collectgarbage)) gc()
-- __gc set after creation counts; replaced handlers are used; removed handlers are not
local late = newproxy(true) local lm = getmetatable(late) lm.__gc = function() log[#log + 1] = "old" end lm.__gc = function() log[#log + 1] = "new" end late = nil gc() print(table.concat(log, " ")) log = {} local none = newproxy(true) getmetatable(none).__gc = function() log[#log + 1] = "removed" end getmetatable(none).__gc = nil none = nil gc() print(#log)
-- objects sharing a metatable; many objects
local base = newproxy(true) local n = 0 getmetatable(base).__gc = function() n = n + 1 end do local t = {} for i = 1, 1000 do t[i] = newproxy(base) end gc() print(n) end gc() print(n) for i = 1, 1000 do local x = newproxy(base) end gc() print(n)
-- __gc may allocate, create new finalised objects, collect, use closures and tables reachable from it
local depth = 0 local function chain() local u = newproxy(true) getmetatable(u).__gc = function() depth = depth + 1 local t = {} for i = 1, 100 do t[i] = { i } end collectgarbage() if depth < 5 then chain() end end end chain() for i = 1, 10 do gc() end print(depth)
do local data = { "kept for the finaliser" } local u = newproxy(true) getmetatable(u).__gc = function() log[#log + 1] = data[1] end end gc() print(table.concat(log)) log = {}
-- weak tables: values are removed before, keys after finalisation
local wk, wv = setmetatable({}, { __mode = "k" }), setmetatable({}, { __mode = "v" }) do local u = newproxy(true) wk[u] = "data" wv[1] = u getmetatable(u).__gc = function(x) log[#log + 1] = tostring(wk[x]) .. "," .. tostring(wv[1]) end end gc() print(table.concat(log, " "), next(wk), next(wv)) log = {}
-- cycles with finalisers
do local u = newproxy(true) local m = getmetatable(u) m.self = u m.__gc = function() log[#log + 1] = "cycle" end end gc() print(table.concat(log)) log = {} do local a, b = newproxy(true), newproxy(true) getmetatable(a).other, getmetatable(b).other = b, a getmetatable(a).__gc = function() log[#log + 1] = "A" end getmetatable(b).__gc = function() log[#log + 1] = "B" end end gc() print(table.concat(log))
-- automatic collection runs finalisers
local ran = false do local u = newproxy(true) getmetatable(u).__gc = function() ran = true end end local rounds = 0 while not ran and rounds < 1e6 do rounds = rounds + 1 local t = { rounds } end print(ran) base = nil gc() 
