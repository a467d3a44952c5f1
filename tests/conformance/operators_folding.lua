-- Corner cases of folding and of IEEE arithmetic. Signs of NaN live in number_nan_sign.lua.
local zero, one, inf = 0, 1, 1 / 0
local function isnan(x) return x ~= x end
print(1 / 0, -1 / 0, 1 / zero, -1 / zero, one / 0, inf, -inf, inf - 1, inf == inf, -inf < inf)
print(isnan(0 / 0), isnan(zero / zero), isnan(-(0 / 0)), isnan(inf - inf), isnan(inf * 0), isnan(inf / inf), isnan(0 % 0), isnan(5 % 0), isnan(one % zero))
print(1 / (0 * -1), 1 / (zero * -1), 1 / -zero)
print(5 % 3, 5 % -3, -5 % 3, -5 % -3, 5.3 % 2 == 5.3 - math.floor(5.3 / 2) * 2)
print(isnan(5 % inf), isnan(-5 % inf), isnan(5 % -inf), isnan(inf % 5), isnan(0 % inf))
print(2 ^ 53, 2 ^ 53 + 1, 2 ^ 53 == 2 ^ 53 + 1, 2 ^ 53 - 1, -2 ^ 53, 2 ^ 63, 2 ^ 64, 2 ^ 1023, 2 ^ 1024, 2 ^ -1074, 2 ^ -1075)
print(0 ^ 0, 0 ^ 1, 0 ^ -1, inf ^ 0, inf ^ -1, 1 ^ inf, 2 ^ inf, 2 ^ -inf, 0.5 ^ inf, (-8) ^ 3, isnan((-8) ^ (1 / 3)), (-2) ^ -3, 4 ^ 0.5)
print(1e308 * 10, -1e308 * 10, 1e-320 / 1e10, 1e308 + 1e308, 5e-324 / 2)
local nan = 0 / 0
print(nan == nan, nan ~= nan, nan < nan, nan <= nan, nan > nan, nan >= nan, not (nan < 1), not (nan >= 1), 1 < nan, nan == 1)
print(isnan(nan + 1), isnan(nan * 0), nan ^ 0, isnan(-nan), isnan(nan % 2), isnan(2 % nan))
print(0.1 + 0.2 == 0.3, 0.5 + 0.25 == 0.75, 1e16 + 1 == 1e16, 0.1 * 3, 1 - 0.9)
print(-"0x10", -"2", "10" / "5", "3" * "4", "7" % "4", "2" ^ "3", "10" + 5, (5 .. "") + 1)
print(1 < 1 / 0, 1 / 0 > 2 ^ 1023, -1 / 0 < -2 ^ 1023, 1 / 0 == 2 ^ 1024)
-- folded and unfolded give the same values
local vals = { "0", "1", "2", "3", "0.5", "10", "1e308", "1e-308", "9007199254740992", "7.25" }
local ops = { "+", "-", "*", "/", "%", "^" }
local bad, count = 0, 0
for _, a in ipairs(vals) do
  for _, b in ipairs(vals) do
    for _, o in ipairs(ops) do
      for _, sign in ipairs { "", "-" } do
        local folded = assert(loadstring("return " .. sign .. a .. " " .. o .. " " .. sign .. b))()
        local dynamic = assert(loadstring("local a, b = " .. a .. ", " .. b .. " return " .. sign .. "a " .. o .. " " .. sign .. "b"))()
        count = count + 1
        if folded ~= dynamic and (folded == folded or dynamic == dynamic) then bad = bad + 1 print("differs", sign, a, o, b, folded, dynamic) end
      end
    end
  end
end
print("compared", count, "bad", bad)
print(not 1, not nil, not "", not 0, not {}, not not false)
print(#"folded", -"-1", - - -1)
-- conditions on constants
if nil then print "no" elseif false then print "no" elseif 0 then print "0 is true" end
if "" then print "empty string is true" end
while nil do print "never" end
repeat print "once" until 1
print(nil == false, 1 and nil, nil and nil == nil, (nil == nil) == true, 1 == 1 ~= false)
local a = 1 and 2 and 3 or 4; local b = nil or false or 7; local c = false == nil or "x"
print(a, b, c, (1 and 2) and (nil or 9), 1 == 2 or nil, not (1 == 2) and nil)
