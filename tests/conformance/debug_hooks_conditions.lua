-- Line events of conditions on one line, of loops and others: random chains of and, or, not.
local function run(text)
  local f = assert(loadstring(text))
  local seen, n = {}, 0
  debug.sethook(function(_, line)
    n = n + 1
    if n <= 30 then seen[n] = line end
    if n == 30 then error("enough") end  -- endless loops end here: their line is seen
  end, "l")
  local ok = pcall(f, 1)
  debug.sethook()
  return tostring(ok) .. " " .. table.concat(seen, " ")
end

local seed = 7
local function random(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
local operands = { "a", "b", "1", "nil", "false", "'s'", "a == 1", "b ~= nil", "not a", "g", "(a or 1)", "f(a)" }
local head = "local a, b, f = ..., nil, type\n"
local shapes = {
  "repeat until %s",
  "repeat until %s\nlocal z",
  "local n = 0\nrepeat n = n + 1 if n > 3 then break end until %s\nlocal z",
  "for i = 1, 2 do\nrepeat until %s end\nlocal z",
  "for k in pairs {1} do repeat until %s end",
  "if %s then local x\nelse local y end\nlocal z",
  "while %s do\nbreak end\nlocal z",
  "for i = 1, 2 do\nwhile %s do end end",
  "local x =\n%s\nlocal z",
  "repeat local c = a\nlocal d = function() return c end\nuntil %s\nlocal z",
  "while\n%s do local c = a\n if c then break end\nend\nlocal z",
}
for i = 1, 800 do
  local condition = operands[random(#operands)]
  for k = 2, random(4) do
    condition = condition .. (random(2) == 1 and " and " or " or ") .. operands[random(#operands)]
    if random(5) == 1 then condition = "not (" .. condition .. ")" end
  end
  for k, shape in ipairs(shapes) do print(i, k, (run(head .. shape:format(condition)))) end
end
