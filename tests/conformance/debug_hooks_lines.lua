-- Line events: the lines of many shapes of programs, one after the other.
local function trace(name, source, ...)
  local f = assert(loadstring(source, "=p"))
  local lines = {}
  debug.sethook(function(event, line)
    local info = debug.getinfo(2, "Sl")
    if info.source == "=p" then
      assert(event == "line" and info.currentline == line)
      lines[#lines + 1] = line
    end
  end, "l")
  local ok, e = pcall(f, ...)
  debug.sethook()
  print(name, ok, ok and "" or e, table.concat(lines, " "))
end
local function active(name, source)
  local f = assert(loadstring(source, "=p"))
  local lines = {}
  for line in pairs(debug.getinfo(f, "L").activelines) do lines[#lines + 1] = line end
  table.sort(lines)
  print(name, table.concat(lines, " "))
end
local shapes = {
  { "empty", "" },
  { "newlines", "\n\n\n" },
  { "only local", "local a" },
  { "locals", "local a\nlocal b, c\nlocal d = 1\nlocal e\nlocal f\nreturn d" },
  { "captured locals", "local a\nlocal b\nlocal c = 2\nlocal function f() a = b b = c c = a end\nf()\nlocal d\nlocal e\nfunction g() d, e = e, d end\ng()\ng = nil" },
  { "nil later", "local a = 1\nlocal b\nlocal c\na = nil\nb = nil\nreturn a" },
  { "if", "local x = ...\nif x then\n  x = 1\nelse\n  x = 2\nend\nx = 3" },
  { "if multi-line", "local x = ...\nif\n  x\n  and\n  not y\nthen\n  x = 1\nend\nx = 3" },
  { "elseif", "local x = 3\nif x == 1 then\n  x = 1\nelseif x == 2 then\n  x = 2\nelseif x == 3 then\n  x = 5\nelse\n  x = 4\nend\nx = 3" },
  { "nested if", "local x = 3\nif x then\n  if y then\n    x = 1\n  else\n    if x then\n      x = 2\n    end\n  end\nend" },
  { "while", "local i = 0\nwhile i < 3 do\n  i = i + 1\nend\nreturn i" },
  { "while one line", "local i = 0\nwhile i < 3 do i = i + 1 end\nreturn i" },
  { "while if", "local i = 0\nwhile i < 3 do\n  i = i + 1\n  if i == 2 then\n    i = 2\n  end\nend\nreturn i" },
  { "while break", "local i = 0\nwhile true do\n  i = i + 1\n  if i > 2 then\n    break\n  end\nend" },
  { "while captured", "local i = 0\nwhile i < 2 do\n  local j = i\n  local f = function() j = j + 1 return j end\n  i = f()\nend" },
  { "repeat", "local i = 0\nrepeat\n  i = i + 1\nuntil i == 3\nreturn i" },
  { "repeat multi", "local i = 0\nrepeat\n  local k = i\n  i = i + 1\nuntil k == 3\n  or i ==\n  2\nreturn i" },
  { "repeat one", "local i = 0 repeat i = i + 1 until i == 3" },
  { "repeat true", "repeat\n  local x = 1\nuntil true" },
  { "for", "for i = 1, 3 do\n  local a = i\nend\nlocal b" },
  { "for one line", "for i = 1, 4 do local a = i end" },
  { "for empty", "for i = 1, 4 do end\nfor i = 1, 0 do end\nfor i = 4, 1 do\n  error()\nend\nreturn" },
  { "for multi", "for i =\n1,\n3,\n2\ndo\n  local a = i\nend\n" },
  { "for strings", "for i = '1', '2', '1' do\n  local a = i\nend\n" },
  { "for float", "for i = 0.5, 2, 0.5 do\n  local a = i\nend\nfor i = 3, 1, -1 do\n  local a\nend" },
  { "for break", "for i = 1, 9 do\n  if i == 2 then break end\n  local a = i\nend\nlocal z = 1" },
  { "for captured", "local t = {}\nfor i = 1, 3 do\n  t[i] = function() i = i + 1 return i end\n  t[i]()\nend" },
  { "for nested", "for i = 1, 2 do\n  for j = 1, 2 do\n    local a = i * j\n  end\nend" },
  { "for in", "for k, v in pairs { 10, 20 } do\n  local a = k + v\nend\nlocal b = 1" },
  { "for in one line", "for k, v in ipairs { 10, 20 } do local a = k + v end" },
  { "for in multi", "for k,\n  v\nin\n  ipairs\n{\n  10,\n  20\n}\ndo\n  local a = k + v\nend" },
  { "for in Lua", "local function it(s, c)\n  if c < s then\n    return c + 1\n  end\nend\nfor c in it, 2, 0 do\n  local x = c\nend" },
  { "for in none", "for k in pairs {} do\n  error()\nend" },
  { "call", "local function f(...)\n  return ...\nend\nf(\n  1,\n  2\n)\nf(3\n)" },
  { "call nested", "local function f(...)\n  return ...\nend\nlocal x = f(\n  f(1),\n  f(\n    2\n  )\n) + f(3)" },
  { "method", "local o = { v = 1 }\nfunction o:get(x)\n  return self.v + x\nend\nreturn o\n  :get(\n  2\n  )" },
  { "tail call", "local function g(x)\n  return x\nend\nlocal function f(x)\n  return g(\n    x\n  )\nend\nf(1)\nlocal y = 1" },
  { "tail call of C", "local function f(x)\n  return tostring(\n    x\n  )\nend\nf(1)\nlocal y = 1" },
  { "closures", "local function a()\n  return 1\nend\nlocal b = function()\n  return a()\nend\nfunction c()\n  return b()\nend\nc() c = nil" },
  { "closure in a cell", "local f\nfunction f()\n  return 1\nend\nlocal g\nfunction g(n)\n  if n > 0 then\n    return g(n - 1)\n  end\n  return f\nend\ng(1)\nf = 1" },
  { "recursive local", "local function f(n)\n  if n == 0 then return 0 end\n  return 1 + f(n - 1)\nend\nf(2)\nf = nil" },
  { "table", "local t = {\n  1,\n  2,\n  x = 3,\n  [4]\n   = 5,\n  f = function()\n    return 1\n  end,\n  (function() return 7 end)()\n}\nreturn t" },
  { "table keys", "local t = {}\nt[\nnil or 1\n]\n=\n1\nt[\ntrue\n]\n=\n2\nt['a']\n.b = nil" },
  { "expressions", "local a, b = 1, 2\nlocal c = a\n  + b\n  * a\n  - (b\n  / a)\nlocal d = a <\n  b\nlocal e = not\n  a" },
  { "and or", "local a, b = 1, nil\nlocal c = a\n  and b\n  or a\n  or b\nlocal d = b\n  and a\nlocal e = a\n  or b\nreturn c" },
  { "and or captured", "local a, b = 1, nil\nlocal c = a\n  or b\nlocal d = b\n  and a\nlocal function f() c, d = d, c end\nf()" },
  { "comparison values", "local a, b = 1, 2\nlocal c = a < b\n  and a\n  == b\nlocal d = (a\n  > b) == (a\n  < b)" },
  { "concat", "local a = 'x'\nlocal b = a\n  .. a\n  .. 'y'\n  .. 1" },
  { "multiple assignment", "local a, b, c\na,\nb,\nc\n=\n1,\n2,\n3\na, b = b, a" },
  { "swap cells", "local a, b = 1, 2\nlocal function f() a, b = b, a end\nf()\na,\nb =\nb,\na\na = a\nb = b" },
  { "varargs", "local function f(...)\n  local a, b = ...\n  local t = { ... }\n  return select('#',\n    ...)\nend\nf(1, 2)" },
  { "old arg", "local function f(...)\n  return arg.n\nend\nf(1, 2)" },
  { "captured parameter", "local function f(a, b)\n  local g = function()\n    a = b\n  end\n  g()\n  return a\nend\nf(1, 2)" },
  { "do", "do\n  local a = 1\nend\ndo\n  return\nend" },
  { "return values", "local function f()\n  return 1,\n    2,\n    3\nend\nf()\nreturn\nf()\n,\n2" },
  { "metamethods", "local t = setmetatable({}, {\n  __index = function(_, k)\n    return k\n  end,\n  __lt = function()\n    return true\n  end,\n  __add = function()\n    return 1\n  end,\n  __concat = function() return 'c' end,\n  __newindex = function()\n  end\n})\nlocal a = t.x\nif t < t then\n  a = t +\n    1\nend\nlocal z = 'a'\n  .. t\n  .. 'b'\nt.y = 1\nwhile not (t < t) do\n  a = 1\nend\na = 2" },
  { "pcall", "pcall(function()\n  local x = nil\n  x()\n  x = 1\nend)\nlocal y = 1" },
  { "error", "local x\nx = 1\nerror(\n'boom')\nx = 2" },
  { "goto less break", "for i = 1, 2 do\n  while true do\n    if i then\n      break\n    end\n  end\nend" },
  { "long string", "local a = [[\n\n\n]] .. 'x\\\ny'\nlocal b = a" },
  { "comments", "-- one\nlocal a = 1 -- two\n--[[ three\n]] local b = 2\n\n\nreturn a" },
  { "semicolons", "local a = 1; local b = 2;\na = 3;\nb = 4; a = b" },
  { "while in a function", "local function f(n)\n  while n > 0 do\n    n = n - 1\n  end\n  return n\nend\nf(2)" },
  { "function at a loop", "local function f(n)\n  repeat\n    local a\n    n = n - 1\n  until n == 0\nend\nf(2)" },
}
for _, shape in ipairs(shapes) do
  trace(shape[1], shape[2], 1)
  -- Not of this one: PUC lists upvalues in pseudo-instructions, which have lines but are never run.
  if shape[1] ~= "closure in a cell" then active(shape[1], shape[2]) end
end
-- a hook that is set in the middle of a line sees the next one
local seen = {}
local function note(_, line) seen[#seen + 1] = line end
local here = debug.getinfo(1, "l").currentline
debug.sethook(note, "l") local a = 1
local b = 2
do local c = a + b end debug.sethook() local d = 3
for i = 1, #seen do seen[i] = seen[i] - here end
print(table.concat(seen, " "))
