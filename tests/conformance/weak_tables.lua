-- Weak tables: deterministic cases only (full collections).
local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
local function gc() collectgarbage() collectgarbage() end
local wv = setmetatable({}, { __mode = "v" }) local wk = setmetatable({}, { __mode = "k" }) local wkv = setmetatable({}, { __mode = "kv" }) local strong = {}
local keep = {}
do for i = 1, 10 do local o = {} wv[i] = o wk[o] = i wkv[o] = o if i % 2 == 0 then keep[#keep + 1] = o end end end
gc() print(count(wv), count(wk), count(wkv)) for i = 2, 10, 2 do assert(wv[i] == keep[i / 2] and wk[keep[i / 2]] == i) end
keep = nil gc() print(count(wv), count(wk), count(wkv), next(wv), next(wk), next(wkv))
-- strings, numbers and booleans are values, not objects: never removed
wv.s = "str" .. "ing" wv.n = 12 wv.b = true wk["key" .. 1] = 1 wk[2] = 2 wk[true] = 3 wkv["a" .. "b"] = "c" .. "d" gc() print(count(wv), count(wk), count(wkv), wv.s, wk.key1, wkv.ab)
-- functions, coroutines, userdata are collectable
wv.f = function() return wv end wv.c = coroutine.create(function() end) wv.p = newproxy() wv.t = {} gc() print(wv.f, wv.c, wv.p, wv.t) local f = function() return wv end wv.f = f gc() print(wv.f == f)
-- weak keys do not keep values' keys alive; a strong value keeps the key when it refers to it from elsewhere
local anchor = {} do local k = { "key" } wk[k] = "value" anchor.k = k end gc() print(count(wk), wk[anchor.k]) anchor.k = nil gc() print(count(wk))
-- weak values with strong keys: the entry goes with the value
local wk2 = setmetatable({}, { __mode = "v" }) local K = {} wk2[K] = {} gc() print(wk2[K], next(wk2)) wk2[K] = K gc() print(wk2[K] == K)
-- objects reachable only through a weak table's metatable, environment or upvalue
local w = setmetatable({}, { __mode = "v", extra = { "kept by metatable" } }) w[1] = getmetatable(w).extra gc() print(w[1] ~= nil, w[1][1])
-- changing the mode later
local m = {} local late = setmetatable({}, m) late[1] = {} gc() print(late[1] ~= nil) m.__mode = "v" gc() print(late[1]) m.__mode = nil late[1] = {} gc() print(late[1] ~= nil) m.__mode = "x" gc() print(late[1] ~= nil)
-- a weak cache works while values are referenced
local cache = setmetatable({}, { __mode = "v" }) local made = 0 local function get(n) local v = cache[n] if not v then made = made + 1 v = { n } cache[n] = v end return v end local r1, r2 = get(1), get(1) print(r1 == r2, made) r1, r2 = nil gc() get(1) print(made)
-- cycles through weak tables are collected
local probe = setmetatable({}, { __mode = "k" }) do local a, b = {}, {} a.b, b.a = b, a probe[a], probe[b] = 1, 2 end gc() print(count(probe)) do local a = {} a.self = a probe[a] = true local t = { a } t[2] = t probe[t] = true end gc() print(count(probe))
-- cycles through closures and coroutines
do local c c = function() return c end probe[c] = 1 local co co = coroutine.create(function() local me = co coroutine.yield() return me end) coroutine.resume(co) probe[co] = 1 end gc() print(count(probe))
-- weak table inside a weak table; clearing while traversing
local outer = setmetatable({}, { __mode = "v" }) outer.inner = setmetatable({}, { __mode = "k" }) gc() print(outer.inner) local many = setmetatable({}, { __mode = "k" }) for i = 1, 1000 do many[{}] = i end local visited = 0 for k in pairs(many) do visited = visited + 1 many[k] = nil end print(visited > 0, count(many)) for i = 1, 5000 do many[{}] = { i } end gc() print(count(many))
-- array part of weak values
local arr = setmetatable({}, { __mode = "v" }) local held = {} for i = 1, 100 do arr[i] = {} if i % 10 == 0 then held[#held + 1] = arr[i] end end gc() local n = 0 for i = 1, 100 do if arr[i] then n = n + 1 end end print(n, #held) 
