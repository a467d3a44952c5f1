-- The mathematical functions.
local check = dofile "check.inc"

local names = {}
for name, value in pairs(math) do names[#names + 1] = name .. ":" .. type(value) end
table.sort(names)
for _, name in ipairs(names) do check.values("member", name) end
-- A nan's sign is the machine's business.
local function clean(v) if v ~= v then return "nan" end return type(v) == "number" and ("%.12g"):format(v) or v end
local function show(label, f, ...)
    local function all(ok, ...)
        local out = {}
        for i = 1, select("#", ...) do out[i] = clean((select(i, ...))) end
        check.values(label .. (ok and "" or " fails"), unpack(out, 1, select("#", ...)))
    end
    all(pcall(f, ...))
end
local one = { "abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "deg", "exp", "floor", "frexp", "log", "log10", "modf", "rad", "sin", "sinh", "sqrt", "tan", "tanh" }
local inputs = { 0, 1, -1, 0.5, -0.5, 2, 2.5, -2.5, 10, 100, 1e10, -1e10, 1e300, 1 / 0, -1 / 0, 0 / 0, math.pi, "4", "0x10", " 2.5 " }
for _, name in ipairs(one) do
    for _, x in ipairs(inputs) do
        local label = x ~= x and "nan" or type(x) == "string" and ("%q"):format(x) or tostring(x)
        show(("math.%s(%s)"):format(name, label), math[name], x)
    end
end
for _, name in ipairs { "atan2", "fmod", "mod", "ldexp", "pow", "max", "min" } do
    for _, pair in ipairs { { 0, 1 }, { 1, 0 }, { 1, 2 }, { -1, 2 }, { 7, 3 }, { -7, 3 }, { 7, -3 }, { 5.5, 2 }, { 2, 10 }, { 2, 0.5 }, { -8, 1 / 3 }, { 1 / 0, 1 }, { 1, 1 / 0 }, { 0 / 0, 1 }, { 1, 0 / 0 }, { "3", "2" }, { 1e308, 2 }, { 0, 0 } } do
        local label = (tostring(pair[1]) .. ", " .. tostring(pair[2])):gsub("%-?nan", "nan")
        show(("math.%s(%s)"):format(name, label), math[name], pair[1], pair[2])
    end
end
for name, f in pairs(math) do if type(f) == "function" then names[#names + 1] = name end end
local functions = {}
for name, f in pairs(math) do if type(f) == "function" and name ~= "randomseed" then functions[#functions + 1] = name end end
table.sort(functions)
for _, name in ipairs(functions) do
    for _, arguments in ipairs { "nil", "{}", "true", "'x'", "1, {}", "1, 'x'", "1, nil" } do
        if name ~= "random" or arguments ~= "1, nil" then
            show(("math.%s(%s)"):format(name, arguments), loadstring(("local f = math.%s return f(%s)"):format(name, arguments), "=line"))
        end
    end
    if name ~= "random" then show("math." .. name .. "()", loadstring("return math." .. name .. "()", "=line")) end
end
check.lines [[
math.pi, ("%.17g"):format(math.pi), math.huge, -math.huge, math.huge == 1/0
math.mod == math.fmod
math.max(1), math.max(1, 2, 3), math.max(3, 2, 1), math.max(-1, -2), math.max("10", 9), math.max(1, "2")
math.min(1), math.min(1, 2, 3), math.min(3, 2, 1), math.min(-1, -2), math.min("10", 9)
math.floor(3.7), math.floor(-3.7), math.floor(3), math.ceil(3.2), math.ceil(-3.2), math.ceil(3)
math.floor(2^53), math.floor(1e308), math.floor(-0.5), math.ceil(-0.5)
math.modf(3.7), (select(2, math.modf(3.7)) - 0.7) < 1e-9
math.modf(-3.5)
math.modf(5)
math.modf(1/0)
math.modf(-1/0)
math.frexp(8)
math.frexp(0)
math.frexp(-0.75)
math.ldexp(0.5, 4), math.ldexp(1, -1), math.ldexp(1, 1.9), math.ldexp(1, 2000), math.ldexp(1, -2000)
math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(5.5, 2)
math.deg(math.pi), math.rad(180) == math.pi
math.sqrt(16), math.sqrt(2) == 2 ^ 0.5
math.exp(0), math.log(1), math.log10(1000), math.log(math.exp(1))
math.log(100, 10) == math.log(100)
math.pow(2, 10), math.pow(2, -1)
math.abs(-0) == 0
math.random(0)
math.random(1, 0)
math.random(-5, -6)
math.random(1, 2, 3)
math.random(1), math.random(5, 5)
math.random {}
math.random "x"
math.randomseed()
math.randomseed {}
math.randomseed "x"
select("#", math.randomseed(1))
math.randomseed(42) local a, b = math.random(), math.random(100) math.randomseed(42) return a == math.random(), b == math.random(100)
for i = 1, 1000 do local r = math.random() if r < 0 or r >= 1 then return "out of range" end end return "in range"
for i = 1, 1000 do local r = math.random(6) if r < 1 or r > 6 or r % 1 ~= 0 then return "out of range" end end return "in range"
for i = 1, 1000 do local r = math.random(-3, 3) if r < -3 or r > 3 or r % 1 ~= 0 then return "out of range" end end return "in range"
local seen, n = {}, 0 for i = 1, 1000 do local r = math.random(6) if not seen[r] then seen[r] = true n = n + 1 end end return n
math.random("3") >= 1
]]
-- The same seed gives the same values; which ones is the implementation's business.
for _, seed in ipairs { 0, 1, 42, 12345, 2 ^ 31, -1, 1.9, "7" } do
    math.randomseed(seed)
    local first = { math.random(1000), math.random(), math.random(-10, 10) }
    math.randomseed(seed)
    check.values("seed " .. seed, first[1] == math.random(1000), first[2] == math.random(), first[3] == math.random(-10, 10))
end
