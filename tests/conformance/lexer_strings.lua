-- String literals: every escape, line joining, long brackets, embedded zeros.
local function bytes(s)
  local t = {}
  for i = 1, #s do t[i] = string.byte(s, i) end
  return #s .. ":" .. table.concat(t, " ")
end
print(bytes("\a\b\f\n\r\t\v\\\"\'"))
print(bytes("\0"), bytes("\00"), bytes("\000"), bytes("\0001"))
print(bytes("\1\12\123\255"), bytes("\1234"), bytes("\09"))
print(bytes('\z\q\-\ \x41'))        -- unknown escapes: the character itself in 5.1
print(bytes("a\
b"))
print(bytes('it\'s'), bytes("say \"x\""), bytes('"'), bytes("'"))
print(bytes("a\0b\0"), #"a\0b\0", "a\0b" == "a\0c", "a\0b" == "a\0b")
print("a\0b" < "a\0c", "a\0" < "a", "a" < "a\0", "\0" < "\1")
-- long strings
print(bytes([[]]), bytes([[x]]), bytes([==[]==]), bytes([=[]]]=]))
print(bytes([[
first newline dropped]]))
print(bytes([[

second kept]]))
print(bytes([[\n\065]]))
print(bytes([==[ ]] ]=] ]===] ]==]))
print(bytes([=[[[nested]]]=]))
print(bytes([[a]b]]), bytes([[a]=]b]]), bytes([[a[b]]))
-- CR, LF, CRLF, LFCR in source through loadstring
for _, nl in ipairs { "\n", "\r", "\r\n", "\n\r" } do
  print(bytes(nl))
  print(bytes(assert(loadstring("return [[" .. nl .. "a" .. nl .. "b" .. nl .. nl .. "c]]"))()))
  print(bytes(assert(loadstring("return 'a\\" .. nl .. "b'"))()))
  print(select(2, loadstring("local x" .. nl .. "local y" .. nl .. nl .. "= = 1", "=nl")))
  print(select(2, loadstring("--[[" .. nl .. nl .. "]] = 1", "=cm")))
  print(select(2, loadstring("-- c" .. nl .. "= 1", "=lc")))
end
print(bytes(assert(loadstring("return [[\r\r\n\n\r\n]]"))()))
-- escapes that fail
for _, s in ipairs {
  [["\256"]], [["\300"]], [["\999"]], [["abc]], [['abc]], "\"abc\ndef\"", "'abc\rdef'", [["\]], "\"\\",
  "[[abc", "[==[abc]=]", "[=abc", "[==", "[=", "[==x[", [["a'"']], "--[[ unfinished", "--[==[ ]]", "--[=[",
  "[[ [[ ]] ]]",
} do
  print(select(2, loadstring("return " .. s, "=s")))
end
-- long brackets of high levels
for level = 0, 12 do
  local eq = string.rep("=", level)
  local s = assert(loadstring("return [" .. eq .. "[ ]" .. string.rep("=", level + 1) .. "] ]" .. eq .. "]"))()
  print(level, bytes(s))
end
-- comments
--[[ block
comment ]] print "after block comment"
--[==[ ]] ]=]
]==] print "after level 2"
--[ not a block comment
print "line" -- trailing
--[=x not a block
--[==
print "after odd comments" --[[inline]] print "same line"
---[[ disabled block
print "enabled"
--]]
print(#"--", "--[[", '--]]')
print(bytes "juxtaposed", bytes [[long]], bytes 'single', #{ "a", 'b', [[c]] })
-- all byte values inside a quoted literal and a long one
do
  local t, u = {}, {}
  for i = 0, 255 do
    if i ~= 10 and i ~= 13 and i ~= 34 and i ~= 92 then t[#t + 1] = string.char(i) end
    if i ~= 13 and i ~= 93 then u[#u + 1] = string.char(i) end
  end
  local s, l = table.concat(t), table.concat(u)
  print(assert(loadstring('return "' .. s .. '"'))() == s)
  print(assert(loadstring('return [[' .. l .. ']]'))() == l)
  local e = {}
  for i = 0, 255 do e[#e + 1] = string.format("\\%03d", i) end
  local all = assert(loadstring('return "' .. table.concat(e) .. '"'))()
  print(#all, all:byte(1), all:byte(256), all:byte(11))
end
