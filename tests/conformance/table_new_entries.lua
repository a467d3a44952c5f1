-- Entries that come, go and come back, by every form of a store and a read, in tables of all small sizes, with and without
-- metatables: what the interpreter's short ways (vm/fast/handlers.inc) must do as the general one does.
local lines = {}
local function show(...)
    local t = {}
    for i = 1, select("#", ...) do t[i] = tostring((select(i, ...))) end
    lines[#lines + 1] = table.concat(t, " ")
end

-- A key that comes back may be a metamethod which was found to be absent.
do
    local log = {}
    local function note(_, k, v) log[#log + 1] = tostring(k) .. "=" .. tostring(v) end
    local function forms(o, i)
        o.field = i
        o.field = "constant"
        o[i] = i
        o[i] = "constant"
        o[-i] = i
        o[i .. "key"] = i
        o[true] = i
        o[o] = nil
        o[false] = "p"
    end
    for _, with in ipairs({"named", "computed", "raw"}) do
        local key = "__newindex"
        local mt = {}
        local function set(v)
            if with == "named" then mt.__newindex = v elseif with == "computed" then mt[key] = v else rawset(mt, key, v) end
        end
        local function all(i)
            local o = setmetatable({}, mt)
            forms(o, i)
            local n = 0
            for _ in pairs(o) do n = n + 1 end
            show(with, i, n, #log, log[#log])
        end
        all(1)
        set(note)
        all(2)
        set(nil)
        all(3)
        set(note)
        all(4)
        local target = {}
        set(target)
        all(5)
        show(target.field, target[5], target[-5], target["5key"], target[true])
        set(nil)
        all(6)
    end
end
-- The same of what is read.
do
    local mt = {}
    local o = setmetatable({}, mt)
    local function read(k) return o.field, o[k], o[3], o[-3], o[1.5], o[true], rawget(o, k) end
    local function answer(_, k) return "answer " .. tostring(k) end
    for turn = 1, 3 do
        mt.__index = nil
        show(turn, read("key"))
        mt.__index = answer
        show(turn, read("key"))
        mt.__index = {field = "f", key = "k", [3] = 3, [-3] = -3, [1.5] = 1.5, [true] = "yes"}
        show(turn, read("key"))
        mt.__index.field = nil
        mt.__index.key = nil
        show(turn, read("key"))
        setmetatable(mt.__index, {__index = function(_, k) return "above " .. tostring(k) end})
        show(turn, read("key"))
    end
    show(pcall(function() return o[nil] end))
    show(pcall(function() o[nil] = 1 end))
    show(pcall(function() o[0 / 0] = 1 end))
    show(o[0 / 0])
end
-- What no class has, until one has it.
do
    local base = {}
    base.__index = base
    local class = setmetatable({}, base)
    class.__index = class
    local object = setmetatable({}, class)
    local function missing() return object.missing end
    show(missing(), missing())
    base.missing = 1
    show(missing())
    base.missing = nil
    show(missing(), missing())
    rawset(class, "missing", 2)
    show(missing())
    class.missing = nil
    show(missing(), missing())
    setmetatable(base, {__index = {missing = 3}})
    show(missing())
    setmetatable(base, {})
    show(missing(), missing())
    getmetatable(base).__index = {missing = 4}
    show(missing())
    setmetatable(base, nil)
    show(missing(), missing())
    base.__index = function(_, k) return k end
    show(missing(), pcall(function() return object:missing_too() end))
end
-- Zero has two signs, numbers many forms; nodes collide, empty and fill again.
do
    local t = {}
    t[-0] = "zero"
    local zero = 0
    show(t[0], t[-zero], rawget(t, -0), next(t))
    for size = 1, 40 do
        local o, n = {}, 0
        for i = 1, size do
            o["k" .. i] = i
            o[i * 1000] = -i
            o[-i] = i
            o[i + 0.5] = i
        end
        for i = 1, size, 3 do
            o["k" .. i] = nil
            o[i * 1000] = nil
            o[-i] = nil
        end
        for i = size + 1, size + 5 do
            o["k" .. i] = i
            o[i * 1000] = -i
            o[{}] = true
        end
        local sum = 0
        for i = 1, size + 5 do
            sum = sum + (o["k" .. i] or 0) * 3 - (o[i * 1000] or 7) + (o[-i] or 5) + (o[i + 0.5] or 0)
        end
        for _ in pairs(o) do n = n + 1 end
        show(size, n, sum, #o)
    end
    local o = {}
    o.a, o.b, o.c, o.d, o.e = 1, 2, 3, 4, 5
    o.a, o.c = nil, nil
    o.f, o.g, o.h, o.i = 6, 7, 8, 9
    show(o.a, o.b, o.c, o.d, o.e, o.f, o.g, o.h, o.i)
    -- An array that is filled from the front, from the back and from both ends.
    for n = 1, 20 do
        local front, back = {}, {}
        for i = 1, n do front[i] = i end
        for i = n, 1, -1 do back[i] = i end
        front[n + 1], back[0] = "more", "less"
        front[n + 1] = nil
        show(n, #front, #back, front[n], front[n + 1], back[0], rawset(front, "x", n).x, rawset(front, "x", nil).x)
    end
end
print(table.concat(lines, "\n"))
