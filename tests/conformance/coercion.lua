-- string <-> number coercions and the error texts when they fail.
local function E(f, ...) print(select(2, pcall(f, ...))) end
print("10" + 1, 1 + "10", "10" + "20", "0x10" + 0, " 10 " + 1, "\t10\n" + 1, "1e2" * 1, "-5" - "5", "-0x10" + 0, ".5" + 0, "5." + 0, "+5" + 0)
print(10 .. 20, 1.5 .. "x", -1 .. "", 1e100 .. "", 2 ^ 53 .. "", 0.1 .. "|" .. 1 / 3)
print("5" * "5", "5" / "2", "5" % "3", "2" ^ "10", -"5", - -"5")
print(1 == "1", "1" == 1, 0 == "0", "abc" == "abc", 1 == 1.0)
print(tostring(10) == "10", tostring(-0.5), tostring(1e15), tostring(123456789012), tostring(true), tostring(nil))
-- functions taking numbers accept numeric strings and vice versa
print(string.rep("x", "3"), ("x"):rep("2.9"), string.sub("hello", "2", "3"), string.byte("A", "1"), math.floor("3.7"), math.max("10", 9), string.len(12345), string.upper(1e3))
print(("5"):rep(3)) 
local t = { [1] = "number", ["1"] = "string" }
print(t[1], t["1"], t[1.0], t["1.0"], #t)
t[10] = "ten" print(t[5 + 5], t["10"], t["5" + "5"])
-- failing coercions
E(function() return "abc" + 1 end) E(function() return 1 + "abc" end) E(function() return "" + 1 end) E(function() return " " * 2 end)
E(function() return "1x" - 1 end) E(function() return "1 2" / 1 end) E(function() return "0x" % 2 end) E(function() return "1e" ^ 2 end)
E(function() return -"abc" end) E(function() return -{} end) E(function() return -nil end) E(function() return -true end)
E(function() return {} + 1 end) E(function() return 1 + {} end) E(function() return nil + 1 end) E(function() return 1 + nil end) E(function() return true + 1 end) E(function() return print + 1 end)
E(function() return {} .. "x" end) E(function() return "x" .. {} end) E(function() return nil .. "x" end) E(function() return 1 .. nil end) E(function() return true .. "" end) E(function() return "" .. print end)
E(function() return #nil end) E(function() return #5 end) E(function() return #true end) E(function() return #print end)
E(function() local s = "abc" return s + 1 end) E(function() local s = "abc" return 1 + s end) E(function() local a, b = "x", "y" return a * b end) E(function() local a, b = "1", "y" return a * b end) E(function() local a, b = "x", {} return a * b end)
-- which operand is blamed
E(function() local a, b = nil, "1" return a + b end) E(function() local a, b = 1, nil return a + b end) E(function() local a, b = {}, nil return a + b end) E(function() local a, b = nil, {} return a .. b end) E(function() local a, b = "s", nil return a .. b end) E(function() local a, b = 1, {} return a .. b end)
-- comparison never coerces
E(function() return 1 < "2" end) E(function() return "1" < 2 end) E(function() return 1 <= "2" end) E(function() return "a" >= 1 end) E(function() return "a" > 1 end)
E(function() return {} < {} end) E(function() return {} < 1 end) E(function() return 1 < {} end) E(function() return nil < 1 end) E(function() return nil < nil end) E(function() return true < false end) E(function() return print < print end) E(function() return {} <= "x" end) E(function() return nil >= 1 end) E(function() return coroutine.create(print) < 1 end)
-- tonumber on strings
for _, s in ipairs { "10", " 10", "10 ", " 10 ", "1 0", "", " ", "0x1F", "0X1f", "1e1", "1E+1", ".5", "5.", ".", "-1", "- 1", "+1", "--1", "1a", "a", "0x", "1e", "1\0", "\n1\n", "00012", "1,5", "0x-1", "e1", "1.5.2", "1e400", "-1e400", "1e-400", "\t\v\f1\r" } do
  print((string.format("%q", s):gsub("%c", function(c) return "<" .. c:byte() .. ">" end)), tonumber(s))
end
print(tonumber(5), tonumber(nil), tonumber({}), tonumber(true), tonumber(print), tonumber("5", 10), tonumber(5, 10))
E(tonumber)
