-- Strings put together in many ways, short and long ones.
local parts = {}
for i = 1, 80 do parts[#parts + 1] = i % 2 == 0 and tostring(i) or ("x"):rep(i % 9) end
local all = table.concat(parts, ",")
print(#all, all:sub(1, 30))
local s = ""
for i = 1, 40 do s = s .. i .. (i % 10 == 0 and "\n" or " ") end
print(#s, select(2, s:gsub("\n", "")))
local same = {}
for i = 1, 30 do same["k" .. i % 5] = (same["k" .. i % 5] or 0) + 1 end
print(sorted(same))
local long = ("0123456789"):rep(10)
local t = {[long] = 1}
print(t[("0123456789"):rep(10)], #long, long == ("0123456789"):rep(10), t[long .. "x"])
W.strings = {all, s, long}
for i = 1, 20 do W.strings[i] = (W.strings[i] or "") .. W.words[i % #W.words + 1] end
print(#table.concat(W.strings))
