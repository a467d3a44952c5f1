-- Expressions with very many `..` operands: a result or a Lua error, never a crash.
local function try(n)
  local ops = {}
  for i = 1, n do ops[i] = "'" .. i % 10 .. "'" end
  local f, e = loadstring("return " .. table.concat(ops, " .. "), "=concat")
  if not f then
    assert(type(e) == "string" and (e:find("too many syntax levels", 1, true) or e:find("too complex", 1, true)), "compile error of " .. n .. " operands: " .. tostring(e))
    return "error"
  end
  local ok, r = pcall(f)
  if not ok then assert(type(r) == "string", "run time error of " .. n .. " operands") return "error" end
  assert(#r == n, n .. " operands give " .. #r .. " bytes")
  for i = 1, n, 97 do assert(r:sub(i, i) == tostring(i % 10), "byte " .. i) end
  return "result"
end
assert(try(2) == "result") assert(try(50) == "result") assert(try(150) == "result", "150 operands work in PUC 5.1")
for _, n in ipairs { 190, 199, 200, 201, 210, 240, 250, 255, 256, 300, 1000, 10000, 100000 } do try(n) end
-- mixed with numbers, variables and metamethods
local src = { "local a, t = 'v', setmetatable({}, { __concat = function(x, y) return 'm' end }) return " }
for i = 1, 120 do src[#src + 1] = (i % 3 == 0 and "a" or i % 3 == 1 and tostring(i) or "t") .. (i < 120 and " .. " or "") end
local f, e = loadstring(table.concat(src))
assert(f == nil and type(e) == "string" or f() ~= nil, "mixed operands")
-- the operands run out of registers
src = { "local " } for i = 1, 190 do src[#src + 1] = "v" .. i .. (i < 190 and ", " or " = 'x' ") end src[#src + 1] = "return v1" for i = 1, 150 do src[#src + 1] = " .. v" .. i end
f, e = loadstring(table.concat(src)) assert(f == nil and type(e) == "string" or pcall(f), "registers")
-- right nested powers, and unary chains
for _, n in ipairs { 100, 1000, 100000 } do
  for _, piece in ipairs { "2^", "- ", "not ", "#" } do
    local g, m = loadstring("return " .. piece:rep(n) .. "1", "=chain")
    assert(g == nil and type(m) == "string" or type(g) == "function", piece .. n)
    if g then pcall(g) end
  end
end
print "ok"
