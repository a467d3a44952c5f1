-- byte char len lower upper rep reverse sub and friends.
local function E(fn, ...) print((select(2, pcall(fn, ...)))) end
local s = "hello world"
-- sub over a grid of indices
for _, str in ipairs { "", "a", "abc", "abcdef" } do local out = {} for i = -8, 8 do for j = -8, 8 do out[#out + 1] = str:sub(i, j) end end print(#out, table.concat(out, ",")) out = {} for i = -8, 8 do out[#out + 1] = str:sub(i) end print(table.concat(out, ",")) end
print(s:sub(1, 5), s:sub(-5), s:sub(7), s:sub(-5, -2), s:sub(3, 2), s:sub(0), s:sub(100), s:sub(-100, 3), s:sub(2, 1e10), s:sub(-1e10), s:sub(2.7, 4.2), s:sub("2", "4"), ("a\0b\0c"):sub(2, 4) == "\0b\0", s:sub(2 ^ 31))
E(string.sub) E(string.sub, "x") E(string.sub, "x", "y") E(string.sub, nil, 1) E(string.sub, {}, 1) E(string.sub, "x", nil) E(string.sub, "x", 1, {}) print(string.sub("x", 1, nil), string.sub(12345, 2, 3))
-- byte / char
print(s:byte(), s:byte(1), s:byte(-1), s:byte(1, 3), s:byte(0), s:byte(100)) print(s:byte(1, -1)) print(s:byte(-3, -1)) print(select("#", s:byte(0)), select("#", s:byte(5, 4)), select("#", (""):byte()), select("#", s:byte(3, 100)), select("#", s:byte(-100, 2))) print(("\0\255\128"):byte(1, -1)) print(string.char(), string.char(72, 105), #string.char(0, 1, 255), string.char("65"), string.char(65.9)) print(string.char(string.byte(s, 1, -1)) == s)
for i = 0, 255 do assert(string.byte(string.char(i)) == i) end
E(string.char, -1) E(string.char, 256) E(string.char, 1, 2, 300) E(string.char, "x") E(string.char, {}) E(string.char, nil) E(string.byte) E(string.byte, {}) E(string.byte, "x", "y") E(string.byte, "x", 1, {})
-- len and #
print(#"", #"abc", ("abc"):len(), string.len "a\0b", string.len(123), #"\0\0", string.len "") E(string.len) E(string.len, {}) E(string.len, nil) E(string.len, true)
-- case, over all bytes (C locale)
print(("Hello World 123 _-"):upper(), ("Hello World 123 _-"):lower(), (""):upper(), string.upper(12), ("a\0B"):lower() == "a\0b") do local all = {} for i = 0, 255 do all[#all + 1] = string.char(i) end all = table.concat(all) local u, l = 0, 0 for i = 1, 256 do if all:upper():byte(i) ~= i - 1 then u = u + 1 end if all:lower():byte(i) ~= i - 1 then l = l + 1 end end print(u, l, #all:upper()) end E(string.upper) E(string.lower, {})
-- rep
print(("ab"):rep(3), ("ab"):rep(0), ("ab"):rep(-1), ("ab"):rep(1), (""):rep(100) == "", ("x"):rep(2.9), ("x"):rep("4"), #("x"):rep(1000), ("a\0"):rep(2) == "a\0a\0", ("ab"):rep(3, ",")) E(string.rep) E(string.rep, "x") E(string.rep, "x", "y") E(string.rep, {}, 1) E(string.rep, "x", {})
-- reverse
print(("abc"):reverse(), (""):reverse(), ("a"):reverse(), ("a\0b"):reverse() == "b\0a", string.reverse(123), ("abc"):reverse():reverse()) E(string.reverse) E(string.reverse, {})
-- comparison and equality
print("a" < "b", "a" < "aa", "" < "a", "Z" < "a", "a\0a" < "a\0b", "a\0" > "a", "\255" > "\127", "10" < "9", "abc" <= "abc", "abc" >= "abd", "" == "", "a" == "a\0") local words = { "banana", "apple", "Cherry", "apple pie", "", "date", "Banana", "a", "\0", "10", "9" } table.sort(words) for i, w in ipairs(words) do words[i] = string.format("%q", w) end print((table.concat(words, " "):gsub("%z", "0")))
-- concatenation
print("a" .. "b" .. "c" .. 1 .. 2 .. 3.5, 1 .. "", "" .. "", #("" .. "" .. ""), ("x" .. "y") .. "z" == "x" .. ("y" .. "z"), "a\0" .. "\0b" == "a\0\0b") do local ops = {} for i = 1, 150 do ops[i] = "v" .. i % 10 end local src = "local v0,v1,v2,v3,v4,v5,v6,v7,v8,v9 = 0,1,2,3,4,5,6,7,8,9 return " .. table.concat(ops, " .. ") print(assert(loadstring(src))()) for i = 1, 150 do ops[i] = "'s" .. i .. "'" end print(#assert(loadstring("return " .. table.concat(ops, "..")))()) end
local acc = "" for i = 1, 500 do acc = acc .. i .. "," end print(#acc, acc:sub(-8)) local acc2 = "" for i = 1, 300 do acc2 = i .. acc2 end print(#acc2, acc2:sub(1, 9))
-- method syntax on literals, numbers through parentheses, indexing of strings
print(("%d"):format(5), ("abc"):upper():lower():rep(2):sub(2, 4), ("x").rep("y", 3), #("abc"):rep(3), ("abc").foo, ("abc")[1], s.len(s), s["upper"](s))
-- strings as unique values
local k = {} for i = 1, 100 do k["key" .. i % 10] = (k["key" .. i % 10] or 0) + 1 end print(k.key0, k.key9, k["key" .. 5]) local l1, l2 = ("x"):rep(50), ("x"):rep(25) .. ("x"):rep(25) print(l1 == l2, ({ [l1] = "found" })[l2], rawequal(l1, l2))
-- long strings
local big = ("0123456789abcdef"):rep(65536) print(#big, big:sub(1048560, 1048576), big:byte(524288), #big:upper(), big:reverse():sub(1, 8), #(big .. big), big == ("0123456789abcdef"):rep(65536), big < big .. "x", ({ [big] = 1 })[big .. ""]) print(big:find("f0", 1000000, true), big:find("xyz", 1, true), select(2, big:gsub("abc", "")), #big:gsub("%d", "")) 
-- no surprises from unusual method names; obsolete gfind
print(string.gfind == string.gmatch or type(string.gfind)) print(string.len == ("").len, string.format == ("").format)

-- upper, lower and reverse: every byte at every place of a word, short strings and long ones
local bytes = {} for i = 0, 255 do bytes[#bytes + 1] = string.char(i) end
local all = table.concat(bytes)
for n = 0, 70 do for from = 1, 256, 13 do local t = all:sub(from, from + n) print(("%q %q %q"):format(t:upper(), t:lower(), t:reverse())) end end
