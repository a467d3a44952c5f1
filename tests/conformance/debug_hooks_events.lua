-- Call, return, tail return, line and count events: their order, and what getinfo says inside of the hook.
local function trace(name, mask, count, f, ...)
  local n = 0
  print(name)
  debug.sethook(function(event, line)
    n = n + 1
    if n > 200 then return end
    local i = debug.getinfo(2, "nSl")
    io.write("  ", event, " ", tostring(line), " ", tostring(i.name), " ", i.namewhat, " ", i.what, " ",
             i.currentline, "\n")
  end, mask, count)
  local ok, e = pcall(f, ...)
  debug.sethook()
  print("  end", ok, e, mask:find("l") and n or "")
end
local function g(a, ...) local x = a; return x end
local function tail(n) if n == 0 then return 1 end return tail(n - 1) end
local object = setmetatable({}, { __index = function(t, k) return k end, __add = function() return 1 end,
  __lt = function() return true end, __concat = function() return "c" end, __call = function(self, a) return a end,
  __newindex = rawset, __eq = rawequal, __unm = math.sin and function() return 0 end })
trace("calls", "crl", 0, function() g(1) g(2, 3) return g(4) end)
trace("tail calls", "crl", 0, function() return tail(3) end)
trace("tail call of C", "crl", 0, function() return math.sin(3) end)
trace("tail call of a table", "crl", 0, function() return object(3) end)
trace("tail returns only", "r", 0, function() return tail(2) end)
trace("calls only", "c", 0, function() return tail(2) end)
trace("pcall", "cr", 0, function() return pcall(error, "x") end)
trace("pcall that returns", "cr", 0, function() return pcall(math.max, 1, 2) end)
trace("metamethods", "cr", 0, function()
  local a = object.x
  a = object + 1
  a = object < object
  if object < object then a = object.y end
  a = object .. "x" .. "y"
  object.z = 1
  a = -object
  a = object(1)
end)
trace("sort", "crl", 0, function() table.sort({ 3, 1, 2 }, function(a, b) return a < b end) end)
trace("iterators", "crl", 0, function()
  for k, v in pairs { 1, 2 } do
    local x = k
  end
  for k in ipairs { 1 } do end
  for c in string.gmatch("a b", "%a") do local d = c end
end)
trace("coroutine without a hook", "crl", 0, function()
  local co = coroutine.wrap(function(a) local b = coroutine.yield(a) return b end)
  co(1)
  co(2)
end)
trace("error", "crl", 0, function() error("boom") end)
trace("error in C", "crl", 0, function() string.rep() end)
trace("xpcall", "crl", 0, function() xpcall(function() error("boom") end, function(m) return m end) end)
trace("xpcall that returns", "cr", 0, function() return xpcall(function() return 1 end, print) end)
trace("gsub", "cr", 0, function() string.gsub("ab", "%w", function(c) return c end) end)
trace("load", "cr", 0, function() assert(loadstring("return 1"))() end)
trace("print", "cr", 0, function() print(1, nil, "x") print() end)
trace("require", "cr", 0, function() return unpack({ 1, 2 }) end)
trace("dead coroutine", "cr", 0, function() local co = coroutine.create(function() error("x") end) coroutine.resume(co)
  coroutine.resume(co) end)

-- the mask and the count
local function named() end
for _, a in ipairs { { named, "crl" }, { named, "lc", 7 }, { named, "", 5 }, { named, "" }, { named, "xyz" }, { named, "r", -3 },
                     { nil, "crl", 3 }, { named, "l\0c" }, {} } do
  debug.sethook(a[1], a[2], a[3])
  local f, mask, count = debug.gethook()
  debug.sethook()
  print(f == named, mask, count)
end
print(pcall(debug.sethook, named))
print(pcall(debug.sethook, 1, "c"))
print(pcall(debug.sethook, named, "c", "x"))
print(pcall(debug.sethook, named, 5), debug.gethook() == named, debug.sethook())

-- counts
for _, period in ipairs { 1, 2, 10, 100, 1000 } do
  local n = 0
  debug.sethook(function(event, line) n = n + 1 end, "", period)  -- whose own four instructions count as well
  for i = 1, 1000 do end
  debug.sethook()
  print(period, n, math.floor(n / 6))
