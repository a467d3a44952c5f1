-- Deterministic random expressions, evaluated with operands as constants, locals, upvalues, globals,
-- fields, parameters and varargs. All variants have to agree; the results are printed.
local seed = 20240601
local function rnd(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
local operands = { "0", "1", "2", "3", "7", "10", "0.5", "1.25", "100", "-1", "-2.5", "'a'", "'b'", "'10'", "'0x10'", "''", "'abc'", "nil", "true", "false" }
local binary = { "+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or", "and", "or", "+", "..", "==" }
local unary = { "- ", "not ", "#", "not ", "- " }
local numbers = { "1", "2", "3", "7", "10", "0.5", "1.25", "100", "(-1)", "(-2.5)", "'10'", "'3'" }
local arith = { "+", "-", "*", "/", "%", "^", "+", "-", "*", "==", "~=", "and", "or" }
local names = { "A", "B", "C", "D" }
local binops
local function expr(d, leaf)
  local r = rnd(10)
  if d == 0 or r <= 1 then return leaf() end
  if r == 2 and binops == arith then return "- " .. expr(d - 1, leaf) end
  if r == 2 then return unary[rnd(#unary)] .. expr(d - 1, leaf) end
  if r == 3 then return "(" .. expr(d - 1, leaf) .. ")" end
  return expr(d - 1, leaf) .. " " .. binops[rnd(#binops)] .. " " .. expr(d - 1, leaf)
end
local function value(ok, v)
  if not ok then return "error: " .. tostring(v):gsub("^.-:%d+: ", ""):gsub(" %a+ '[^']*'", "") :gsub("%(a (%a+) value%)", "%1") end
  if v ~= v then return "nan" end
  if v == 0 then v = 0 end -- signs of zero are another file's subject
  return type(v) .. ":" .. tostring(v)
end
local function short(s) -- messages name variables or not, depending on the kind of operand
  return (s:gsub("attempt to perform arithmetic on.*", "arith"):gsub("attempt to concatenate.*", "concat"):gsub("attempt to get length.*", "len"):gsub("attempt to compare.*", "compare"))
end
local templates = {
  "local %s = %s return %s",
  "local %s = %s return (function() return %s end)()",
  "local %s = %s return (function(...) local x = %s return x end)()",
  "local %s = %s local x if (%s) then x = true else x = false end return x",
  "local %s = %s local x = not (%s) return x",
  "local %s = %s local t = { (%s) } return t[1]",
}
local mismatches, total, sum = 0, 0, 0
for round = 1, 1500 do
  local numeric = round % 2 == 0
  binops = numeric and arith or binary
  local pool = numeric and numbers or operands
  local vals = {} for i = 1, 4 do vals[i] = pool[rnd(#pool)] end
  local src = expr(rnd(4), function() return names[rnd(4)] end)
  local list, init = table.concat(names, ", "), table.concat(vals, ", ")
  local f = assert(loadstring(templates[1]:format(list, init, src), "=e"))
  local r1 = short(value(pcall(f)))
  local r2 = short(value(pcall(assert(loadstring(templates[2]:format(list, init, src), "=e")))))
  local r3 = short(value(pcall(assert(loadstring(templates[3]:format(list, init, src), "=e")))))
  local env = setfenv(assert(loadstring("return " .. src, "=e")), {}) local e = getfenv(env) for i = 1, 4 do e[names[i]] = loadstring("return " .. vals[i])() end
  local r4 = short(value(pcall(env)))
  local r5 = short(value(pcall(assert(loadstring("local t = ... return " .. src:gsub("[A-D]", "t.%0"), "=e")), e)))
  local r6 = short(value(pcall(assert(loadstring("local " .. list .. " = ... return " .. src, "=e")), e.A, e.B, e.C, e.D)))
  local index = { A = 1, B = 2, C = 3, D = 4 }
  local r7 = short(value(pcall(assert(loadstring("return " .. src:gsub("[A-D]", function(n) local v = vals[index[n]] return v:sub(1, 1) == "-" and "(" .. v .. ")" or (v:find "^'" and "(" .. v .. ")" or v) end), "=e")))))
  local truth = short(value(pcall(assert(loadstring(templates[4]:format(list, init, src), "=e")))))
  local negated = short(value(pcall(assert(loadstring(templates[5]:format(list, init, src), "=e")))))
  local boxed = short(value(pcall(assert(loadstring(templates[6]:format(list, init, src), "=e")))))
  total = total + 1
  if r1 ~= r2 or r1 ~= r3 or r1 ~= r4 or r1 ~= r5 or r1 ~= r6 or r1 ~= r7 or r1 ~= boxed then
    mismatches = mismatches + 1
    print("MISMATCH", src, init, r1, r2, r3, r4, r5, r6, r7, boxed)
  end
  if round % 3 == 0 then print(round, src, init, r1, truth, negated) end
  for i = 1, #r1 do sum = (sum * 31 + r1:byte(i)) % 1000003 end
end
print("total", total, "mismatches", mismatches, "sum", sum)
