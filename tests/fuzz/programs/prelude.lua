-- Runs before generated programs, in both engines: the functions they use to show values, and the driver of a batch.
-- show prints by content, sorted, so that neither addresses nor the order of hash parts reach the output. A key -0 is
-- shown as 0: lua5.1 keeps the sign of a key in the hash part, arenite does not.

local type, tostring, next, rawget, select, pairs = type, tostring, next, rawget, select, pairs
local format, gsub, concat, sort = string.format, string.gsub, table.concat, table.sort
local write, flush = io.write, function() io.stdout:flush() end
local MAX_LINES, FUEL = 250, 400

local function escape(c) return format("\\%03d", string.byte(c)) end

local function order(a, b)
    local ta, tb = type(a), type(b)
    if ta ~= tb then return ta < tb end
    if ta == "number" or ta == "string" then return a < b end
    return tostring(a) < tostring(b)
end

local show
local function show_table(t, depth)
    if depth > 3 then return "{...}" end
    local keys, others, parts, n = {}, {}, {}, 0
    for k, v in next, t do
        local kind = type(k)
        if k == 0 then k = 0 end
        if kind == "number" or kind == "string" or kind == "boolean" then
            keys[#keys + 1] = k
        else
            others[#others + 1] = "[" .. kind .. "]=" .. show(v, depth + 1)
        end
    end
    sort(keys, order)
    sort(others)
    for i = 1, #keys do
        local k = keys[i]
        parts[#parts + 1] = show(k, 0) .. "=" .. show(rawget(t, k), depth + 1)
        if i == 40 then parts[#parts + 1] = "..." break end
    end
    for i = 1, #others do parts[#parts + 1] = others[i] end
    return "{" .. concat(parts, " ") .. "}"
end

function show(v, depth)
    local kind = type(v)
    if kind == "string" then
        return '"' .. gsub(v, "[%c\128-\255\\\"]", escape) .. '"'
    elseif kind == "table" then
        return show_table(v, depth or 0)
    elseif kind == "number" or kind == "boolean" or kind == "nil" then
        return tostring(v)
    end
    return kind
end

-- What programs call. Each program gets its own, with its own count of lines and fuel.
local function tools(env)
    local lines, fuel = 0, FUEL
    function env.P(...)
        lines = lines + 1
        if lines > MAX_LINES then return end
        local parts = {}
        for i = 1, select("#", ...) do parts[i] = show((select(i, ...))) end
        write(concat(parts, "\t"), "\n")
    end
    env.print = env.P
    env.show = show
    function env.tick()
        fuel = fuel - 1
        if fuel < 0 then error("out of fuel", 0) end
    end
    function env.cap(s)
        if type(s) == "string" and #s > 60 then return string.sub(s, 1, 60) end
        return s
    end
    function env.sorted(t)
        local keys = {}
        for k in next, t do keys[#keys + 1] = k == 0 and 0 or k end
        sort(keys, order)
        local i = 0
        return function()
            i = i + 1
            return keys[i], t[keys[i]]
        end
    end
    function env.tostring(...)
        local s = tostring(...)
        if type(s) == "string" then s = gsub(s, "^(%a+): 0?x?%x+$", "%1: address") end
        return s
    end
end

local function environment()
    local env = {}
    for name, value in next, _G do
        if type(value) == "table" and value ~= _G then
            local copy = {}
            for k, v in next, value do copy[k] = v end
            value = copy
        end
        env[name] = value
    end
    env._G = env
    tools(env)
    return env
end

local function report(what, ...)
    write("-- ", tostring(what))
    for i = 1, select("#", ...) do write("\t", show((select(i, ...)))) end
    write("\n")
end

if not PROGRAMS then
    tools(_G) -- a program in a process of its own follows
    return
end

for i = 1, #PROGRAMS do
    local program = PROGRAMS[i]
    write("@@ ", program.id, "\n")
    flush()
    local f, message = loadstring(program.text, program.name)
    if not f or program.mode == "compile" then
        report(f and "compiled" or "refused", message)
    else
        setfenv(f, environment())
        if program.mode == "trace" then
            report(xpcall(function() return f(1, "two", nil) end, function(e)
                return type(e) == "string" and debug.traceback(e) or e
            end))
        else
            report(pcall(f, 1, "two", nil))
        end
    end
    f = nil
    collectgarbage()
    collectgarbage() -- so that no finalizer runs in the next program
end
write("@@ end\n")
