-- Strings of 64 MiB.
local MiB = 1024 * 1024
local s = ("x"):rep(64 * MiB)
assert(#s == 64 * MiB, "rep of one byte")
assert(s:byte(1) == 120 and s:byte(-1) == 120 and s:byte(32 * MiB) == 120, "contents of the rep")
assert(s:sub(-3) == "xxx" and #s:sub(2) == 64 * MiB - 1, "sub of a long string")
assert(s:find("y", 1, true) == nil, "plain find over 64 MiB")
assert(select(2, s:find "x*") == 64 * MiB, "greedy match over 64 MiB")
s = nil collectgarbage()
local r = ("0123456789abcdef"):rep(4 * MiB)
assert(#r == 64 * MiB and r:sub(16, 17) == "f0" and r:sub(-16) == "0123456789abcdef", "rep of sixteen bytes")
r = nil collectgarbage()
local d = "ab"
while #d < 64 * MiB do d = d .. d end
assert(#d == 64 * MiB and d:sub(MiB * 32, MiB * 32 + 1) == "ba", "doubling")
local t = { [d] = "key" }
local e = d:sub(1, -2) .. "b"
assert(t[e] == "key" and e == d and rawequal(e, d) == (e == d), "long strings are equal by value, also as keys")
assert(not (d < e) and d <= e and d < e .. "c", "comparison of long strings")
e, t = nil collectgarbage()
local u = d:upper() assert(u:sub(1, 4) == "ABAB" and #u == #d, "upper") u = nil collectgarbage()
local v = d:reverse() assert(v:sub(1, 2) == "ba" and #v == #d, "reverse") v = nil collectgarbage()
d = nil collectgarbage()
-- built from many pieces
local parts = {} for i = 1, 64 do parts[i] = ("piece" .. i % 10):rep(MiB / 8) end
local c = table.concat(parts, "|") assert(#c == 64 * (MiB / 8) * 6 + 63, "table.concat of 48 MiB") c, parts = nil collectgarbage()
local g, n = ("ab"):rep(2 * MiB):gsub("b", "cc") assert(n == 2 * MiB and #g == 6 * MiB, "gsub with 2 Mi replacements") g = nil
local f = ("%s%s"):format(("y"):rep(16 * MiB), "end") assert(#f == 16 * MiB + 3 and f:sub(-3) == "end", "format of a long string") f = nil
local q = ("%q"):format(("\n"):rep(MiB)) assert(#q == 2 * MiB + 2, "%q of 1 MiB") q = nil
-- sizes that cannot exist are errors
for _, size in ipairs { 2 ^ 40, 2 ^ 52, 2 ^ 62 } do
  local ok, m = pcall(string.rep, ("z"):rep(1024), size)
  assert(type(m) == "string" and #m < 1024, "rep of " .. size .. " KiB: an error, or an empty string if the count is reduced to 32 bits")
end
assert((""):rep(1000000) == "", "rep of the empty string")
collectgarbage()
print "ok"
