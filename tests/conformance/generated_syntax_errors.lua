-- Compile errors: tokens deleted, doubled, inserted and replaced in a program; limits; chunk names; long tokens.
local prog = [==[
local a, b = 1, "two"
local function f(x, ...) local t = {x, ..., n = 1, [2] = 3; 'e'} return t, select('#', ...) end
function M.a.b:c(y) self.z = y end
for i = 1, 10, 2 do if a == b then break elseif not c then x = -y ^ 2 else z = #t end end
for k, v in pairs(t) do repeat local q = k .. v until q <= 'x' or q ~= nil end
while true do do local s = [[long]] end goto_ = 5e3 return f{1}, f"s", (a), a.b["c"]:d(1)(2).e end
]==]
local toks = {}
for t in prog:gmatch '%[%[.-%]%]' do end
local i = 1
while i <= #prog do
  local s, e = prog:find("^%s+", i)
  if not s then s, e = prog:find("^%[%[.-%]%]", i) if not s then s, e = prog:find('^"[^"]*"', i) end if not s then
    s, e = prog:find("^'[^']*'", i) end if not s then s, e = prog:find("^[%w_]+", i) end
    if not s then s, e = prog:find("^%.%.%.?", i) end if not s then s, e = prog:find("^[=~<>]=", i) end if not s then
    s, e = i, i end
  end
  toks[#toks + 1] = prog:sub(s, e) i = e + 1
end
local n = 0
local function try(src) n = n + 1 local f, m = loadstring(src, "=s") print(n, f and "ok" or m) end
local ins = { "end", "=", "(", ")", "{", "}", "[", "]", "local", "function", "if", "then", "do", "return", "break",
    ",", ";", "..", "...", "1", "x", "'s'", "+", "not", "~", "@", "\"", "'", "[[", "--[[", "--", "\\", "0x", "1e",
    "3..4", "$", "\0", "\200", ":", "nil", "until", "else", "elseif", "in", "[=", "1x", "'\\300'", "'\n'",
    "\"\\\n\"", "..1", ".5.5", "goto", "::", "//", "~=", "&" }
for k = 1, #toks do
  if not toks[k]:find "^%s" then
    local pre, post = table.concat(toks, "", 1, k - 1), table.concat(toks, "", k + 1)
    try(pre .. post) try(pre) try(pre .. toks[k] .. " " .. toks[k] .. post)
    for _, t in ipairs(ins) do try(pre .. " " .. t .. " " .. post) try(pre .. " " .. t .. " " .. toks[k] .. post) end
  end
end
-- limits
for _, k in ipairs { 199, 200, 201, 202 } do local v = {} for i = 1, k do v[i] = "v" .. i end
  try("local " .. table.concat(v, ",")) try("local " .. table.concat(v, " local "))
    try("function f(" .. table.concat(v, ",") .. ") end") try("for " .. table.concat(v, ",") .. " in x do end")
  try(("("):rep(k) .. "x" .. (")"):rep(k)) try("x=" .. ("("):rep(k) .. "x" .. (")"):rep(k))
    try(("do "):rep(k) .. ("end "):rep(k)) try("x=" .. ("{"):rep(k) .. ("}"):rep(k))
    try(("function f() "):rep(k) .. (" end"):rep(k)) try("x=" .. ("-"):rep(k):gsub("-", "- ") .. "1")
    try("x=" .. ("a.."):rep(k) .. "a") try("x=" .. ("a^"):rep(k) .. "a") try("a.b" .. (".c"):rep(k) .. "=1")
    try(("a,"):rep(k) .. "a=1") try("x=" .. ("not "):rep(k) .. "1") try(("if a then "):rep(k) .. ("end "):rep(k))
    try(("while a do "):rep(k) .. ("end "):rep(k)) try(("repeat "):rep(k) .. ("until a "):rep(k))
    try("f" .. ("("):rep(k) .. (")"):rep(k)) try("f" .. ("{"):rep(k) .. ("}"):rep(k))
    try("return " .. ("a,"):rep(k) .. "a") try("f(" .. ("a,"):rep(k) .. "a)")
    try("x = " .. ("function() return "):rep(k) .. "1" .. (" end"):rep(k))
end
for _, k in ipairs { 59, 60, 61 } do local v, u = {}, {} for i = 1, k do
    v[i] = "local v" .. i u[i] = "v" .. i end try(table.concat(v, " ") .. " function f() return " .. table.concat(u, "+") .. " end") end
for _, k in ipairs { 248, 249, 250, 251, 255, 256, 260 } do try("f(" .. ("a,"):rep(k) .. "a)")
    try("return " .. ("a,"):rep(k) .. "a") try("local t = {" .. ("f(),"):rep(k) .. "f()}")
    try("x=" .. ("a.."):rep(k) .. "a") try("x=a" .. ("..a"):rep(k)) try("x=" .. ("{"):rep(k)) end
-- chunk names
for _, nm in ipairs { "=x", "=" .. ("n"):rep(100), "@f.lua", "@" .. ("p/"):rep(60) .. "f.lua", "plain", "two\nlines",
    ("l"):rep(100), "\nstart", "=", "@", "", "a\0b", "=a\0b",
    ("x"):rep(43), ("x"):rep(44), ("x"):rep(45), ("x"):rep(46), ("y"):rep(40) .. "\nz",
    "@" .. ("q"):rep(58), "@" .. ("q"):rep(59), "@" .. ("q"):rep(60), "=" .. ("q"):rep(58), "=" .. ("q"):rep(59), "=" .. ("q"):rep(60) } do print(loadstring("x = = 1", nm)) print(pcall(loadstring("error('e')", nm))) end
-- long tokens
for _, k in ipairs { 10, 79, 80, 81, 100, 500, 1000 } do try("x = = " .. ("n"):rep(k))
    try("x = '" .. ("n"):rep(k)) try("x y '" .. ("n"):rep(k) .. "'") try("x y [[" .. ("n"):rep(k) .. "]]")
    try("x = [[" .. ("n"):rep(k)) try("x = " .. ("9"):rep(k) .. "x") end
print(n)
