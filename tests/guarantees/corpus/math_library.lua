-- Every function of math; results that all machines share, rounded.
local function r(...)
    local t = {...}
    for i = 1, #t do t[i] = string.format("%.10g", t[i]) end
    print(unpack(t))
end
r(math.abs(-3), math.ceil(1.2), math.floor(-1.2), math.fmod(7, 3), math.mod(-7, 3), math.max(1, 5, 3), math.min(2, 0))
r(math.sin(1), math.cos(1), math.tan(1), math.asin(0.5), math.acos(0.5), math.atan(1), math.atan2(1, -1))
r(math.sinh(1), math.cosh(1), math.tanh(1), math.exp(1), math.log(10), math.log10(1000), math.sqrt(2), math.pow(2, 10))
r(math.deg(math.pi), math.rad(180), math.ldexp(0.5, 4), math.frexp(10))
r(math.modf(3.7)) r(math.modf(-3.7))
print(math.huge, -math.huge, math.floor(2^31), pcall(math.floor, "x"), pcall(math.max))
math.randomseed(42)
local ok = true
for i = 1, 50 do
    local a, b, c = math.random(), math.random(10), math.random(-5, 5)
    ok = ok and a >= 0 and a < 1 and b >= 1 and b <= 10 and c >= -5 and c <= 5
end
print(ok, pcall(math.random, 0), pcall(math.random, 2, 1))
