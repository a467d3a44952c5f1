-- Negative zero at run time; constants are in quirk_negzero_constants.lua.
local z = tonumber("0")
local n = -z
print(n, z, n == z, 1 / n, 1 / z, n + z, n - z, n * 1, n + n, 0 * tonumber("-1"))
local t = {} t[n] = "neg" t[z] = "pos"
print(t[n], t[z], next(t) == 0, 1 / next(t) == math.huge or 1 / next(t) == -math.huge)
print(math.floor(n), math.ceil(tonumber("-0.5")), math.abs(n), math.max(n, n), tonumber("-0"), -tonumber("0.0"))
print(string.format("%d %g %f %.1f", n, n, n, n), tostring(n), n .. "")
print(math.fmod(tonumber("-4"), 2), tonumber("-4") % 2, math.modf(tonumber("-0.5")))
