-- and / or / not / comparison values in all positions; jump generation.
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = tostring((select(i, ...))) end
  print(table.concat(t, " "))
end
local N, F, T, Z = nil, false, true, 0
local names = { "N", "F", "T", "Z", "1", "nil", "false", "true", "'s'", "(Z == 0)", "(Z < 0)", "not Z", "not N" }
for _, a in ipairs(names) do
  local row = {}
  for _, b in ipairs(names) do
    for _, fmt in ipairs { "%s and %s", "%s or %s", "not (%s and %s)", "not (%s or %s)", "%s == %s", "%s ~= %s", "not %s == %s" } do
      local f = assert(loadstring("local N,F,T,Z = nil,false,true,0 return " .. string.format(fmt, a, b)))
      row[#row + 1] = tostring(f()):sub(1, 1)
    end
  end
  print(a, table.concat(row))
end
-- three operands in expression, condition and call positions
local three = { "%s and %s and %s", "%s and %s or %s", "%s or %s and %s", "%s or %s or %s", "%s and (%s or %s)", "(%s or %s) and %s", "not %s and %s or %s", "%s and not %s or %s", "not (%s and %s) or %s" }
local vals = { "nil", "false", "1", "x", "y", "(x == y)", "(x < y)" }
for _, fmt in ipairs(three) do
  local out = {}
  for _, a in ipairs(vals) do for _, b in ipairs(vals) do for _, c in ipairs(vals) do
    local e = string.format(fmt, a, b, c)
    local f = assert(loadstring("local x, y = 10, nil; local function id(v) return v end local z = " .. e:gsub("x < y", "x < 20") ..
      " local c if " .. e:gsub("x < y", "x < 20") .. " then c = 'T' else c = 'F' end return z, c, id(" .. e:gsub("x < y", "x < 20") .. ")"))
    local z, cond, arg = f()
    if z ~= arg or (z and "T" or "F") ~= cond then print("MISMATCH", e, z, cond, arg) end
    out[#out + 1] = tostring(z):sub(1, 1)
  end end end
  print(fmt, table.concat(out))
end
-- short circuit: what is evaluated
local log = {}
local function t(x) log[#log + 1] = x return x end
local function f(x) log[#log + 1] = x return false end
show(t(1) and f(2) and t(3), f(4) or t(5) or t(6), t(7) and t(8) or t(9), f(10) and t(11) or f(12))
print(table.concat(log, ","))
-- values survive and/or chains
show(nil or false, false or nil, nil and false, false and nil, 1 and nil, nil and 1, 1 or nil, 0 and "zero", "" or 1)
local v = (function(...) return ... and select("#", ...) or "none" end)
show(v(), v(nil), v(1, 2, 3), v(false, 1))
-- comparisons produce booleans and can be stored, negated, chained through and/or
local a, b = 3, 4
local lt, le, gt, ge, eq, ne = a < b, a <= b, a > b, a >= b, a == b, a ~= b
show(lt, le, gt, ge, eq, ne, not (a < b), not (a >= b), a < b and b < 5, a > b or b > 5, (a < b) == (b > a))
show(a < b and "yes" or "no", a > b and "yes" or "no", (a < b and nil) or "nilfall", a == 3 and b == 4 and "both")
local function cmp(x, y) return x < y, x <= y, x > y, x >= y, x == y, x ~= y end
show(cmp(1, 2)) show(cmp(2, 1)) show(cmp(1, 1)) show(cmp("a", "b")) show(cmp("b", "a")) show(cmp("a", "a")) show(cmp("", "a")) show(cmp("a", "A")) show(cmp("Z", "a")) show(cmp("abc", "abd")) show(cmp("abc", "ab")) show(cmp("10", "9")) show(cmp(-1, -2)) show(cmp(1 / 0, -1 / 0))
show(1 < 2, 2 <= 2, 3 > 4, 4 >= 4, "a" < "b", 1 == 1, 1 ~= 1, "a" == "a", nil == nil, true == true, {} == {}, print == print)
-- conditions with complex nesting in while/repeat/if
local i, trace = 0, {}
while (i < 5 and not (i == 3)) or (i >= 3 and i < 7 and i ~= 6) do trace[#trace + 1] = i i = i + 1 end
repeat i = i - 1 trace[#trace + 1] = i until not (i > 2 and (i ~= 4 or i == 4)) or i < -1
print(table.concat(trace, " "))
for x = 0, 15 do
  local p, q, r, s = x % 2 == 1, math.floor(x / 2) % 2 == 1, math.floor(x / 4) % 2 == 1, x >= 8
  local res
  if (p or q) and (r or s) then res = "A" elseif not p and (q and not r or s) then res = "B" elseif p and not (q or s) then res = "C" else res = "D" end
  local again = ((p or q) and (r or s)) and "A" or (not p and (q and not r or s)) and "B" or (p and not (q or s)) and "C" or "D"
  io.write(res, again, " ")
end
print()
