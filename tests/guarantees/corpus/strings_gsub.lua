-- gsub with strings, tables and functions; gmatch and gfind.
print(string.gsub("hello", "l", "L"), string.gsub("hello", "", "-"), string.gsub("abc", "%w", "%0%0", 2))
print(string.gsub("key=val", "(%w+)=(%w+)", "%2=%1"), string.gsub("$name is $age", "%$(%w+)", {name = "Bob", age = 42}))
print(string.gsub("abc", ".", function(c) if c ~= "b" then return c:byte() end end))
print(string.gsub("abc", "b", false and "x" or "%%"), pcall(string.gsub, "abc", "b", "%2"))
print(pcall(string.gsub, "x", "x", function() return {} end), pcall(string.gsub, "x", ".", function() error("in gsub", 0) end))
for k, v in string.gmatch("a=1, b=2, c=3", "(%w+)=(%w+)") do io.write(k, v, ";") end
for w in string.gfind("one two", "%a+") do io.write(w, ".") end
for p in ("abc"):gmatch("()") do io.write(p, " ") end
print()
local n = 0
local s = W.text:gsub("%a+", function(w) n = n + 1 W.words[n] = w return n % 7 == 0 and w:upper() or nil end)
print(n, #s, W.words[n], s:match("%u%u+"))
print(("x y z"):gsub("%s", {[" "] = "_"}), (("a"):rep(20):gsub("a", "b", 5)))
