-- kind: objects
-- Operators of user types: complex numbers and exact fractions with arithmetic, comparison and concatenation.
local scale = tonumber((...)) or 1

local Complex = {}
Complex.__index = Complex
local function complex(re, im)
    return setmetatable({re = re, im = im}, Complex)
end
local function lift(v)
    if type(v) == "number" then
        return complex(v, 0)
    end
    return v
end
function Complex.__add(a, b)
    a, b = lift(a), lift(b)
    return complex(a.re + b.re, a.im + b.im)
end
function Complex.__sub(a, b)
    a, b = lift(a), lift(b)
    return complex(a.re - b.re, a.im - b.im)
end
function Complex.__mul(a, b)
    a, b = lift(a), lift(b)
    return complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
end
function Complex.__unm(a)
    return complex(-a.re, -a.im)
end
function Complex.__eq(a, b)
    return a.re == b.re and a.im == b.im
end
function Complex:norm()
    return self.re * self.re + self.im * self.im
end

local Fraction = {}
Fraction.__index = Fraction
local function fraction(n, d)
    local a, b = n < 0 and -n or n, d
    while b > 0 do
        a, b = b, a % b
    end
    return setmetatable({n = n / a, d = d / a}, Fraction)
end
function Fraction.__add(a, b)
    return fraction(a.n * b.d + b.n * a.d, a.d * b.d)
end
function Fraction.__div(a, b)
    return fraction(a.n * b.d, a.d * b.n)
end
function Fraction.__lt(a, b)
    return a.n * b.d < b.n * a.d
end
function Fraction.__le(a, b)
    return a.n * b.d <= b.n * a.d
end
function Fraction.__concat(a, b)
    local left = type(a) == "string" and a or string.format("%d/%d", a.n, a.d)
    local right = type(b) == "string" and b or string.format("%d/%d", b.n, b.d)
    return left .. right
end
function Fraction.__tostring(a)
    return a .. ""
end

local equal, norm, less, text = 0, 0, 0, 0
local rotation = complex(0.6, 0.8)
local z = complex(1, 0)
local half = fraction(1, 2)
for i = 1, math.ceil(480000 * scale) do
    z = z * rotation + 0.25 - complex(0.25, 0)
    if -z == -(-(-z)) then
        equal = equal + 1
    end
    norm = norm + z:norm()
    local f = fraction(i % 12 + 1, i % 5 + 2) + half
    if f < half or f <= fraction(3, 2) then
        less = less + 1
    end
    if i % 16 == 0 then
        text = text + #tostring(f / half)
    end
end
print(string.format("objects_operators %d %.6f %d %d", equal, norm, less, text))
