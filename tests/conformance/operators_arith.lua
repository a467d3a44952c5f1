-- Arithmetic operators, precedence, associativity, folding against run time.
local function run(a, b)
  return a + b, a - b, a * b, a / b, a % b, a ^ b
end
local two, three, neg = 2, 3, -7
print(run(two, three)) print(run(neg, three)) print(run(7, -3)) print(run(-7, -3)) print(run(7.5, 2)) print(run(-7.5, 2))
print(run(1e300, 1e10)) print(run(0, 5)) print(run(5, 1)) print(run(0.5, 0.25))
-- the same with constants (folded by the compiler)
print(2 + 3, 2 - 3, 2 * 3, 2 / 3, 2 % 3, 2 ^ 3)
print(-7 + 3, -7 - 3, -7 * 3, -7 / 3, -7 % 3, (-7) ^ 3)
print(7 % -3, -7 % -3, 7.5 % 2, -7.5 % 2, 7.5 % -2, -7.5 % -2)
print(5 % 5, -5 % 5, 5 % -5, 0 % 5, 5.5 % 1, -5.5 % 1, 1e15 % 7, 2 ^ 53 % 3)
-- precedence
print(1 + 2 * 3, (1 + 2) * 3, 2 * 3 + 1, 10 - 4 - 3, 10 - (4 - 3), 100 / 10 / 2, 100 / (10 / 2))
print(2 ^ 3 ^ 2, (2 ^ 3) ^ 2, -2 ^ 2, (-2) ^ 2, 2 ^ -1, -2 ^ -2, 2 ^ -2 ^ 2)
print(7 % 4 % 2, 7 % (4 % 3), 2 * 7 % 4, 2 * (7 % 4), 7 - 5 % 3, 8 / 4 * 2, 8 / (4 * 2))
print(not 1 == 2, not (1 == 2), not nil == true, not not nil, - - 3, - -3 ^ 2)
print(#"abc" + 1, -#"abc", #"ab" .. #"cd", -"2" + 1, - "3" ^ 2, not #"")
print(1 .. 2 .. 3, 1 .. 2 + 3, (1 .. 2) + 3, 2 * 3 .. 4, "a" .. 1 + 2 .. "b", 2 ^ 2 .. "")
print(1 < 2 == true, 1 < 2 == (2 > 1), "a" .. "b" == "ab", "a" < "b" == true, 1 + 1 < 3, 3 > 1 + 1)
print(1 == 1 and 2 == 2, 1 == 1 or error "x", nil and 1 or 2, false or nil, nil or false, false and nil, 1 and 2 or 3)
print(1 or 2 and 3, (1 or 2) and 3, nil and 2 or 3 and 4, not nil and 1 or 2, not 1 and 1 or 2)
print(1 < 2 and "lt" or "ge", 2 < 1 and "lt" or "ge", 1 ~= 1 or 5, 1 == 1.0, "1" == 1, 0 == -0)
-- generated: every pair of binary operators without and with parentheses
local ops = { "+", "-", "*", "/", "%", "^" }
for _, o1 in ipairs(ops) do
  for _, o2 in ipairs(ops) do
    local src = string.format("local a,b,c = 7,3,2 return a %s b %s c, (a %s b) %s c, a %s (b %s c), 7 %s 3 %s 2, -a %s b %s -c, -7 %s 3 %s -2",
      o1, o2, o1, o2, o1, o2, o1, o2, o1, o2, o1, o2)
    print(o1, o2, assert(loadstring(src))())
  end
end
local mixed = { "..", "==", "~=", "<", "<=", ">", ">=", "and", "or", "+", "*", "^", "%" }
for _, o1 in ipairs(mixed) do
  for _, o2 in ipairs(mixed) do
    local f = assert(loadstring(string.format("local a,b,c = 5,4,3 return a %s b %s c, 5 %s 4 %s 3", o1, o2, o1, o2)))
    local r = { pcall(f) }
    print(o1, o2, r[1], tostring(r[2]):gsub("^.-:1: ", ""), tostring(r[3]))
  end
end
-- registers and constants in every operand position
local function k(a) return a + 1, 1 + a, a - 1, 1 - a, a * 2, 2 * a, a / 2, 2 / a, a % 2, 2 % a, a ^ 2, 2 ^ a end
print(k(3)) print(k(-0.5)) print(k("10")) print(k(" 0x10 "))
-- many operands
local s = 0
for i = 1, 100 do s = s + i * i - i / 2 + i % 7 - (i ^ 0.5) * 0 end
print(s)

-- The remainder at the ends of 32 bits.
for _, a in ipairs { 8, -8, 0, 2147483647, -2147483648, 2147483648, 0.5 } do
    for _, b in ipairs { 2147483647, -2147483647, 2147483648, -2147483648, -2147483649, 4294967296, 1, -1, 0.25 } do
        print(a, b, a % b)
    end
end