end
local n = 0
print(pcall(function()
  debug.sethook(function() n = n + 1 if n == 10 then error("too long", 0) end end, "", 100)
  while true do end
end))
debug.sethook()
print(n)

-- no events inside of a hook; the hook may be changed there
local log = {}
debug.sethook(function(event)
  log[#log + 1] = event
  g(g(1))
  debug.sethook(function(e, l) log[#log + 1] = e .. " " .. debug.getinfo(2, "n").name debug.sethook() g(1) end, "r")
end, "c")
g(1)
g(2)
print(table.concat(log, ","), debug.gethook())

-- arguments and locals in a call event
debug.sethook(function()
  local info = debug.getinfo(2, "f")
  if info.func ~= g then return end
  print(debug.getlocal(2, 1))
  print((debug.getlocal(2, 2)))
  print(debug.setlocal(2, 1, "changed"))
end, "c")
local r = g("first", "vararg")
debug.sethook()
print(r)
local function captured(a, b) local f = function() a = b end f() return a end
debug.sethook(function()
  if debug.getinfo(2, "f").func == captured then print(debug.getlocal(2, 1)) print(debug.getlocal(2, 2)) end
end, "c")
captured(5, 6)
debug.sethook()

-- results survive a return hook
local function many(...) return ... end
debug.sethook(function() local a, b, c = 1, 2, 3 collectgarbage() return a, b, c end, "cr")
local t = { many(1, many(2, 3), many()), many(many(4, 5)), (many(6)), string.byte("abc", 1, 3) }
local joined = many(1, 2, 3, string.byte("x")) + select(2, 3, 4)
debug.sethook()
print(unpack(t))
print(joined)

-- errors in hooks
print(pcall(function() debug.sethook(function(_, line) debug.sethook() error("in hook") end, "l")
  local x = 1
end))
print(select("#", pcall(function() debug.sethook(function(e) debug.sethook() error({ e }) end, "r") end)))
print(xpcall(function() debug.sethook(function() local x = nil + 1 end, "c") g(1) end,
  function(m) debug.sethook() return m .. "!" end))
local events = {}
debug.sethook(function(e) events[#events + 1] = e if #events == 2 then error("second", 0) end end, "c")
local ok, e = pcall(g, 1)
local ok2 = g(5)
debug.sethook()
print(ok, e, ok2, table.concat(events, " "))

-- threads: each has its own hook
local lines = {}
local co = coroutine.create(function(a)
  local b = a + 1
  local c = coroutine.yield(b)
  g(c)
  return c
end)
local start = debug.getinfo(1, "l").currentline
debug.sethook(co, function(e, l) lines[#lines + 1] = e .. (l and l - start or "") end, "crl")
print(debug.gethook(), select(2, debug.gethook(co)))
print(coroutine.resume(co, 1))
debug.sethook(function() end, "l", 3)
print(select(2, debug.gethook()), select(2, debug.gethook(co)))
local child = coroutine.create(function() return debug.gethook() end)
print(coroutine.resume(child))
debug.sethook()
print(coroutine.resume(co, 2))
print(table.concat(lines, " "))
print(debug.gethook(co) ~= nil)

-- a coroutine that sets its own hook
local seen = 0
local own = coroutine.wrap(function()
  debug.sethook(function() seen = seen + 1 end, "c")
  for i = 1, 3 do g(i) coroutine.yield(i) end
  debug.sethook()
  g()
end)
print(own(), own(), own(), own(), seen)

-- no yields across hooks
print(coroutine.resume(coroutine.create(function()
  debug.sethook(function() coroutine.yield(1) end, "l")
  local x = 1
end)))
-- but hooks may run coroutines
debug.sethook(function() debug.sethook() local w = coroutine.wrap(function() coroutine.yield(1) coroutine.yield(2) end)
  print(w(), w()) end, "l")
local z = 1

-- no hooks in finalizers
local calls = 0
local proxy = newproxy(true)
getmetatable(proxy).__gc = function() g(1) end
proxy = nil
debug.sethook(function() local f = debug.getinfo(2, "f").func if f == g then calls = calls + 1 end end, "c")
collectgarbage() collectgarbage()
g(1)
debug.sethook()
print(calls)

-- levels in a hook
debug.sethook(function() debug.sethook() print((debug.traceback("in the hook"):gsub("0x%x+", "ADDRESS"))) end, "l")
local last = 1
