-- string.format: every conversion, flags, widths, precisions, %q, errors.
local function E(...) print((select(2, pcall(string.format, ...)))) end
local f = string.format
print(f("plain"), f(""), f("%%"), f("100%%"), f("%%%d%%", 5), f("%d %s", 1, "two", "extra"))
for _, fmt in ipairs { "%d", "%i", "%5d", "%-5d|", "%05d", "%+d", "% d", "%+5d", "%-+5d|", "%.3d", "%8.3d", "%-8.3d|", "%+.3d", "%05.3d", "%.0d", "%1d", "%99d" } do print(fmt, f(fmt, 0), f(fmt, 7), f(fmt, -42), f(fmt, 123456)) end
for _, fmt in ipairs { "%u", "%5u", "%o", "%#o", "%08o", "%x", "%X", "%#x", "%#X", "%08x", "%-8x|", "%#010x", "%.5x", "%.0x" } do print(fmt, f(fmt, 0), f(fmt, 7), f(fmt, 255), f(fmt, 123456789), f(fmt, 2 ^ 31), f(fmt, 2 ^ 32)) end
for _, fmt in ipairs { "%f", "%.0f", "%.1f", "%5.1f", "%-10.3f|", "%+f", "% f", "%010.2f", "%#.0f", "%.14f", "%e", "%.0e", "%.3e", "%E", "%12.4e", "%g", "%.3g", "%#g", "%G", "%.14g", "%.17g", "%10g", "%-10g|", "%+g", "%010g", "%.0g" } do local o = {} for _, v in ipairs { 0, 1, -1, 0.5, 3.14159265, 1e10, 123456789.123, 1e-5, -1e100, 1 / 0, -1 / 0 } do o[#o + 1] = f(fmt, v) end print(fmt, table.concat(o, " ")) end
for _, fmt in ipairs { "%s", "%10s", "%-10s|", "%.2s", "%10.2s", "%-10.2s|", "%.0s", "%.s", "%5s" } do print(fmt, f(fmt, "hello"), f(fmt, ""), f(fmt, 12.5), f(fmt, "a longer string")) end
print(f("%c%c%c", 72, 105, 33), f("%5c|%-5c|", 65, 66), f("%c", "67"), #f("%c%c", 1, 255))
print(f("%q", "simple"), f("%q", 'with "quotes" and \\ backslash'), f("%q", "new\nline"), f("%q", "cr\rtab\t"), (f("%q", "nul\0nul"):gsub("%z", "<NUL>")), f("%q", ""), f("%q", 12), f("%q", "\r\n\r"), f("%q", "\200\255") == '"\200\255"', f("%q", "\0001"))
do local t = {} for i = 0, 255 do t[#t + 1] = string.char(i) end local all = table.concat(t) print(loadstring("return " .. f("%q", all))() == all) end
-- long strings are not truncated, precision on long ones
local long = ("x"):rep(500) print(#f("%s", long), #f("%.5s", long), #f("%.99s", long), #f("%99s", "y"), #f("%99s", long), f("%s|%s", long, "y"):sub(-3), #f("%q", long), #f(("%d"):rep(200), unpack(loadstring("local t = {} for i = 1, 200 do t[i] = i end return t")())))
-- conversions of arguments
print(f("%d", "10"), f("%d", "0x10"), f("%d", 3.99), f("%d", -3.99), f("%s", 1e15), f("%s", 0.1), f("%x", "255"), f("%f", "1.5"), f("%5.1f", "2"), f("%s %s", 1, 2.5), f("%d", 2 ^ 53), f("%d", -2 ^ 53), f("%.0f", 2 ^ 70), f("%g", 2 ^ 70))
-- errors
E("%d", "x") E("%d") E("%d", nil) E("%d", {}) E("%s") E("%s", nil) E("%s", {}) E("%s", true) E("%f", "1x") E("%c", "x") E("%q") E("%q", nil) E("%q", {}) E("%d %d", 1) E("%x", "zz") E("%g", print) E("%s %d", "a", "b")
E("%") E("%z") E("%y", 1) E("%w", 1) E("% ") E("%5") E("%p", 1) E("%a%k") E("%n", 1) E("%l", 1) E("%ld", 1) E("%hd", 1) E("%b", 1) E("%v", 1) E("abc%") E("%-") E("%#") E("%.") E("%!", 1) E("%\n", 1) E("%D", 1) E("%S", "x") E("%Q", "x")
E("%100d", 1) E("%123d", 1) E("%.100f", 1) E("%.123d", 1) E("%10.123f", 1) E("%0000000d", 1) E("%-----d", 1) E("%------d", 1) E("%+-# 0d", 1) E("%+-# 00d", 1) E("%1000s", "x") E("%.1000s", "x") E("%5.5.5d", 1) E("%*d", 5, 1) E("% 99.99d", 1) E("%5q", "x") E("%-q", "x")
E() E({}) E(nil) print(f(12), f(1.5), f("%s", "%d"), f("%%d"), f("%d%%", 50))
-- as a method and with many arguments
print(("%s=%d"):format("k", 5), ("%s"):rep(3):format("a", "b", "c"), ("%5.2f%%"):format(99.5), ("[%10s][%-10s]"):format("right", "left"), ("%02d:%02d:%02d"):format(1, 2, 3), ("%s"):format("x", nil), ("%d"):format(1, nil))
