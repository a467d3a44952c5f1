-- __index and __newindex as tables, functions and chains.
local log = {}
local base = setmetatable({inherited = 1}, {__index = function(t, k) log[#log + 1] = k return k .. "?" end})
local derived = setmetatable({own = 2}, {__index = base})
print(derived.own, derived.inherited, derived.missing, derived[1])
local store = {}
local p = setmetatable({}, {__newindex = store, __index = store})
p.a = 1 p.b = p.a
print(rawget(p, "a"), store.a, p.b)
local q = setmetatable({present = 0}, {__newindex = function(t, k, v) rawset(t, k, v * 2) end})
q.present = 1 q.absent = 1 q.absent = 5
print(q.present, q.absent, rawset(q, "raw", 9).raw)
W.hash = setmetatable(W.hash, {__index = function(t, k) return "default " .. k end, __newindex = function(t, k) log[#log + 1] = k end})
print(W.hash.nothing, W.hash.key1.name)
W.hash.fresh = 1
print(rawget(W.hash, "fresh"), table.concat(log, " "))
print(("x").len == string.len, ("abc"):upper(), pcall(function() return ("x").y.z end))
setmetatable(W.array, {__index = function(_, i) return i end})
print(W.array[1], W.array[10000], W.array.n)
