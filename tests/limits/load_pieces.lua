-- One statement in very many pieces is not checked from its start at each of them; an error in it still ends the reading.
local text = "x = {" .. ("123456,"):rep(100000) .. "}"
local at = 0
local started = os.clock()
assert(load(function()
  at = at + 1
  return text:sub(at, at)
end))
assert(at == #text + 1)

local asked = 0
local size = 200000
local f, message = load(function()
  asked = asked + 1
  if asked < size then return asked == 1 and "x = {" or "1," end
  return "]"
end)
assert(not f and message:find("unexpected symbol near ']'", 1, true), message)
assert(asked >= size and asked <= size * 4 / 3 + 1, asked)
assert(os.clock() - started < 30)
print("ok")
