-- Run-time errors: every operation over every kind of operand; messages and tracebacks.
local count = 0
local function show(src, name)
  count = count + 1
  local f, e = loadstring(src, name or "=c")
  if not f then print(count, "C", e) return end
  local env = setmetatable({ print = function(...) return print((tostring((...)):gsub("0x%x+", "PTR"))) end }, {__index = _G})
  setfenv(f, env)
  local ok, m = xpcall(f, function(m) return tostring(m) .. "\n" .. debug.traceback("", 1) end)
  print(count, ok, (tostring(m):gsub("0x%x+", "PTR"):gsub("[^\n]*generated_errors[^\n]*\n?", "")))
end
local setup = "local up, upt, uph = nil, {}, {f={}}\nlocal function inner(...)\nlocal l, lt, s, n = nil, {x={}}, 'str', 12\nlocal va = ...\n"
local finish = "\nend\nlocal r = inner(nil, 1)\nreturn r"
local operands = { "l", "lt", "lt.x", "lt.x.y", "lt.nope", "lt['no pe']", "lt[n]", "lt[l]", "lt[s]", "lt[1]", "up",
    "upt", "upt.q", "upt.q.z", "uph.f", "uph.f.g", "glob", "glob.x", "globt.y",
  "(...)", "va", "(nil)", "(true)", "('abc')", "(12)", "({})", "(function() end)", "print", "math.nope",
    "string.len", "(s)", "(n)", "(l)", "(lt.x)", "(glob)", "l and 1", "(l or lt.y)", "s.x", "s.x.y", "n.x",
    "s:nope()", "lt:m()", "l:m()", "up:m()", "upt:m()", "glob:m()", "lt.x:m()", "('x'):nope()", "print()",
    "(print())", "select(2,1)", "inner2", "lt.x[l]", "-l", "#l", "coroutine.wrap", "l.a.b.c", "lt.a.b.c", "lt[1][2]",
    "_G", "_G.q", "_G.q.r" }
local ops = { "return (%s)()", "return (%s).a", "return (%s)[1]", "(%s).a = 1", "return (%s) + 1", "return 1 + (%s)",
    "return 'a' .. (%s)", "return (%s) .. 'a'", "return 'a' .. (%s) .. 'b'", "return -(%s)", "return #(%s)",
    "return (%s) < 1", "return 1 < (%s)", "return (%s) <= {}", "return {} >= (%s)", "return (%s) < (%s)",
    "for i = (%s), 2 do end", "for i = 1, (%s) do end", "for i = 1, 2, (%s) do end", "for k in (%s) do end",
    "for k, v in next, (%s) do end", "local t = {} t[(%s)] = 1", "return (%s):m(1)", "return (%s) * 'x'",
    "return (%s) %% 0", "return 2 ^ (%s)", "return (%s) / nil", "return setmetatable({}, (%s))", "error(%s)",
    "local a <const> = (%s)", "return math.floor(%s)", "return ('x'):rep(%s)", "return %s.z.z", "%s = 1", "%s.q = 2",
    "return %s{}", "return %s'x'", "return not %s .. 1", "return %s - %s", "%s()", "%s:z()" }
for _, op in ipairs(ops) do for _, o in ipairs(operands) do
  show(setup .. op:gsub("%%%%", "\1"):gsub("%%s", (o:gsub("%%", "%%%%"))):gsub("\1", "%%") .. finish)
end end
print("total", count)
