-- __call of tables and userdata, nested, in every place a function can stand.
local adder = setmetatable({n = 10}, {__call = function(self, a, b) return self.n + (a or 0) + (b or 0), a, b end})
print(adder(), adder(1), adder(1, 2))
print(pcall(adder, 5)) print(select("#", adder(1)))
local twice = setmetatable({}, {__call = setmetatable({}, {__call = function(...) return select("#", ...) end})})
print(pcall(twice, 1, 2))
local iter = setmetatable({}, {__call = function(self, s, i) if i < 3 then return i + 1 end end})
for i in iter, nil, 0 do io.write(i, " ") end print()
print(pcall(string.gsub, "ab", "%a", adder))
local co = coroutine.wrap(function(...) return adder(...) end)
print(co(3, 4))
local u = newproxy(true)
getmetatable(u).__call = function(self, x) return type(self), x end
print(u(5))
local function tail() return adder(7) end
print(tail())
W.callable = adder
print(pcall(setmetatable({}, {__call = 1})))
