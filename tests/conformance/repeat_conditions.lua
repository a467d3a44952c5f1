-- Conditions of repeat, while and if: chains of and, or, not over constants, locals and globals, each run for every value of
-- the variables, alone, behind other code and with the block's variables captured. Generated: every chain of up to four
-- operands.
local operands = { "nil", "'s'", "a", "not b", "a ~= b", "not (a ~= nil and b)", "((true) or false)" }
local values = { false, true }
local out, count = {}, 0

local shapes = {
  { "if", "if %s then n = n + 1 end" },
  { "while", "while %s do n = n + 1 if n == 3 then break end end" },
  { "repeat", "repeat n = n + 1 if n == 3 then break end until %s" },
  { "first", "repeat until n == 3 or tick() or %s" },
  { "captured", "repeat local m = n f = function() return m end n = n + 1 if n == 3 then break end until %s" },
  { "value", "local v = %s n = v and 1 or 2" },
}

local function run(condition)
  for _, shape in ipairs(shapes) do
    local text = "local a, b = ... local n, f = 0 local function tick() n = n + 1 return n > 3 end "
      .. shape[2]:format(condition) .. " return n"
    local f = assert(loadstring(text))
    for _, a in ipairs(values) do
      for _, b in ipairs(values) do
        count = count + 1
        out[#out + 1] = f(a, b)
      end
    end
  end
end

local function chains(text, depth)
  run(text)
  if depth == 0 then return end
  for _, o in ipairs(operands) do
    chains(text .. " and " .. o, depth - 1)
    chains(text .. " or " .. o, depth - 1)
    if depth == 1 then chains("not (" .. text .. ") or " .. o, 0) end
  end
end

for i, o in ipairs(operands) do
  chains(o, 2)
end
-- Longer ones at random.
local seed = 42
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end
for i = 1, 2000 do
  local text = operands[random(#operands)]
  for k = 1, random(6) do
    local o = operands[random(#operands)]
    if random(4) == 1 then text = "(" .. text .. ")" end
    if random(6) == 1 then text = "not (" .. text .. ")" end
    text = text .. (random(2) == 1 and " and " or " or ") .. o
  end
  run(text)
end
print(count, #out)
for i = 1, #out, 200 do
  print(table.concat(out, "", i, math.min(i + 199, #out)))
end
