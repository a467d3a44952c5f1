-- The state that is there before each script of the corpus: of every kind of object something that is old. Runs under
-- lua5.1 too. TMP is a path that scripts may use for a file.
W = {log = {}, strong = {}}

W.array = {}
for i = 1, 600 do W.array[i] = i * 3 end
W.hash = {}
for i = 1, 300 do W.hash["key" .. i] = {i, name = "name" .. i, next = W.hash["key" .. i - 1]} end
W.mixed = {1, 2, 3, x = "ex", y = {z = {1, {2}}}, [2.5] = "half", [true] = "yes", [-1] = "minus"}
W.small = {}
for i = 1, 40 do W.small[i] = {i, i + 1, id = i} end
W.holes = {}
for i = 1, 100 do W.holes[i] = i % 3 == 0 and i or false end

do -- closures that share variables
    local n, history = 0, {}
    function W.count(by) n = n + (by or 1) history[#history + 1] = n return n end
    function W.peek() return n, #history end
    function W.reset(to) n = to end
end
W.makers = {}
for i = 1, 10 do
    local own, step = i, i % 3
    W.makers[i] = {get = function() return own end, add = function(x) own = own + x * step return own end}
end

Point = {}
Point.__index = Point
function Point.new(x, y) return setmetatable({x = x, y = y}, Point) end
function Point.__add(a, b) return Point.new(a.x + b.x, a.y + b.y) end
function Point.__eq(a, b) return a.x == b.x and a.y == b.y end
function Point.__tostring(p) return "(" .. p.x .. "," .. p.y .. ")" end
function Point:move(dx) self.x = self.x + dx return self end
W.points = {Point.new(1, 2), Point.new(3, 4), Point.new(1, 2)}

-- Coroutines that wait: fresh, in a loop, deep in calls, in an iterator, wrapped, dead.
W.fresh = coroutine.create(function(...) W.fresh_got = select("#", ...) return ... end)
W.loop = coroutine.create(function(a) while true do a = coroutine.yield(a * 2) end end)
coroutine.resume(W.loop, 1)
W.deep = coroutine.create(function()
    local function down(n)
        if n == 0 then return coroutine.yield("bottom") end
        local kept = {n}
        return down(n - 1) + kept[1]
    end
    return down(12)
end)
coroutine.resume(W.deep)
W.fibs = coroutine.wrap(function()
    local a, b = 0, 1
    while true do coroutine.yield(a) a, b = b, a + b end
end)
for i = 1, 5 do W.fibs() end
W.dead = coroutine.create(function() error("died young") end)
coroutine.resume(W.dead)
W.shared = coroutine.wrap(function() for i = 1, 1000 do W.count() coroutine.yield(i) end end)
W.shared()

W.weak_keys = setmetatable({}, {__mode = "k"})
W.weak_values = setmetatable({}, {__mode = "v"})
W.weak_both = setmetatable({}, {__mode = "kv"})
for i = 1, 20 do
    local key = {i}
    W.strong[i] = key
    W.weak_keys[key] = {"of", i}
    W.weak_values[i] = key
    W.weak_both[key] = key
end

W.proxies = {}
for i = 1, 6 do
    local u = newproxy(true)
    local meta = getmetatable(u)
    meta.__gc = function() W.log[#W.log + 1] = "gc" .. i end
    meta.__index = function(_, k) return k .. i end
    meta.__len = function() return i * 100 end
    W.proxies[i] = u
end
W.plain_proxy = newproxy()
W.same_proxy = newproxy(W.proxies[1])

W.text = string.rep("The quick brown fox, 12 jumps; ", 20)
W.words = {}
for w in string.gmatch("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu", "%a+") do
    W.words[#W.words + 1] = w
end
W.env = {print = print, tostring = tostring, secret = 42}
W.in_env = setfenv(function(v) if v then secret = v end return secret end, W.env)
W.list = nil
for i = 1, 50 do W.list = {value = i, next = W.list} end
W.ring = {}
W.ring.self = W.ring

-- Helpers of the scripts.
function sorted(t)
    local all = {}
    for k, v in pairs(t) do all[#all + 1] = tostring(k) .. "=" .. (type(v) == "table" and "table" or tostring(v)) end
    table.sort(all)
    return table.concat(all, " ")
end
function try(...)
    local r = {pcall(...)}
    for i = 1, #r do r[i] = type(r[i]) == "table" and "table" or tostring(r[i]) end
    print(table.concat(r, " ", 1, #r))
end
