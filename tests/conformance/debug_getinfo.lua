-- debug.getinfo: every option, functions, levels, threads, tail calls, names, errors.
local function show(tag, info)
    if type(info) ~= "table" then print(tag, info) return end
    local keys = {}
    for k in pairs(info) do keys[#keys + 1] = k end
    table.sort(keys)
    local out = {}
    for _, k in ipairs(keys) do
        local v = info[k]
        if k == "activelines" then
            local lines = {}
            for l, on in pairs(v) do lines[#lines + 1] = l assert(on == true) end
            table.sort(lines)
            v = "{" .. table.concat(lines, ",") .. "}"
        elseif type(v) == "function" then
            v = "function"
        end
        out[#out + 1] = k .. "=" .. tostring(v)
    end
    print(tag, table.concat(out, " "))
end

local up1, up2 = 1, 2
local function lua(a, b, ...)
    local c = up1 + up2

    if a then
        return c, b
    end
    for i = 1, 2 do
        c = c + i
    end
    up1 = c
    return c
end
local options = { "S", "l", "u", "n", "L", "f", "", "nSlufL", "fff", "Sx", "r", ">S", ">", "S\0x" }
for _, o in ipairs(options) do
    show("lua " .. o:gsub("%z", "0"), select(2, pcall(debug.getinfo, lua, o)))
    show("C " .. o:gsub("%z", "0"), select(2, pcall(debug.getinfo, print, o)))
end
show("default", debug.getinfo(lua))
show("default C", debug.getinfo(string.rep))
show("chunk", debug.getinfo(assert(loadstring("local a\nreturn a\n\n", "=chunk")), "SlunLf"))
show("empty chunk", debug.getinfo(assert(loadstring("")), "SlunL"))
show("file chunk", debug.getinfo(assert(loadstring("\n\nreturn 1", "@dir/file.lua")), "SlunL"))
show("long source", debug.getinfo(assert(loadstring(("x = 1; "):rep(30))), "S"))
show("lines", debug.getinfo(assert(loadstring("x = 1\ny = 2")), "S"))
show("long name", debug.getinfo(assert(loadstring("", "@" .. ("abc/"):rep(40))), "S"))
show("nul", debug.getinfo(assert(loadstring("", "=ab\0cd")), "S"))

-- active lines of statements of all kinds
show("active", debug.getinfo(assert(loadstring [[
local function f(x)
  while x do
    if x > 1
    then
      break
    else
      x = {
        1,
        a = 2,
      }
    end
  end

  for k, v in
    pairs(x)
  do
    print(k,
      v)
  end
  repeat local y = 1
  until y
  local s = "a" ..
    "b" .. x
  return function()

    return x
  end
end
return f
]])(), "LS"))

-- levels
local function level(n, o)
    local info = debug.getinfo(n + 1, o)
    return info
end
for n = -2, 8 do show("level " .. n, level(n, "nSlu")) end
for _, n in ipairs { "1", "0x1", 1.9, -0.5, 1e300, -1e300, "100" } do
    local ok, info = pcall(debug.getinfo, n, "S")
    print("number", ok, type(info), info and info.what)
end
print(pcall(debug.getinfo)) print(pcall(debug.getinfo, nil)) print(pcall(debug.getinfo, {})) print(pcall(debug.getinfo, "x"))
print(pcall(debug.getinfo, 1, {})) print(pcall(debug.getinfo, 1, "X")) print((pcall(debug.getinfo, -1, "X")))
print(pcall(debug.getinfo, coroutine.create(lua))) print(pcall(debug.getinfo, coroutine.create(lua), 0, "X"))
show("numbers as options", select(2, pcall(debug.getinfo, lua, 5)))

-- names
function globalf() return (debug.getinfo(1, "n")) end
local t = { field = globalf, sub = { deep = globalf } }
function t:method() local i = debug.getinfo(1, "n") return i end
local localf = globalf
local upf = function() local i = debug.getinfo(1, "n") return i end
local function callup() local i = upf() return i end
local i = globalf() show("global", i) i = t.field() show("field", i) i = t.sub.deep() show("deep", i)
i = t:method() show("method", i) i = localf() show("local", i) i = callup() show("upvalue", i)
i = (function() local i = debug.getinfo(1, "n") return i end)() show("anonymous", i)
i = t["field"]() show("string key", i) t[1] = globalf i = t[1]() show("number key", i)
for i in function(_, c) if not c then local i = debug.getinfo(1, "n") return i end end do show("iterator", i) end
pcall(function() show("pcall", debug.getinfo(1, "nS")) show("its caller", debug.getinfo(2, "nS")) end)
local mt = setmetatable({}, {
    __index = function() show("__index", debug.getinfo(1, "n")) show("below", debug.getinfo(2, "nl")) end,
    __add = function() show("__add", debug.getinfo(1, "n")) end,
    __lt = function() show("__lt", debug.getinfo(1, "n")) end,
    __concat = function() show("__concat", debug.getinfo(1, "n")) end,
    __call = function() show("__call", debug.getinfo(1, "n")) end,
    __newindex = function() show("__newindex", debug.getinfo(1, "n")) end,
})
i = mt.x i = mt + 1 i = mt < mt i = mt .. "" mt() mt.y = 1
table.sort({ 1, 2 }, function(a, b) show("sort", debug.getinfo(1, "n")) show("sort below", debug.getinfo(2, "nS")) return a < b end)

-- tail calls
local function probe(n) show("tail " .. n, debug.getinfo(n + 2, n == 5 and "nSlu" or "nSluf")) end
local function last() for n = -1, 6 do probe(n) end end
local function middle() return last() end
local function first() return middle() end
local function top() first() end
top()
print(next(debug.getinfo(2, "L")))

-- the function itself
local function self() return debug.getinfo(1, "f").func end
print((self()) == self, debug.getinfo(self, "f").func == self, debug.getinfo(print).func == print)
local function caller() local f = debug.getinfo(2, "f").func return f end
local function known() local f = caller() return f end
print(known() == known)

-- threads
local co = coroutine.create(function(a)
    local function inner()
        coroutine.yield(1)
        error "x"
    end
    inner()
end)
show("new 0", debug.getinfo(co, 0)) show("new -1", debug.getinfo(co, -1, "S"))
coroutine.resume(co)
for n = -1, 4 do show("suspended " .. n, debug.getinfo(co, n, "nSlu")) end
show("function", debug.getinfo(co, lua, "S"))
coroutine.resume(co)
for n = 0, 4 do show("dead " .. n, debug.getinfo(co, n, "nSlu")) end
co = coroutine.create(function() return 1 end) coroutine.resume(co)
show("finished", debug.getinfo(co, 0))
local outer
outer = coroutine.create(function()
    coroutine.wrap(function()
        for n = 0, 3 do show("normal " .. n, debug.getinfo(outer, n, "nSl")) end
        for n = 0, 4 do show("inner " .. n, debug.getinfo(n, "nSl")) end
    end)()
end)
coroutine.resume(outer)
coroutine.wrap(function() show("own", debug.getinfo(coroutine.running(), 1, "nSl")) end)()
