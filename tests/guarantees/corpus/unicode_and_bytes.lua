-- All byte values through strings, patterns, tables and output.
local all = {}
for i = 0, 255 do all[#all + 1] = string.char(i) end
local s = table.concat(all)
print(#s, s:byte(1), s:byte(256), s:find("\200", 1, true), #s:gsub("%z", "00"))
local classes = {}
for _, c in ipairs({"a", "d", "l", "s", "u", "w", "x", "p", "c"}) do classes[#classes + 1] = c .. select(2, s:gsub("%" .. c, "")) end
print(table.concat(classes, " "))
print(("h\195\169llo"):len(), ("\195\169"):upper() == "\195\169", ("%q"):format("a\0b\r\n\200"):len())
W[s] = s
print(W[s] == s, #W[s]:reverse())
