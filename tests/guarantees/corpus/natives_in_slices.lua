-- Natives stopped in the middle of one long piece: segments of a text, long captures, numerals, plain texts to find.
local function digest(s)
    local h = 7
    for i = 1, #s, 911 do h = (h * 31 + s:byte(i)) % 65521 end
    return #s, h
end

local long = ("abc%q\n"):rep(9000) -- longer than a first Buffer, and than a slice
print(digest(table.concat({long, 1, 2.5, long, "x"}, ", ")))
print(digest(string.format("%s|%q|%5d|%s", long, long:sub(1, 3000), 42, long)))
print(digest((long:gsub("b", "<%0>"))))
print(digest((long:gsub("^(.*)$", function(all) return all .. all:sub(1, 20) end))))
print(digest((long:gsub(".+", {[long] = "whole"}))))
print(digest((long:match("^a(.*)$"))))
print(select("#", long:find("()(.*)()")))
for w in long:gmatch("[^z]+") do print(digest(w)) end

print(tonumber(("0"):rep(40000) .. "25"), tonumber((" "):rep(20000) .. "ff" .. (" "):rep(20000), 16))
print(tonumber(("9"):rep(30000) .. "x"), tonumber("nan(" .. ("a"):rep(20000)))

local needle = ("ab"):rep(700) .. "c"
print((("ab"):rep(9000) .. "c"):find(needle, 1, true))
print((("ab"):rep(9000)):find(needle, 1, true))
print((("ab"):rep(1500) .. "c"):find(needle))

local t = {}
for i = 1, 300 do t[i] = i end
table.insert(t, 1, 0)
table.remove(t, 2)
print(#t, t[1], t[2], t[300])
