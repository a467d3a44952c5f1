-- Globals come and go; a library function is replaced and put back.
NEW_GLOBAL = {1}
for i = 1, 40 do _G["made" .. i] = i end
print(made1 + made40, NEW_GLOBAL[1])
for i = 1, 40, 2 do _G["made" .. i] = nil end
local n = 0
for k in pairs(_G) do if k:find("^made") then n = n + 1 end end
print(n)
local old = string.upper
string.upper = function(s) return old(s) .. "+" end
print(("abc"):upper())
string.extra = function(s) return #s end
print(("four"):extra())
math.tau = 2 * math.pi
print(string.format("%.4f", math.tau), _G._G == _G, _VERSION)
local real = tostring
tostring = function(v) return "<" .. real(v) .. ">" end
print(1, tostring(2))
tostring = real
print(rawget(_G, "NEW_GLOBAL") == NEW_GLOBAL, rawset(_G, "raw", 1) == _G, raw)
