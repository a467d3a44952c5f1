-- `...` in every position, above all as the arguments of select and of calls in tail position.
local function show(...)
    local line = "n=" .. select("#", ...)
    for i = 1, select("#", ...) do
        local v = select(i, ...)
        line = line .. " " .. (type(v) == "function" and "function" or tostring(v))
    end
    print(line)
end
local function one(n, ...) local v = select(n, ...) return v end
local function some(n, ...) return select(n, ...) end
local function count(...) local n = select("#", ...) return n end
local function two(n, ...) local a, b = select(n, ...) return a, b end
local function as_statement(n, ...) select(n, ...) return "done" end
local function other(select, n, ...) local v = select(n, ...) return v end
local function shifted(n, ...) local v = select(n, n, ...) return v end
for n = 1, 5 do
    show(n, one(n), one(n, nil), one(n, 1, 2, 3), one(n, nil, nil, 3, 4, 5))
    show(n, some(n, "a", "b", nil))
    show(n, two(n, "a", "b", nil))
    show(n, as_statement(n, 1), shifted(n, "x", "y"))
    show(n, other(math.max, n, 2, 3), other(function(...) return ... end, n, 9), other(rawequal, n, n))
end
show(count(), count(nil), count(1, nil, nil), one("2", "p", "q"), one(1.9, "p", "q"), one("#"), one("#", nil, 1))
show(one(-1, "y", "z"), one(-2, "y", "z"), some(-2, "x", "y", "z"))
for _, bad in ipairs({0, -4, "x", {}, false}) do
    local ok, message = pcall(function(...) local v = select(bad, ...) return v end, 1, 2, 3)
    print(ok, (tostring(message):gsub("table: %S+", "table")))
    print(pcall(function(...) return (select(bad, ...)) end, 1, 2, 3) == ok)
end
print(pcall(function(...) return select(...) end))
do
    local real = select
    local log = {}
    select = function(...) log[#log + 1] = real("#", ...) return "mine" end
    print(one(1, 2, 3), count(4, 5, 6), log[1], log[2])
    select = setmetatable({}, {__call = function(self, n, ...) return n, real("#", ...) end})
    print(two(7, 8, 9))
    select = real
end

-- Tail calls from and of functions with varargs.
local function fixed(a, b, c) return "fixed", a, b, c end
local function variable(a, ...) return "variable", a, select("#", ...), ... end
local function only(...) return "only", select("#", ...), ... end
local function from_variable(f, ...) return f(...) end
local function from_fixed(f, a, b) return f(a, b, a) end
local function from_two(a, f, ...) return f(a, ...) end
for _, f in ipairs({fixed, variable, only, math.max, pcall}) do
    for _, from in ipairs({from_variable, from_fixed}) do
        if f == pcall then
            show(from(f, only, 1))
        else
            show(from(f, 1, 2), from(f, 1, 2, 3, 4, 5, 6, 7))
        end
    end
    if f ~= pcall then show(from_two(9, f, 8, 7)) end
end
show(from_variable(only), from_variable(variable), from_variable(fixed))
local function down(n, ...) if n == 0 then return select("#", ...), ... end return down(n - 1, n, ...) end
show(down(40))
local function turn(n, a, ...) if n == 0 then return a, ... end return turn(n - 1, ..., a) end
show(turn(30, 1, 2, 3))
local function ping(n, ...) if n == 0 then return "end", ... end return (n % 2 == 0 and from_variable or pcall)(ping, n - 1, n, ...) end
show(ping(9))
local deep = 0
local function forever(n, ...) if n == 0 then return ... end deep = deep + 1 return forever(n - 1, ...) end
print(forever(100000, "a", "b"), deep)
-- Many.
local many = {}
for i = 1, 300 do many[i] = i end
local function last(...) return (select(select("#", ...), ...)) end
for _, n in ipairs({1, 2, 62, 63, 64, 65, 66, 100, 127, 128, 129, 300}) do
    local packed = {from_variable(only, unpack(many, 1, n))}
    print(n, last(unpack(many, 1, n)), #packed, packed[2], packed[n + 2], #{unpack(many, 1, n)}, (select(n, unpack(many, 1, n))))
end
local function pack(...) return {n = select("#", ...), ...} end
local p = pack(nil, 2, nil)
print(p.n, p[1], p[2], p[3], #pack(1, 2, 3), #{0, unpack(many, 1, 10)}, ({unpack(many, 1, 10), unpack(many, 5, 6)})[3])
local function old(a, ...) local x, y = ... return a, x, y, arg end
local function compatible(a, ...) return a, arg and arg.n, arg and arg[1] end
show(old(1), compatible(1, 2, 3))
