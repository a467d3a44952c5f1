-- string.dump and back: constants, upvalues, nested functions, varargs.
local function square(x, ...) local y = x * x return y, select("#", ...), "text", 1.5, nil, true end
local copy = loadstring(string.dump(square))
print(copy(3, "a", "b"))
local up = 10
local f = loadstring(string.dump(function() return up end))
print(pcall(f))
local nested = loadstring(string.dump(function(n) local function inner(m) return m <= 1 and 1 or m * inner(m - 1) end return inner(n) end))
print(nested(6))
print(pcall(string.dump, print))
local d = string.dump(square)
print(type(d), d:byte(1), #d > 40, loadstring(d:sub(1, 20)) == nil, load(function() local x = d d = nil return x end)(2))
W.dumped = loadstring(string.dump(Point.__tostring))
setfenv(W.dumped, W.env)
print(W.dumped({x = 5, y = 6}))
