-- Weak keys, weak values, and what is never removed.
local check = dofile "check.inc"
local function collect() collectgarbage() collectgarbage() end
local function size(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end

for _, mode in ipairs { "k", "v", "kv", "vk", "", "x", "K", "V", "weak", "keys", "kk" } do
    check.call("mode " .. check.shown(mode), function()
        local t = setmetatable({}, { __mode = mode })
        t[{}] = 1
        t[2] = {}
        t[{}] = {}
        t.text = "text"
        collect()
        return size(t), t[2] == nil, t.text
    end)
end
for _, mode in ipairs { 5, true, {} } do
    check.call("mode of type " .. type(mode), function()
        local t = setmetatable({ {} }, { __mode = mode })
        collect()
        return size(t)
    end)
end
check.call("live keys and values stay", function()
    local key, value = {}, {}
    local t = setmetatable({}, { __mode = "kv" })
    t[key], t[1] = value, value
    collect()
    return t[key] == value, t[1] == value, size(t)
end)
check.call("numbers, booleans and strings are values", function()
    local t = setmetatable({}, { __mode = "kv" })
    t[1], t["a" .. "b"], t[true], t[2] = 2, "c" .. "d", false, ("x"):rep(100)
    collect()
    return t[1], t.ab, t[true], #t[2]
end)
check.call("functions, coroutines and userdata are objects", function()
    local t = setmetatable({}, { __mode = "v" })
    t[1], t[2], t[3] = function() return t end, coroutine.create(function() end), newproxy()
    collect()
    return t[1], t[2], t[3]
end)
check.call("library functions stay", function()
    local t = setmetatable({ print, string.rep }, { __mode = "v" })
    collect()
    return t[1] == print, t[2] == string.rep
end)
check.call("a weak key keeps its value alive while it lives", function()
    local key = {}
    local t = setmetatable({ [key] = { "value" } }, { __mode = "k" })
    collect()
    return t[key][1]
end)
check.call("a value that refers to its own weak key", function()
    local t = setmetatable({}, { __mode = "k" })
    do local key = {} t[key] = { key } end
    collect()
    return size(t)
end)
check.call("weak values of strong keys", function()
    local t = setmetatable({}, { __mode = "v" })
    local key = {}
    t[key] = {}
    collect()
    return t[key], size(t)
end)
check.call("the mode may be set after the entries", function()
    local t = { {}, {} }
    setmetatable(t, { __mode = "v" })
    collect()
    return size(t)
end)
check.call("and taken away", function()
    local mt = { __mode = "v" }
    local t = setmetatable({ {} }, mt)
    mt.__mode = nil
    collect()
    return size(t)
end)
check.call("array part and node part", function()
    local t = setmetatable({}, { __mode = "v" })
    for i = 1, 100 do t[i] = {} t["k" .. i] = {} end
    local kept = { t[50], t.k50 }
    collect()
    return size(t), t[50] == kept[1], t.k50 == kept[2]
end)
check.call("growing a weak table", function()
    local t = setmetatable({}, { __mode = "k" })
    local kept = {}
    for i = 1, 200 do
        local key = {}
        t[key] = i
        if i % 10 == 0 then kept[#kept + 1] = key end
    end
    collect()
    local sum = 0
    for _, key in ipairs(kept) do sum = sum + t[key] end
    return size(t), sum
end)
check.call("userdata as a weak value goes before its finalizer runs", function()
    local t = setmetatable({}, { __mode = "v" })
    local seen
    do
        local u = newproxy(true)
        t[1] = u
        getmetatable(u).__gc = function() seen = tostring(t[1]) end
    end
    collect()
    return seen, t[1]
end)
check.call("userdata as a weak key is there in its finalizer", function()
    local t = setmetatable({}, { __mode = "k" })
    local seen
    do
        local u = newproxy(true)
        t[u] = "data"
        getmetatable(u).__gc = function(self) seen = t[self] end
    end
    collect()
    local left = size(t)
    collect()
    return seen, left, size(t)
end)
check.call("a cache is refilled", function()
    local cache = setmetatable({}, { __mode = "v" })
    local made = 0
    local function get(i) local v = cache[i] if not v then made = made + 1 v = { i } cache[i] = v end return v end
    get(1)
    collect()
    get(1)
    local kept = get(1)
    collect()
    return made, get(1) == kept
end)
check.call("removed during a traversal", function()
    local t = setmetatable({}, { __mode = "v" })
    for i = 1, 20 do t[i] = {} end
    local n = 0
    for k in pairs(t) do n = n + 1 if n == 1 then collect() end end
    return n >= 1, size(t)
end)
check.call("weak tables in weak tables", function()
    local outer = setmetatable({}, { __mode = "v" })
    outer[1] = setmetatable({ {} }, { __mode = "v" })
    local held = outer[1]
    collect()
    return outer[1] == held, size(held)
end)
