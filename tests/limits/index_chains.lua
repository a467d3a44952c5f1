-- __index / __newindex cycles and long chains: an error or a result, never a hang.
local a, b = {}, {} setmetatable(a, { __index = b, __newindex = b }) setmetatable(b, { __index = a, __newindex = a })
local ok, e = pcall(function() return a.x end) assert(not ok and e:find("loop in gettable", 1, true), "cycle of two in __index: " .. tostring(e))
ok, e = pcall(function() a.x = 1 end) assert(not ok and e:find("loop in settable", 1, true), "cycle of two in __newindex: " .. tostring(e))
local s = {} s.__index = s s.__newindex = s setmetatable(s, s) ok, e = pcall(function() return s.x end) assert(not ok and e:find("loop in gettable", 1, true), "self cycle") ok, e = pcall(function() s.x = 1 end) assert(not ok and e:find("loop in settable", 1, true), "self cycle in __newindex")
ok, e = pcall(function() return a:method() end) assert(not ok, "method call through a cycle") ok, e = pcall(function() for k in pairs(a) do end for i in ipairs(a) do end return #a end) assert(ok, "raw functions are not affected: " .. tostring(e))
local env = {} setmetatable(env, { __index = env, __newindex = env }) getmetatable(env).__index = setmetatable({}, { __index = env }) ok, e = pcall(setfenv(function() return undefined end, env)) assert(not ok and type(e) == "string", "global through a cycle")
-- long chains
for _, n in ipairs { 10, 90, 99, 100, 101, 1000, 100000 } do
  local base = { found = "value" } local t = base for i = 1, n do t = setmetatable({}, { __index = t }) end
  local ok, r = pcall(function() return t.found end) assert(ok and r == "value" or not ok and r:find("loop in gettable", 1, true), "chain of " .. n .. ": " .. tostring(r)) if n <= 90 then assert(ok, "a chain of " .. n .. " works") end
  local w = base for i = 1, n do w = setmetatable({}, { __newindex = w }) end ok, r = pcall(function() w.set = n end) assert(ok and base.set == n or not ok and r:find("loop in settable", 1, true), "__newindex chain of " .. n .. ": " .. tostring(r)) if n <= 90 then assert(ok and base.set == n, "a __newindex chain of " .. n .. " works") end
end
collectgarbage()
-- deep structures of tables survive marking: a list of a million nodes, nested tables 200000 deep
local list for i = 1, 1000000 do list = { next = list } end collectgarbage() local n = 0 while list do n = n + 1 list = list.next end assert(n == 1000000, "linked list of a million nodes") local nested = {} local root = nested for i = 1, 200000 do nested[1] = {} nested = nested[1] end collectgarbage() collectgarbage() n = 0 nested = root while nested[1] do nested = nested[1] n = n + 1 end assert(n == 200000, "nested tables") root, nested = nil collectgarbage()
-- metatable chains and closure chains deep enough to break a recursive collector
local m = {} for i = 1, 200000 do m = setmetatable({}, { __index = m }) end collectgarbage() m = nil collectgarbage() local f = function() return 0 end for i = 1, 200000 do local g = f f = function() return g end end collectgarbage() f = nil collectgarbage() local k = {} for i = 1, 200000 do k = { [k] = true } end collectgarbage() k = nil collectgarbage() local cs for i = 1, 50000 do local prev = cs cs = coroutine.create(function() local p = prev coroutine.yield() return p end) coroutine.resume(cs) end collectgarbage() cs = nil collectgarbage() local w = setmetatable({}, { __mode = "k" }) local key = {} for i = 1, 20000 do local nk = {} w[nk] = key key = nk end collectgarbage() key = nil collectgarbage()
-- tables that are their own keys, values, metatables and environments
local x = {} x[x] = x setmetatable(x, x) x.__mode = "kv" collectgarbage() assert(x[x] == x) x.__index = function(t, q) return q end assert(x.foo == "foo")
print "ok"
