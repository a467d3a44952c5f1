-- The functions of the coroutine table: arguments, results, errors. What coroutines do is in 2_11.
local check = dofile "check.inc"

local names = {}
for name, f in pairs(coroutine) do names[#names + 1] = name .. ":" .. type(f) end
table.sort(names)
for _, name in ipairs(names) do check.values("member", name) end
for _, name in ipairs { "create", "resume", "status", "wrap", "running", "yield" } do
    for _, argument in ipairs { "", "nil", "5", "'x'", "{}", "print", "true", "coroutine", "io.stdout", "function() end", "coroutine.create(function() end)" } do
        local call = ("coroutine.%s(%s)"):format(name, argument)
        check.call(call, function()
            local function kinds(...)
                local out = {}
                for i = 1, select("#", ...) do out[i] = type((select(i, ...))) end
                return table.concat(out, " ")
            end
            return kinds(loadstring("return " .. call, "=line")())
        end)
    end
end
check.lines [[
select("#", coroutine.create(function() end)), select("#", coroutine.wrap(function() end))
select("#", coroutine.running())
coroutine.create(function() end, 1) ~= nil
coroutine.resume(coroutine.create(function(...) return select("#", ...) end), nil, nil)
coroutine.status(coroutine.create(function() end))
coroutine.wrap(function(...) return ... end)(1, 2, 3)
local f = coroutine.wrap(function() coroutine.yield() end) f() f() f()
local f = coroutine.wrap(function() error "once" end) local a, b = pcall(f) local c, d = pcall(f) return a, b, c, d
local f = coroutine.wrap(function() error({}, 0) end) local a, b = pcall(f) return a, type(b)
local co = coroutine.create(function() return 1 end) return coroutine.resume(co), coroutine.resume(co), coroutine.status(co)
local co co = coroutine.create(function() return coroutine.status(co) end) return coroutine.resume(co)
local co co = coroutine.wrap(function() return coroutine.status(coroutine.running()) end) return co()
local co = coroutine.create(coroutine.wrap(function() return 1 end))
local co = coroutine.wrap(function() return coroutine.wrap(function() return coroutine.wrap(function() return "three deep" end)() end)() end) return co()
local co = coroutine.create(function() coroutine.yield(coroutine.running()) end) local ok, running = coroutine.resume(co) return ok, running == co
coroutine.resume(coroutine.create(function() return coroutine.yield(coroutine.yield(1)) end))
local co = coroutine.wrap(function(a) local b = coroutine.yield(a) local c = coroutine.yield(b) return a, b, c end) return co(1), co(2), co(3)
local co = coroutine.wrap(function() return pcall(coroutine.resume, 5) end) return co()
local t = {} for v in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i * i) end end) do t[#t + 1] = v end return unpack(t)
]]
