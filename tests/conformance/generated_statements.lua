-- Deterministic random programs: assignments, nested loops with break, conditions, calls, closures.
-- Every program runs with bounded loops and prints a trace of its variables.
local seed = 777
local function rnd(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
local vars = { "a", "b", "c", "d", "t.x", "t[1]", "g1", "up" }
local function lit() return tostring(rnd(20) - 10) end
local function num(d)
  local r = rnd(8)
  if d == 0 or r <= 2 then return vars[rnd(#vars)] elseif r == 3 then return "(" .. lit() .. ")"
  elseif r == 4 then return "f(" .. num(d - 1) .. ")" elseif r == 5 then return "(" .. cond(d - 1) .. " and " .. num(d - 1) .. " or " .. num(d - 1) .. ")" end
  local ops = { "+", "-", "*" }
  return "(" .. num(d - 1) .. " " .. ops[rnd(3)] .. " " .. num(d - 1) .. ") % 1000"
end
function cond(d)
  local r = rnd(6) local ops = { "<", "<=", ">", ">=", "==", "~=" }
  if d == 0 or r <= 3 then return "(" .. num(0) .. " " .. ops[rnd(6)] .. " " .. num(0) .. ")" end
  if r == 4 then return "not " .. cond(d - 1) elseif r == 5 then return "(" .. cond(d - 1) .. " and " .. cond(d - 1) .. ")" end
  return "(" .. cond(d - 1) .. " or " .. cond(d - 1) .. ")"
end
local loops = 0
local function block(d, inloop, ind)
  local o = {}
  for _ = 1, rnd(3) do
    local r = rnd(d > 0 and 13 or 5)
    local s
    if r <= 3 then s = vars[rnd(#vars)] .. " = " .. num(2)
    elseif r == 4 then local p, q = rnd(#vars), rnd(#vars) s = vars[p] .. ", " .. vars[q] .. " = " .. num(1) .. ", " .. num(1)
    elseif r == 5 then s = "n = n + 1 log[n] = a + b * 3 + c * 7 + d * 11"
    elseif r == 6 then s = "if " .. cond(2) .. " then\n" .. block(d - 1, inloop, ind .. " ") .. ind .. "else\n" .. block(d - 1, inloop, ind .. " ") .. ind .. "end"
    elseif r == 7 then s = "if " .. cond(2) .. " then\n" .. block(d - 1, inloop, ind .. " ") .. ind .. "elseif " .. cond(1) .. " then\n" .. block(d - 1, inloop, ind .. " ") .. ind .. "end"
    elseif r == 8 then loops = loops + 1 s = "for i" .. loops .. " = " .. rnd(3) .. ", " .. (rnd(5) + 1) .. (rnd(3) == 1 and ", 2" or "") .. " do\n" .. ind .. " a = (a + i" .. loops .. ") % 100\n" .. block(d - 1, true, ind .. " ") .. ind .. "end"
    elseif r == 9 then loops = loops + 1 local w = "w" .. loops s = "local " .. w .. " = 0 while " .. w .. " < " .. rnd(5) .. " and " .. cond(1) .. " do\n" .. ind .. " " .. w .. " = " .. w .. " + 1\n" .. block(d - 1, true, ind .. " ") .. ind .. "end"
    elseif r == 10 then loops = loops + 1 local w = "r" .. loops s = "local " .. w .. " = 0 repeat\n" .. ind .. " " .. w .. " = " .. w .. " + 1 local q = " .. num(1) .. "\n" .. block(d - 1, true, ind .. " ") .. ind .. "until " .. w .. " > " .. rnd(4) .. " or q == a"
    elseif r == 11 then s = "do local a, up = " .. num(1) .. ", " .. num(1) .. "\n" .. block(d - 1, inloop, ind .. " ") .. ind .. " n = n + 1 log[n] = a + up end"
    elseif r == 12 then loops = loops + 1 s = "for k" .. loops .. ", v" .. loops .. " in ipairs(list) do\n" .. ind .. " b = (b + k" .. loops .. " * v" .. loops .. ") % 100\n" .. block(d - 1, true, ind .. " ") .. ind .. "end"
    else s = "fs[#fs % 8 + 1] = (function(p) local q = p return function(z) q = (q + z) % 1000 " .. "up = (up + q) % 1000 return q end end)(" .. num(1) .. ") c = (c + fs[1](" .. lit() .. ")) % 1000" end
    o[#o + 1] = ind .. s .. "\n"
  end
  if inloop and rnd(5) == 1 then o[#o + 1] = ind .. "do break end\n" end
  return table.concat(o)
end
local skipped, ran, sum = 0, 0, 0
for program = 1, 250 do
  loops = 0
  local body = block(4, false, "")
  local src = "local a, b, c, d, t, n, log, fs, up, list = 1, 2, 3, 4, { 5, x = 6 }, 0, {}, {}, 7, { 3, 1, 2 }\ng1 = 8\nlocal function f(x) return (x * 2 + up) % 97 end\n" .. body .. "\nreturn a, b, c, d, t.x, t[1], g1, up, n, log"
  local f, e = loadstring(src, "=p")
  if not f then
    skipped = skipped + 1 print(program, "does not compile", e)
  else
    ran = ran + 1
    local r = { pcall(f) }
    if r[1] then
      local log, h = r[11], 0
      for i = 1, r[10] do h = (h * 31 + log[i] + 100000) % 1000003 end
      print(program, #src > 0, r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], h)
      sum = (sum * 31 + h) % 1000003
    else
      print(program, r[1], r[2])
    end
  end
end
print(ran, skipped, sum)
