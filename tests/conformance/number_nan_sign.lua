-- NaN prints with its sign bit on this platform (x86-64: 0/0 is -nan).
local zero = 0
print(0 / 0, zero / zero, -(0 / 0), -(zero / zero), math.huge - math.huge, math.huge * 0)
print(tostring(0 / 0), 0 / 0 .. "", string.format("%f", 0 / 0), string.format("%g", -(0 / 0)))
print(math.sqrt(-1), math.fmod(1, 0), math.log(-1), math.acos(2), (-8) ^ (1 / 3))
print(math.abs(0 / 0) ~= math.abs(0 / 0), math.floor(0 / 0) ~= math.floor(0 / 0))
