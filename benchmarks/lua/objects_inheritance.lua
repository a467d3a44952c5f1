-- kind: objects
-- Classes with a base class and methods that are overridden, three levels deep; calls of own and inherited methods.
local scale = tonumber((...)) or 1

local function class(base)
    local c = {}
    c.__index = c
    if base then
        setmetatable(c, {__index = base})
    end
    c.new = function(...)
        local object = setmetatable({}, c)
        object:initialize(...)
        return object
    end
    return c
end

local Shape = class()
function Shape:initialize(name)
    self.name = name
    self.moves = 0
    self.x, self.y = 0, 0
end
function Shape:move(dx, dy)
    self.x = self.x + dx
    self.y = self.y + dy
    self.moves = self.moves + 1
    return self
end
function Shape:area()
    return 0
end
function Shape:describe()
    return self:area() + self.x - self.y
end

local Rectangle = class(Shape)
function Rectangle:initialize(width, height)
    Shape.initialize(self, "rectangle")
    self.width, self.height = width, height
end
function Rectangle:area()
    return self.width * self.height
end

local Square = class(Rectangle)
function Square:initialize(side)
    Rectangle.initialize(self, side, side)
    self.name = "square"
end
function Square:grow(by)
    self.width = self.width + by
    self.height = self.width
end

local Circle = class(Shape)
function Circle:initialize(radius)
    Shape.initialize(self, "circle")
    self.radius = radius
end
function Circle:area()
    return self.radius * self.radius * 3
end

local shapes = {}
for i = 1, 30 do
    local kind = i % 3
    if kind == 0 then
        shapes[i] = Rectangle.new(i, 2)
    elseif kind == 1 then
        shapes[i] = Square.new(i)
    else
        shapes[i] = Circle.new(i)
    end
end

local total, created = 0, 0
for round = 1, math.ceil(340000 * scale) do
    for k = 1, 10 do
        local s = shapes[(round * 7 + k * 3) % 30 + 1]
        s:move(1, k % 2):move(-1, 0)
        total = total + s:describe()
        if s.grow and round % 16 == 0 then
            s:grow(round % 32 == 0 and 1 or -1)
        end
    end
    local temporary = Square.new(round % 5)
    created = created + temporary:area()
end
local moves = 0
for _, s in ipairs(shapes) do
    moves = moves + s.moves
end
print(string.format("objects_inheritance %d %d %d", total, created, moves))
