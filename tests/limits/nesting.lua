-- Deeply nested source: 10,000 levels and more give a result or a Lua error.
local function either(what, src, expected)
  local f, e = loadstring(src, "=nest")
  if not f then
    assert(type(e) == "string" and (e:find("too many syntax levels", 1, true) or e:find("too complex", 1, true) or e:find("overflow", 1, true) or e:find("expected", 1, true) or e:find("unexpected symbol", 1, true) or e:find("unfinished", 1, true) or e:find("more than", 1, true) or e:find("too long", 1, true) or e:find("deprecated", 1, true)), what .. ": " .. tostring(e))
    return
  end
  local ok, r = pcall(f)
  if ok then assert(expected == nil or r == expected, what .. " gives " .. tostring(r)) else assert(type(r) == "string", what) end
end
local forms = {
  { "parentheses", "return ", "(", "1", ")", "", 1 },
  { "tables", "return type(", "{", "", "}", ")", "table" },
  { "keyed tables", "return type(", "{a=", "1", "}", ")" },
  { "index tables", "return type(", "{[1]=", "1", "}", ")" },
  { "functions", "return type(", "function() return ", "1", " end", ")", "function" },
  { "function statements", "", "function f() ", "", " end ", "f = nil return 1", 1 },
  { "local functions", "", "local function f() ", "", " end ", "return 1", 1 },
  { "do blocks", "", "do ", "", " end ", "return 1", 1 },
  { "do blocks with locals", "", "do local a ", "", " end ", "return 1" },
  { "while blocks", "", "while false do ", "", " end ", "return 1", 1 },
  { "repeat blocks", "", "repeat ", "", " until true ", "return 1", 1 },
  { "if blocks", "", "if true then ", "", " end ", "return 1", 1 },
  { "else blocks", "", "if false then else ", "", " end ", "return 1", 1 },
  { "numeric for", "", "for i = 1, 1 do ", "", " end ", "return 1" },
  { "generic for", "", "for k in next, {1} do ", "", " end ", "return 1" },
  { "calls", "local function f(x) return x end return ", "f(", "1", ")", "", 1 },
  { "method calls", "local o = {} function o:m(x) return x end return ", "o:m(", "1", ")", "", 1 },
  { "call braces", "local function f(x) return x end return ", "f{", "", "}", "" },
  { "indexes", "local t = {1} return ", "t[", "1", "]", "", 1 },
  { "unary minus", "return ", "- ", "1", "", "" },
  { "not", "return ", "not ", "true", "", "" },
  { "length", "return ", "#", "''", "", "" },
  { "power", "return ", "1^", "1", "", "", 1 },
  { "concat", "return #(", "'a'..", "'b'", "", ")" },
  { "mixed", "return ", "(-{f(not #(", "1", "))}[1])", "" },
  { "right operand", "return ", "1+(", "1", ")", "" },
  { "and or", "return ", "(true and ", "1", " or 2)", "", 1 },
  { "comments do not nest", "", "--[[", "", "]]", " return 1" },
  { "anonymous calls", "return ", "(function() return ", "1", " end)()", "", 1 },
}
for _, f in ipairs(forms) do
  for _, n in ipairs { 10, 150, 190, 200, 250, 1000, 10000, 100000 } do
    either(f[1] .. " " .. n, f[2] .. f[3]:rep(n) .. f[4] .. f[5]:rep(n) .. f[6], n % 2 == 0 and f[7] or nil)
    -- unfinished
    if n >= 10000 then either(f[1] .. " unfinished " .. n, f[2] .. f[3]:rep(n)) either(f[1] .. " half finished " .. n, f[2] .. f[3]:rep(n) .. f[4] .. f[5]:rep(n / 2)) end
  end
end
for _, open in ipairs { "(", "{", "[", "{{", "({", "f(", "do ", "function() ", "if x then ", "not ", "a.", "a:", "x = ", "[[", "\"", "-", "#", "..", "local ", "return ", "return (", "end ", ")" } do either("only " .. open, open:rep(1000000)) end
-- deep nesting inside a coroutine and inside deep recursion, where less stack may be left
assert(coroutine.wrap(function() either("in a coroutine", "return " .. ("("):rep(10000) .. "1" .. (")"):rep(10000), 1) return true end)(), "in a coroutine")
local function deep(n) if n == 0 then either("in recursion", "return " .. ("{"):rep(10000) .. ("}"):rep(10000)) return true end return (deep(n - 1)) end assert(deep(10000), "in recursion")
-- the same through load with small pieces
local n = 0 local f, e = load(function() n = n + 1 if n == 1 then return "return " elseif n <= 10000 then return "(" elseif n == 10001 then return "1" elseif n <= 20000 then return ")" end end, "=load") assert(f or type(e) == "string", "load of nested parentheses")
print "ok"
