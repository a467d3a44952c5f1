-- Numeric literals and malformed numbers.
print(0, 00, 007, 1, 10, 123456789, 1234567890123)
print(.5, 0.5, 5., 3.14, .0, 0., 1.25e2, 1e5, 1E5, 1e+5, 1e-5, 1.e1, .1e1, 1e0, 1e00)
print(0x0, 0xA, 0xa, 0XfF, 0xff, 0xFFFF, 0x7fffffff, 0xffffffff, 0xdeadBEEF, 0x100000000)
print(1e15, 1e14, 123456789012345, 99999999999999, 100000000000000, 999999999999999)
print(1e100, 1e308, 1e309, -1e309, 5e-324, 1e-400, 2.2250738585072014e-308)
print(0.1, 0.2, 0.1 + 0.2, 1 / 3, 2 / 3, 100 / 3, 1e14 / 3, 1e15 / 3)
print(3.14159265358979, 3.141592653589793238462643383279, 2.718281828459045)
print(123456.789e3, 0.000001, 0.0001, 0.00001, 1e-7, 123e-7)
print(9007199254740992, 9007199254740993, 9007199254740991, 4294967296, 2147483648)
print(1e1, 1e2, 1e10, 1e13, 12345678901234567890)
print(1 --[[c]]+ 2, 1-- x
 + 1)
print(#tostring(0.1), tostring(1e15), tostring(-1e15), 1e15 == 10 ^ 15)
print(0x10 + 0x01, 0xep1 == nil)
print(1 .. 2, 1. .. 2, 1 ..2)
-- malformed
for _, s in ipairs {
  "3x", "0xg", "1e", "1e+", "1e-", "1..2", "1.2.3", "0x", "3..2", "1e5e5", "1ex", "0x1g", "12abc", "1_000", "1e1.5",
  ".5.5", "..5", "...5", "0xz", "1.e", "0b1", "1f", "1L", "0x1.8", "08", "1e5x", "5.x", "1 .2", ".e1", "0xx1", "1e++1",
  "123456789a", "9_", "3in", "3and 4", "0x1and 1",
} do
  local f, e = loadstring("return " .. s, "=n")
  if f then print(s, pcall(f)) else print(s, e) end
end
-- line numbers of a malformed number after several lines
print(select(2, loadstring("\n\n\nx = 5y", "=lines")))
-- numbers glued to keywords and operators
print(loadstring("return 1<2,1<=2,1~=2,1==1,2>1,2>=1")())
print(loadstring("return 1+2*3-4/5%6^7")())
print(loadstring("return 2^-1, -2^2, - -2, not not 1, #'abc'+1")())
