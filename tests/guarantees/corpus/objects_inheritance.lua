-- Classes: inheritance, super calls, methods added to an old class.
local Animal = {} Animal.__index = Animal
function Animal.new(name) return setmetatable({name = name}, Animal) end
function Animal:speak() return self.name .. " makes a sound" end
local Dog = setmetatable({}, {__index = Animal}) Dog.__index = Dog
function Dog.new(name) local d = Animal.new(name) return setmetatable(d, Dog) end
function Dog:speak() return Animal.speak(self) .. ": woof" end
local zoo = {Animal.new("cat"), Dog.new("rex")}
for _, a in ipairs(zoo) do print(a:speak()) end
function Point:length2() return self.x * self.x + self.y * self.y end
print(W.points[2]:length2(), W.points[1]:move(9).x, tostring(W.points[1]))
Point.__index = function(t, k) return rawget(Point, k) or "none" end
print(W.points[1].color, W.points[1]:length2())
local Stack = {}
Stack.__index = Stack
function Stack:push(...) for i = 1, select("#", ...) do self[#self + 1] = (select(i, ...)) end return self end
function Stack:pop() return table.remove(self) end
W.stack = setmetatable({}, Stack):push(1, 2, 3):push("x")
print(W.stack:pop(), W.stack:pop(), #W.stack)
