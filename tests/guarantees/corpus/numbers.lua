-- Arithmetic at the edges, conversions, loops over fractions.
print(7 % 3, -7 % 3, 7 % -3, 5.5 % 2, 2^0.5 == math.sqrt(2), 1/0, -1/0, 0/0 ~= 0/0)
print(tonumber("0x1F"), tonumber("  12  "), tonumber("1e3"), tonumber("12a"), tonumber("ff", 16), tonumber("777", 8), tonumber("z", 36), tonumber(""), tonumber("2", 2))
print(1e308 * 10, 2^53 + 1, 0.1 + 0.2, 100000000000000, 1e14, 123456789012345678)
for i = 1, 2, 0.25 do io.write(i, " ") end
for i = 3, 1, -1 do io.write(i, " ") end
for i = 1, 0 do io.write("never") end print()
print(pcall(function() for i = 1, 10, 0 do break end end))
local t = {}
t[1.0] = "one" t[2^53] = "big" t[-0] = "zero"
print(t[1], t[2^53], t[0], pcall(function() t[0/0] = 1 end), pcall(function() t[nil] = 1 end), t[nil])
print(-2^2, not nil == true, 1 .. 2 == "12", "abc" < "abd", 2 < 10, "2" < "10")
W.sum = 0
for i, v in ipairs(W.array) do W.sum = W.sum + v / 2 end
print(W.sum, 5 and nil, nil and 5, false or nil, 0 and "yes")
