-- table.sort with comparators of all kinds: which comparisons are made in which order, and what they leave.
local seed = 99
local function rnd(m) seed = (seed * 16807) % 2147483647 return seed % m end
local function digest(h, x) return (h * 31 + x) % 1000000007 end
for _, n in ipairs{2,3,4,5,6,7,8,9,10,17,50,100,250} do
  for _, range in ipairs{2, 10, n, 1e6} do
    local function fresh() local t = {} for i=1,n do t[i] = rnd(range) end return t end
    local function go(name, f)
      local t = fresh()
      local h, calls = 7, 0
      local ok, err = pcall(table.sort, t, function(a, b)
        calls = calls + 1
        h = digest(digest(h, type(a)=="number" and a or 3), type(b)=="number" and b or 5)
        return f(a, b, t, calls)
      end)
      local s = 1
      for i = 1, n do s = digest(s, tonumber(t[i]) or 11) end
      print(n, range, name, ok, err, calls, h, s)
    end
    go("less", function(a,b) return a<b end)
    go("greater", function(a,b) return a>b end)
    go("le", function(a,b) return (a or 0)<=(b or 0) end)
    go("true", function(a,b) return true end)
    go("false", function(a,b) return false end)
    go("random", function(a,b) return rnd(2)==0 end)
    go("parity", function(a,b,t,c) return c%3==0 end)
    go("writes", function(a,b,t,c) local i = rnd(n)+1 t[i] = rnd(range) return a<b end)
    go("shrinks", function(a,b,t,c) if c % 7 == 0 then t[n - c / 7] = nil end return (a or 0)<(b or 0) end)
    go("grows", function(a,b,t,c) if c % 3 == 0 and c < 300 then t[#t+1] = rnd(range) end return a<b end)
    go("holes", function(a,b,t,c) if c == 5 then t[rnd(n)+1] = nil end return (a or 0)<(b or 0) end)
    go("error", function(a,b,t,c) if c == n then error("stop") end return a<b end)
    go("multi", function(a,b,t,c) return a<b, 1, 2 end)
    go("none", function(a,b,t,c) if a<b then return true end end)
    go("tail", function(a,b,t,c) return rawequal(a, b) end)
    go("nested", function(a,b,t,c) local u = {b, a, 3} table.sort(u, function(x,y) return x<y end) return a<b end)
    go("gc", function(a,b,t,c) if c % 50 == 0 then collectgarbage() end local x = {{}} return a<b end)
    go("globals", function(a,b,t,c) return a<b, c end)
  end
end
-- comparators without upvalues
for n = 2, 40 do
  local t = {} for i = 1, n do t[i] = rnd(n) end
  print(pcall(table.sort, t, function(a, b) return true end)) print(table.concat(t, " "))
  local t = {} for i = 1, n do t[i] = rnd(n) end
  print(pcall(table.sort, t, function(a, b) return a <= b end)) print(table.concat(t, " "))
  local t = {} for i = 1, n do t[i] = rnd(n) end
  print(pcall(table.sort, t, function(a, b, c, d) return a < b, c, d end)) print(table.concat(t, " "))
  local t = {} for i = 1, n do t[i] = rnd(n) end
  print(pcall(table.sort, t, function(...) local a, b = ... return a < b end)) print(table.concat(t, " "))
  local t = {} for i = 1, n do t[i] = rnd(n) end
  print(pcall(table.sort, t, function() end)) print(table.concat(t, " "))
end
-- sort, comparator and table change while it runs
for n = 5, 60, 11 do
  local function fresh() local t = {} for i = 1, n do t[i] = rnd(1000) end return t end
  local function go(name, f) local t = fresh() local c, log = 0, {}
    local ok, err = pcall(table.sort, t, function(a, b) c = c + 1 return f(a, b, t, c, log) end)
    debug.sethook()
    print(n, name, ok, err, c, #log, table.concat(log, " ", 1, math.min(#log, 60)), table.concat(t, " "))
  end
  local function events(log) return function(e, l) log[#log + 1] = e:sub(1, 3)  end end
  go("hook calls", function(a, b, t, c, log) if c == 4 then debug.sethook(events(log), "cr") end return a < b end)
  go("hook lines", function(a, b, t, c, log) if c == 6 then debug.sethook(events(log), "l") end return a < b end)
  go("hook on and off", function(a, b, t, c, log) if c % 4 == 1 then debug.sethook(events(log), "crl") elseif c % 4 == 3 then debug.sethook() end return a < b end)
  go("hook error", function(a, b, t, c, log) if c == n then debug.sethook(function() debug.sethook() error("from the hook", 0) end, "l") end
    return a < b end)
  go("traceback", function(a, b, t, c, log) if c == n then log[1] = debug.traceback("here") end return a < b end)
  go("where", function(a, b, t, c, log) log[c] = tostring(debug.getinfo(1, "n").name) .. debug.getinfo(2, "S").what .. debug.getinfo(1, "l").currentline return a < b end)
  go("caller", function(a, b, t, c, log) if c == n then error("two up", 2) end return a < b end)
  go("metatable", function(a, b, t, c, log) if c == n then setmetatable(t, {__index = error, __newindex = error}) end return a < b end)
  go("recursive", function(a, b, t, c, log) if c < 30 then local u = {4, 2, 5, 1, 3, c % 6} table.sort(u, function(x, y) return x > y end) log[c] = table.concat(u) end return a < b end)
  go("itself", function(a, b, t, c, log) if c == n then table.sort(t, function(x, y) return x > y end) end return a < b end)
  go("protected", function(a, b, t, c, log) log[c] = tostring(pcall(error)) return a < b end)
  go("deep", function(a, b, t, c, log) local function down(k) if k == 0 then return a < b end return (down(k - 1)) end return down(c % 50) end)
end
print(pcall(table.sort, {3, 1, 2, 5, 4, 9}, function(a, b) return a < b end, "more", nil, 1))
do local t = {} for i = 1, 50 do t[i] = "w" .. rnd(30) end table.sort(t, function(a, b) return a < b end) print(table.concat(t, " ")) table.sort(t, function(a, b) return a >= b and a ~= b end) print(table.concat(t, " ")) end
for _, deep in ipairs {10, 60} do local levels = 0 local function nest(k) if k == 0 then return true end local t = {3, 1, 2, 5, 4, 6, 8, 7} local ok = pcall(table.sort, t, function(a, b) if k > 0 then local j = k k = 0 nest(j - 1) end return a < b end) levels = levels + 1 return ok and t[1] == 1 end print(deep, nest(deep), levels) end
