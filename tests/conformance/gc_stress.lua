-- Collection under load: contents must survive, garbage must go, counters stay sane.
print(type(collectgarbage "count"), collectgarbage "count" > 0, collectgarbage(), collectgarbage "collect", collectgarbage "stop", collectgarbage "restart", type(collectgarbage("step", 0)), type(gcinfo()))
print(pcall(collectgarbage, "nosuchoption")) print(pcall(collectgarbage, {})) print(collectgarbage(nil))
local p = collectgarbage("setpause", 150) print(collectgarbage("setpause", 200)) local s = collectgarbage("setstepmul", 300) print(collectgarbage("setstepmul", 200)) collectgarbage("setpause", p) collectgarbage("setstepmul", s)
-- linked structures survive while garbage is produced
local function tree(d) if d == 0 then return { v = 1 } end return { l = tree(d - 1), r = tree(d - 1), v = d } end local function sum(t) if not t then return 0 end return t.v + sum(t.l) + sum(t.r) end
local keep = tree(10) for i = 1, 20 do local g = tree(8) assert(sum(g) == 758) end print(sum(keep))
local list for i = 1, 20000 do list = { next = list, v = i } end local total, n = 0, 0 while list do total = total + list.v n = n + 1 list = list.next end print(total, n)
-- strings
local parts = {} for i = 1, 20000 do parts[#parts + 1] = "piece" .. i if #parts > 100 then parts = { table.concat(parts):sub(-20) } end end print(#parts, parts[1]) local str = "" for i = 1, 2000 do str = str .. i end print(#str)
local interned = {} for i = 1, 5000 do interned["k" .. i] = i end collectgarbage() for i = 1, 5000 do assert(interned["k" .. i] == i) end print "interned ok"
-- memory goes back after dropping references
collectgarbage() local before = collectgarbage "count" local big = {} for i = 1, 50000 do big[i] = { i } end local peak = collectgarbage "count" big = nil collectgarbage() collectgarbage() local after = collectgarbage "count" print(peak > before + 1000, after < before + (peak - before) / 4)
-- automatic collection bounds a garbage loop
collectgarbage() before = collectgarbage "count" local maxc = 0 for i = 1, 200000 do local t = { i, i + 1 } if i % 1000 == 0 then local c = collectgarbage "count" if c > maxc then maxc = c end end end print(maxc < before * 4 + 4096)
-- stop / restart
collectgarbage() collectgarbage "stop" before = collectgarbage "count" for i = 1, 20000 do local t = { i } end print(collectgarbage "count" > before + 500) collectgarbage "restart" collectgarbage() print(collectgarbage "count" < before + 500)
-- steps finish a cycle eventually
local steps = 0 repeat steps = steps + 1 until collectgarbage("step", 100) or steps > 100000 print(steps <= 100000)
-- closures, coroutines and upvalues under collection
local fs = {} for i = 1, 1000 do local v = { i } fs[i] = function() v[1] = v[1] + 1 return v[1] end if i % 100 == 0 then collectgarbage() end end local acc = 0 for i = 1, 1000 do acc = acc + fs[i]() end print(acc)
local cos = {} for i = 1, 500 do cos[i] = coroutine.wrap(function(a) local t = { a } while true do t[#t + 1] = coroutine.yield(#t) end end) cos[i](i) end for round = 1, 5 do collectgarbage() for i = 1, 500 do local r = cos[i] { round } assert(r == round + 1) end end print "coroutines ok"
for i = 1, 2000 do local co = coroutine.create(function() local x = {} coroutine.yield(x) end) coroutine.resume(co) end collectgarbage() print "abandoned coroutines ok"
-- collection inside metamethods, comparators, callbacks, iterators
local mt = { __index = function(t, k) collectgarbage() return k end, __add = function(a, b) collectgarbage() return a end, __concat = function(a, b) collectgarbage() return "c" end, __lt = function() collectgarbage "step" return true end, __eq = function() collectgarbage() return true end, __call = function(self, ...) collectgarbage() return ... end, __newindex = function(t, k, v) collectgarbage() rawset(t, k, v) end } local o = setmetatable({}, mt) print(o.abc, (o + { 1 }) == o, o .. "x" .. "y", o < setmetatable({}, mt), o(1, { 2 }), (function() o.field = { "stored" } return o.field[1] end)()) 
local t = {} for i = 1, 100 do t[i] = tostring((i * 37) % 101) end table.sort(t, function(a, b) collectgarbage("step", 10) return tonumber(a .. "") < tonumber(b .. "") end) print(t[1], t[50], t[100]) print((("abc"):rep(20):gsub("%w", function(c) collectgarbage "step" return c:upper() .. "" end))) print(table.concat({ string.gsub("a b c", "%w", function(c) local r = { c } collectgarbage() return r[1] .. r[1] end) }, "|"))
print(pcall(function() local x = { "err" } collectgarbage() error(x[1] .. "or" .. string.rep("!", 3), 0) end))
-- many short lived coroutines and pcalls
local cnt = 0 for i = 1, 5000 do cnt = cnt + coroutine.wrap(function(a) return a end)(1) pcall(error, { i }) end print(cnt)
-- tables growing and shrinking
local g = {} for round = 1, 10 do for i = 1, 2000 do g[i] = { i } g["x" .. i] = i end for i = 1, 2000 do g[i] = nil g["x" .. i] = nil end end print(next(g)) for i = 1, 100 do g[{}] = i end local c = 0 for k, v in pairs(g) do c = c + v end print(c)
