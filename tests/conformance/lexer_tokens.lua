-- Tokens: identifiers, keywords, whitespace, and unexpected characters.
local _, _x, x1, X1, aBc, __index, _1 = 1, 2, 3, 4, 5, 6, 7
print(_, _x, x1, X1, aBc, __index, _1)
local goto, continue, self, global, switch, integer = "goto", "continue", "self", "global", "switch", "integer"
print(goto, continue, self, global, switch, integer)
local andx, orx, notx, endx, doo, iff, nill, truex, inn = 1, 2, 3, 4, 5, 6, 7, 8, 9
print(andx + orx + notx + endx + doo + iff + nill + truex + inn)
local keywords = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local",
  "nil", "not", "or", "repeat", "return", "then", "true", "until", "while" }
for _, k in ipairs(keywords) do
  print(k, (loadstring("local " .. k .. " = 1", "=kw")), select(2, loadstring("local " .. k .. " = 1", "=kw")))
  print(k, select(2, loadstring("local t = {} t." .. k .. " = 1", "=field")))
  print(k, loadstring("local t = {['" .. k .. "'] = 1} return t['" .. k .. "']")())
end
-- case matters
print(loadstring("local And, END, Nil, TRUE = 1, 2, 3, 4 return And + END + Nil + TRUE")())
-- long identifiers
local long = string.rep("identifier_", 300)
print(loadstring("local " .. long .. " = 42 return " .. long)())
_G[long] = "global value"
print(loadstring("return " .. long)())
_G[long] = nil
-- whitespace of every kind
print(loadstring("return\t1\v+\f2\r\n+ 3")())
if loadstring("")() == nil then print("empty chunk returns nothing") end
print(select("#", loadstring("")()), select("#", loadstring(";")and 1 or 2))
print(select("#", loadstring("-- only a comment")()), select("#", loadstring("--")()), select("#", loadstring("--[[]]")()))
-- unexpected characters
for _, c in ipairs { "@", "!", "$", "`", "?", "&", "|", "\\", "~", "\1", "\127", "\200", "\255", "#", "^", "%", "*", "/", ":", "::" } do
  local f, e = loadstring("x = 1 " .. c .. " y", "=c")
  print((string.gsub(tostring(f and "ok" or e), "[%c\128-\255]", function(ch) return "<" .. ch:byte() .. ">" end)))
end
print(select(2, loadstring("a ~ b", "=c")), select(2, loadstring("a = b ! c", "=c")), select(2, loadstring("a =! c", "=c")))
print(select(2, loadstring("a = 1 -- comment\n@", "=c")))
-- maximal munch
local t = { 1, 2, 3 }
print(#t..#t, 1 ..1, 2- -2, 2--[[x]]-1)
print(t[1]==1, t[1]~=1, t[ [[k]] ], t[#t])
print(loadstring("local a<const> = 1"), (select(2, loadstring("::label::", "=g"))), (select(2, loadstring("goto done", "=g"))))
-- a first line starting with '#' is only skipped in files
print(select(2, loadstring("#!shebang\nreturn 1", "=h")))
-- semicolons
do local a = 1; local b = 2; print(a, b); end;
print(select(2, loadstring(";;", "=semi")), select(2, loadstring("a=1;;b=2", "=semi")), select(2, loadstring("; a=1", "=semi")))
print(loadstring("return 1;")(), select(2, loadstring("return 1; return 2", "=r")), select(2, loadstring("do return 1 end return 2", "=r")))
