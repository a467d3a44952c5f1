-- Conversions that PUC 5.1 hands to the C library: strtod accepts inf, nan and hexadecimal floats, strtoul signs.
print(tonumber "inf", tonumber "INF", tonumber "-inf", tonumber "infinity", tonumber " inf ", tonumber "infx")
print(tonumber "nan" ~= tonumber "nan", tonumber "nan(123)" ~= nil, tonumber "nanx")
print(tonumber "0x1p4", tonumber "0x.8", tonumber "0x1.8p1", tonumber "-0x10", tonumber "0x1p", tonumber "0xp1")
print("inf" + 1, "0x1p4" * 2, -"inf", "10" + 0 == 10)
print(0x1p4, loadstring("return 0x1P2")())
print(tonumber("-ff", 16), tonumber("-1", 2), tonumber("+11", 2), tonumber("-7", 10), tonumber("-z", 36))
print(tonumber("ffffffffffffffff", 16), tonumber("fffffffffffffffff", 16), tonumber("1" .. ("0"):rep(70), 2))
print(math.floor "0x1p3", ("x"):rep "0x3", ("abc"):sub "0x2")
