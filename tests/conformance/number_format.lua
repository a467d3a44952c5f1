-- Printing of numbers (%.14g) and integer limits.
print(0, 1, -1, 100, -100, 1e1, 123456789, 0.5, -0.5, 1.5, 1e-1, 1e-4, 1e-5, 1.25e-7)
for e = -10, 20 do io.write(tostring(10 ^ e), " ") end print()
for e = 0, 64, 4 do io.write(tostring(2 ^ e), " ") end print()
for e = 0, 64, 4 do io.write(tostring(-2 ^ e), " ", tostring(2 ^ e - 1), " ") end print()
for i = 1, 30 do io.write(tostring(1 / i), " ") end print()
for i = 1, 20 do io.write(tostring(math.sqrt(i)), " ") end print()
print(1 / 0, -1 / 0, math.huge, -math.huge)
print(99999999999999, 999999999999999, 99999999999999.9, 0.99999999999999, 0.999999999999999, 123456789.123456789)
print(1e15, 1e14, 1.5e15, 1e100, 1.7976931348623157e308, 2.2250738585072014e-308, 4.9406564584124654e-324)
print(3.0, 3.10, 1e0, 100000, 1e5, 1e6 + 0.5, 1e13 + 0.5, 1e14 + 0.5)
print(tostring(3) == "3", tostring(3.0) == "3", 3 .. "" == "3", string.format("%s", 3), string.format("%d", 3), string.format("%g", 3))
io.write(1, " ", 1.5, " ", 1e15, " ", 2 ^ 63, " ", 1 / 3, "\n")
print(string.format("%d", 2 ^ 31), string.format("%d", -2 ^ 31), string.format("%d", 2 ^ 31 - 1), string.format("%d", 2 ^ 32), string.format("%d", 2 ^ 53), string.format("%d", -2 ^ 53), string.format("%d", 2 ^ 62), string.format("%i", -2 ^ 62))
print(string.format("%d", 3.7), string.format("%d", -3.7), string.format("%d", "10"), string.format("%d", 0.999), string.format("%d", -0.5))
print(string.format("%x %X %o", 255, 255, 255), string.format("%x", 2 ^ 32), string.format("%#x %#o", 255, 8), string.format("%u", 2 ^ 32 + 5))
print(string.format("%.14g|%.17g|%.3f|%10.4f|%-10.2e|%+d|% d|%05d|%g|%G|%E", 0.1, 0.1, 1 / 3, 2 / 3, 12345.678, 5, 5, 42, 1e20, 1e-10, 1.5))
print(string.format("%5d|%-5d|%05.1f|%+.2f|%.0f|%.0f|%.0f|%#.0f|%e", 42, 42, 3.14159, 2.5, 0.5, 1.5, 2.5, 3, 0))
print(string.format("%f %f %f", 1 / 0, -1 / 0, 1e15), string.format("%g %g", 1 / 0, -1 / 0), string.format("%5.1f|%-8.1f|", 1 / 0, -1 / 0))
print(string.format("%.20f", 0.1), string.format("%.0f", 2 ^ 63), string.format("%.0f", 1e22), string.format("%.99f", 1 / 3))
-- concatenation, table.concat, io.write and tostring agree
for _, v in ipairs { 0.1, 1e15, -1.5, 2 ^ 53, 1e-7, 123456.789, 1 / 3, 1e300 } do
  local s = tostring(v)
  print(s, v .. "" == s, table.concat { v } == s, ("%s"):format(v) == s, ("%.14g"):format(v) == s)
end
-- round trips
for _, v in ipairs { 1, 0.5, 1e15, 2 ^ 53, 1e-5, 123456789 } do print(tonumber(tostring(v)) == v) end
